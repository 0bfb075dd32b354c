/** RabbitMQ's STOMP destinations (https://www.rabbitmq.com/stomp.html#d): what a destination header points at. */
import { itemAt } from '../../core/collections/present.ts';

export type Destination =
  /** An exchange, with the routing key or binding pattern where one is given. */
  | { readonly kind: 'exchange'; readonly exchange: string; readonly routingKey: string | undefined }
  /** A queue that STOMP declares when it is first used. */
  | { readonly kind: 'queue'; readonly queue: string }
  /** A queue that exists already, whoever declared it. */
  | { readonly kind: 'amq-queue'; readonly queue: string }
  /** A routing key of the exchange amq.topic. */
  | { readonly kind: 'topic'; readonly routingKey: string }
  /** A name, private to the session, for a queue made for replies. Only in reply-to. */
  | { readonly kind: 'temp-queue'; readonly name: string }
  /** The real name of a queue made for replies. Only to send to. */
  | { readonly kind: 'reply-queue'; readonly queue: string }
  /** A known kind with a wrong number of parts; `rest` is what stands behind the kind. */
  | { readonly kind: 'invalid'; readonly of: string; readonly rest: string }
  | { readonly kind: 'unknown' };

/** A part may hold a slash as `%2F`. A name without any slash is a queue's. */
export function parseDestination(destination: string): Destination {
  const parts = destination.split('/');
  if (parts.length === 1) return { kind: 'queue', queue: decode(destination) };
  const [first, type, ...rest] = parts;
  if (first !== '') return { kind: 'unknown' };
  switch (type) {
    case 'exchange':
      if (rest[0] === undefined || rest[0] === '' || rest.length > 2) return invalid(type, rest);
      return {
        kind: 'exchange',
        exchange: decode(rest[0]),
        routingKey: rest[1] === undefined ? undefined : decode(rest[1]),
      };
    case 'queue':
      return one(type, rest, (queue) => ({ kind: 'queue', queue }));
    case 'topic':
      return one(type, rest, (routingKey) => ({ kind: 'topic', routingKey }));
    case 'temp-queue':
      return one(type, rest, (name) => ({ kind: 'temp-queue', name }));
    case 'amq':
      if (rest[0] !== 'queue') return { kind: 'unknown' };
      return one('amqqueue', rest.slice(1), (queue) => ({ kind: 'amq-queue', queue }));
    case 'reply-queue':
      // Names that the broker makes may hold anything, slashes included.
      if (rest.length === 0) return { kind: 'unknown' };
      return one('reply_queue', [rest.join('/')], (queue) => ({ kind: 'reply-queue', queue }));
    default:
      return { kind: 'unknown' };
  }
}

function one(of: string, rest: readonly string[], make: (name: string) => Destination): Destination {
  return rest.length === 1 && rest[0] !== '' ? make(decode(itemAt(rest, 0))) : invalid(of, rest);
}

function invalid(of: string, rest: readonly string[]): Destination {
  return { kind: 'invalid', of, rest: rest.map((part) => `/${part}`).join('') };
}

/** RabbitMQ reads one escape, the slash's; every other `%` is itself. */
function decode(part: string): string {
  return part.replaceAll('%2F', '/');
}

/** A part as RabbitMQ writes it into a destination: slashes, percent signs and what is not ASCII are escaped. */
export function encodePart(part: string): string {
  return part.replace(/[/%]|[^\x20-\x7f]+/g, (text) => {
    const bytes = [...Buffer.from(text, 'utf8')];
    return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}
