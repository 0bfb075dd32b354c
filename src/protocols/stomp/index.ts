/** STOMP 1.0, 1.1 and 1.2, on a plain connection or inside WebSocket messages. */
import type { Protocol } from '../protocol.ts';
import { StompConversation } from './conversation.ts';
import { describe } from './describe.ts';

export { type Destination, parseDestination } from './destination.ts';
export { encodeFrame } from './encode.ts';
export { header, type StompFrame, type StompHeader, type StompValue, type StompVersion } from './frame.ts';
export { StompReader } from './reader.ts';

const stomp: Protocol = {
  name: 'stomp',
  converse: (options) => new StompConversation(options),
  describe,
};
export default stomp;
