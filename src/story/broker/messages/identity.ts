/** What a message is known by from its publishing to its delivery, by AMQP or by STOMP: body and properties. */
import { type AmqpProperties, type FieldTable, Typed } from '../../../protocols/amqp/index.ts';
import { type Content, fingerprint } from '../../ledger/index.ts';

/** The properties that no broker changes on the way. */
const KEPT = [
  'messageId',
  'correlationId',
  'type',
  'appId',
  'contentType',
  'contentEncoding',
  'timestamp',
  'priority',
] as const;
/** Persistent. AMQP 0-9-1 §1.8.1 (delivery-mode); STOMP tells no other mode. */
const PERSISTENT = 2;
/** Headers that the broker adds or takes away, or that STOMP writes for itself. */
const CHANGED = new Set([
  'CC',
  'BCC',
  'receipt',
  'transaction',
  'content-length',
  'id',
  'ack',
  'subscription',
  'message-id',
  'redelivered',
  'durable',
  'auto-delete',
  'exclusive',
  'session',
]);

/** Equal for messages that the wire can't tell apart, but for their place and order. */
export function identify(content: Content, properties: AmqpProperties): string {
  let key = fingerprint(content);
  for (const name of KEPT) if (properties[name] !== undefined) key += `\n${name}=${properties[name]}`;
  const { headers, deliveryMode } = properties;
  if (deliveryMode === PERSISTENT) key += '\npersistent';
  if (headers) for (const name of Object.keys(headers).sort()) key += headerKey(name, headers);
  return key;
}

/** Texts and integers of 32 or 64 bits pass through STOMP, too; values of other types don't count. */
function headerKey(name: string, headers: FieldTable): string {
  if (CHANGED.has(name) || name.startsWith('x-')) return '';
  const value = headers[name];
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isInteger(value)) return `\n:${name}=${value}`;
  return value instanceof Typed && value.type === 'long' ? `\n:${name}=${value.value}` : '';
}
