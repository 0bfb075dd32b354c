/** What RabbitMQ makes of STOMP destinations and headers: exchanges, queues and properties. https://www.rabbitmq.com/docs/stomp */
import type { AmqpProperties, FieldTable } from '../../protocols/amqp/index.ts';
import { setField } from '../../protocols/amqp/table.ts';
import { type Destination, parseDestination, type StompValue } from '../../protocols/stomp/index.ts';
import type { DeclaredQueue } from '../broker/queues/traits.ts';

export type Headers = ReadonlyMap<string, string>;

/** Of repeated headers the first counts (STOMP 1.2, Repeated Header Entries). */
export function headersOf({ headers }: StompValue): Map<string, string> {
  const map = new Map<string, string>();
  // 1.0 knew no rule about blanks before a value, so RabbitMQ drops them there.
  for (const [name, value] of headers) if (!map.has(name)) map.set(name, value.replace(/^ +/, ''));
  return map;
}

/** The exchange and the key that a destination leads to; undefined where it leads nowhere. */
export function placeBehind(destination: Destination): { exchange: string; routingKey: string } | undefined {
  switch (destination.kind) {
    case 'exchange':
      return { exchange: destination.exchange, routingKey: destination.routingKey ?? '' };
    case 'topic':
      return { exchange: 'amq.topic', routingKey: destination.routingKey };
    case 'queue':
    case 'amq-queue':
    case 'reply-queue':
      return { exchange: '', routingKey: destination.queue };
    default:
      return undefined;
  }
}

/** Where a message was sent to, as the server tells it: all that is not plain is escaped there. */
export function placeTold(text: string): { exchange: string; routingKey: string } {
  const plain = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  const [, kind, ...rest] = text.split('/').map(plain);
  if (kind === 'exchange') return { exchange: rest[0] ?? '', routingKey: rest.slice(1).join('/') };
  if (kind === 'topic') return { exchange: 'amq.topic', routingKey: rest.join('/') };
  return placeBehind(parseDestination(text)) ?? { exchange: '', routingKey: rest.join('/') };
}

/** Headers that are properties in AMQP; all others travel in the table of headers. */
const PROPERTIES: { readonly [header: string]: keyof AmqpProperties } = {
  'content-type': 'contentType',
  'content-encoding': 'contentEncoding',
  'correlation-id': 'correlationId',
  'reply-to': 'replyTo',
  expiration: 'expiration',
  'amqp-message-id': 'messageId',
  timestamp: 'timestamp',
  type: 'type',
  'app-id': 'appId',
  'user-id': 'userId',
};

/** The properties of a message that is sent, or arrives, with these headers. */
export function propertiesOf(headers: Headers): AmqpProperties {
  const table: FieldTable = {};
  const properties: { [name: string]: unknown } = { headers: table };
  for (const [name, value] of headers) {
    const property = PROPERTIES[name];
    if (property) properties[property] = value;
    else if (name === 'persistent') properties.deliveryMode = isTrue(value) ? 2 : undefined;
    else if (name === 'priority') properties.priority = Number(value);
    else if (name !== 'destination') setField(table, name, value);
  }
  return properties as AmqpProperties;
}

/** What the queue of a destination is declared as. */
export function queueFor(headers: Headers, isSubscription: boolean, connection: number): DeclaredQueue {
  const given = headers.get('durable') ?? headers.get('persistent');
  const durable = given === undefined ? !isSubscription : isTrue(given);
  const exclusive = flag(headers.get('exclusive')) ?? (isSubscription ? false : !durable);
  return {
    durable: durable && !exclusive,
    autoDelete: flag(headers.get('auto-delete')) ?? (isSubscription ? true : !durable),
    exclusiveTo: exclusive ? connection : undefined,
    arguments: argumentsIn(headers),
  };
}

export function isDurableSubscription(headers: Headers): boolean {
  return isTrue(headers.get('durable')) || isTrue(headers.get('persistent'));
}

const INTEGERS = ['x-expires', 'x-max-length', 'x-max-length-bytes', 'x-max-priority', 'x-message-ttl'];
const TEXTS = ['x-dead-letter-exchange', 'x-dead-letter-routing-key', 'x-queue-type'];

function argumentsIn(headers: Headers): FieldTable {
  const args: FieldTable = {};
  for (const name of INTEGERS) if (headers.has(name)) args[name] = Number(headers.get(name));
  for (const name of TEXTS) if (headers.has(name)) args[name] = (headers.get(name) ?? '').trim();
  return args;
}

function isTrue(value: string | undefined): boolean {
  return flag(value) === true;
}

function flag(value: string | undefined): boolean | undefined {
  if (value === 'true' || value === 'True') return true;
  return value === 'false' || value === 'False' ? false : undefined;
}
