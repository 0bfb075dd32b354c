/** The terms that a statement uses, which a reader has to know. */
import type { Statement } from '../../../core/statements/index.ts';

export type Term =
  | 'queue'
  | 'exchange'
  | 'binding'
  | 'key'
  | 'fanout'
  | 'direct'
  | 'topic'
  | 'headers'
  | 'stream'
  | 'without acks'
  | 'SUBSCRIBE'
  | '/topic/'
  | '/queue/';

export function termsOf(statement: Statement): Term[] {
  switch (statement.code) {
    case 'QUEUE_BOUND':
    case 'QUEUE_UNBOUND':
      return ['queue', 'exchange', 'binding', ...keyOf(statement.values), ...typeOf(statement.values.type)];
    case 'EXCHANGE_BOUND':
    case 'EXCHANGE_UNBOUND':
      return ['exchange', 'binding', ...keyOf(statement.values), ...typeOf(statement.values.type)];
    case 'PURGES_QUEUE':
    case 'DELETES_QUEUE':
      return ['queue'];
    case 'DELETES_EXCHANGE':
      return ['exchange'];
    case 'CONSUMES':
      return ['queue', ...(statement.values.noAck ? (['without acks'] as const) : [])];
    case 'READS_STREAM':
      return ['stream'];
    case 'UNROUTABLE_NO_BINDING':
    case 'UNROUTABLE_NO_MATCH':
      return ['queue', 'exchange', 'binding', ...typeOf(statement.values.type)];
    case 'UNROUTABLE_THEN':
      return ['queue', 'exchange', 'binding'];
    case 'UNROUTABLE_HEADERS':
      return ['queue', 'exchange', 'binding', 'headers'];
    case 'UNROUTABLE_NO_QUEUE':
    case 'DEAD_LETTER_NO_QUEUE':
    case 'DEAD_LETTER_CYCLE':
    case 'GONE_BEFORE_ACK':
    case 'ENDED_BEFORE_ACK':
      return ['queue'];
    case 'STOMP_SUBSCRIBE':
      return ['SUBSCRIBE', ...destinationOf(statement.values.destination)];
    case 'UNROUTABLE_NOBODY_SUBSCRIBES':
      return destinationOf(statement.values.destination);
    default:
      return [];
  }
}

/** A binding that asks for headers has a key that counts for nothing. */
function keyOf({ key, match }: { key: string; match?: string }): Term[] {
  return key === '' || match !== undefined ? [] : ['key'];
}

function typeOf(type = ''): Term[] {
  return type === 'fanout' || type === 'direct' || type === 'topic' || type === 'headers' ? [type] : [];
}

function destinationOf(destination: string): Term[] {
  const [, kind] = /^\/(topic|queue)\//.exec(destination) ?? [];
  return kind === 'topic' ? ['/topic/'] : kind === 'queue' ? ['/queue/'] : [];
}
