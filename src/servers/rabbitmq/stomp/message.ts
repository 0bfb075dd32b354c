/** A message's properties as STOMP headers, and the other way round, as RabbitMQ translates them. */
import { type AmqpProperties, encodeProperties } from '../../../protocols/amqp/properties.ts';
import { type FieldTable, type FieldValue, fieldType, setField } from '../../../protocols/amqp/table.ts';
import { encodePart } from '../../../protocols/stomp/destination.ts';
import type { StompHeader, StompValue, StompVersion } from '../../../protocols/stomp/frame.ts';
import type { Message } from '../messages/message.ts';
import { bare } from '../terms.ts';
import { booleanHeader, integerHeader } from './failure.ts';

/** Headers that are properties in AMQP; all others travel in the table of headers. */
const PROPERTIES: ReadonlySet<string> = new Set([
  'content-type',
  'content-encoding',
  'persistent',
  'priority',
  'correlation-id',
  'reply-to',
  'expiration',
  'amqp-message-id',
  'timestamp',
  'type',
  'user-id',
  'app-id',
  'destination',
]);

/** The first of each header of a frame, by name. */
export function headerMap(frame: StompValue): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of frame.headers) if (!headers.has(name)) headers.set(name, value);
  return headers;
}

/** The properties of a message that was sent with these headers. */
export function propertiesOf(headers: ReadonlyMap<string, string>, replyTo: string | undefined): Buffer {
  const table: FieldTable = {};
  for (const [name, value] of [...headers].reverse()) if (!PROPERTIES.has(name)) setField(table, name, value);
  const priority = integerHeader(headers.get('priority'));
  const timestamp = integerHeader(headers.get('timestamp'));
  const named: { [name: string]: unknown } = {
    contentType: headers.get('content-type'),
    contentEncoding: headers.get('content-encoding'),
    headers: table,
    deliveryMode: booleanHeader(headers.get('persistent')) ? 2 : undefined,
    priority,
    correlationId: headers.get('correlation-id'),
    replyTo,
    expiration: headers.get('expiration'),
    messageId: headers.get('amqp-message-id'),
    timestamp,
    type: headers.get('type'),
    userId: headers.get('user-id'),
    appId: headers.get('app-id'),
  };
  return encodeProperties(named as AmqpProperties);
}

/** The headers of a MESSAGE frame that come from the message itself. */
export function messageHeaders(message: Message): StompHeader[] {
  const properties = message.decode();
  const headers: StompHeader[] = [];
  for (const [name, value] of Object.entries(properties.headers ?? {})) {
    const text = headerText(value as FieldValue);
    if (text !== undefined) headers.push([name, text]);
  }
  const add = (name: string, value: string | number | bigint | undefined) => {
    if (value !== undefined) headers.push([name, String(value)]);
  };
  add('app-id', properties.appId);
  add('user-id', properties.userId);
  add('type', properties.type);
  add('timestamp', properties.timestamp);
  add('amqp-message-id', properties.messageId);
  add('expiration', properties.expiration);
  add('reply-to', properties.replyTo === undefined ? undefined : replyDestination(properties.replyTo));
  add('correlation-id', properties.correlationId);
  add('priority', properties.priority);
  if (properties.deliveryMode !== undefined)
    add('persistent', properties.deliveryMode === 2 ? 'true' : properties.deliveryMode);
  add('content-encoding', properties.contentEncoding);
  add('content-type', properties.contentType);
  return headers;
}

/** Texts and 32 or 64 bit integers are told; what else a table may hold is not. */
function headerText(value: FieldValue): string | undefined {
  const type = fieldType(value);
  if (type !== 'longstr' && type !== 'signedint' && type !== 'long') return undefined;
  return String(bare(value));
}

const PREFIXES = ['/exchange', '/topic', '/queue', '/amq/queue', '/reply-queue/'];

function replyDestination(replyTo: string): string {
  return PREFIXES.some((prefix) => replyTo.startsWith(prefix)) ? replyTo : `/reply-queue/${replyTo}`;
}

/** Where a message was sent to, as a destination. */
export function destinationOf(message: Message): string {
  const key = encodePart(message.routingKey);
  if (message.exchange === '') return `/queue/${key}`;
  if (message.exchange === 'amq.topic') return `/topic/${key}`;
  const exchange = encodePart(message.exchange);
  return message.routingKey === '' ? `/exchange/${exchange}` : `/exchange/${exchange}/${key}`;
}

/** The highest version that a client offers and RabbitMQ speaks; none is 1.0. */
export function negotiateVersion(offered: string | undefined): StompVersion | undefined {
  const versions = (offered ?? '1.0').split(',');
  return (['1.2', '1.1', '1.0'] as const).find((version) => versions.includes(version));
}
