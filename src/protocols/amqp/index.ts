/** AMQP 0-9-1 with RabbitMQ's extensions: reads a connection as methods with their content, and writes frames. */
import type { Protocol } from '../protocol.ts';
import { AmqpConversation } from './conversation.ts';
import { describe } from './describe.ts';

export { encodeContent, encodeHeartbeat, encodeMethod, FrameWriter, PROTOCOL_HEADER } from './encode.ts';
export type { AmqpContent, AmqpFrame, AmqpValue } from './frame.ts';
export { type AmqpArgs, type AmqpMethodName, methodById } from './methods.ts';
export type { AmqpProperties } from './properties.ts';
export { FrameReader, type FrameSink } from './reader.ts';
export { type Binding, type ExchangeType, matches, topicMatches } from './routing.ts';
export { type FieldTable, type FieldValue, plain, Typed } from './table.ts';

const amqp: Protocol = {
  name: 'amqp',
  converse: (options) => new AmqpConversation(options),
  describe,
};
export default amqp;
