/** What happens to the headers of a message that dies in a queue, and where it must not go again. */
import type { Clock } from '../../../core/clock.ts';
import { encodeProperties } from '../../../protocols/amqp/properties.ts';
import { type FieldTable, type FieldValue, Typed } from '../../../protocols/amqp/table.ts';
import { bare } from '../terms.ts';
import { Message } from './message.ts';

export type DeathReason = 'expired' | 'rejected' | 'maxlen' | 'delivery_limit';

/** The message as it goes on to the dead-letter exchange. */
export function deadLetter(
  message: Message,
  reason: DeathReason,
  queue: string,
  exchange: string,
  routingKey: string | undefined,
  clock: Clock,
): Message {
  const { expiration, ...properties } = message.decode();
  const headers = properties.headers ?? {};
  const death: FieldTable = {
    count: new Typed('long', 1),
    reason,
    queue,
    time: new Typed('timestamp', Math.floor(clock.wall() / 1000)),
    exchange: message.exchange,
    'routing-keys': [message.routingKey, ...carbonCopies(headers.CC)],
    ...(expiration === undefined ? {} : { 'original-expiration': expiration }),
  };
  const dead = withDeath(headers, death);
  if (routingKey !== undefined) delete dead.CC;
  return new Message(
    exchange,
    routingKey ?? message.routingKey,
    encodeProperties({ ...properties, headers: dead }),
    message.body,
    { isPersistent: message.isPersistent, priority: message.priority, ttlMs: undefined },
    routingKey === undefined ? message.extraKeys : undefined,
  );
}

/** The routing keys in a header CC or BCC. */
export function carbonCopies(header: FieldValue | undefined): string[] {
  return Array.isArray(header) ? header.filter((key) => typeof key === 'string') : [];
}

function withDeath(headers: FieldTable, death: FieldTable): FieldTable {
  const known = headers['x-death'];
  if (!Array.isArray(known)) {
    const first: FieldTable = { ...headers, 'x-death': [death] };
    // A header of that name that is no list is replaced; then this is not the first death that was told.
    if (known === undefined) {
      first['x-first-death-reason'] = death.reason;
      first['x-first-death-queue'] = death.queue;
      first['x-first-death-exchange'] = death.exchange;
    }
    return sorted(first);
  }
  const deaths = known.filter(isTable);
  const same = deaths.find(({ queue, reason }) => queue === death.queue && reason === death.reason);
  const others = deaths.filter((other) => other !== same);
  const again = same ? { ...same, count: new Typed('long', Number(bare(same.count ?? 0)) + 1) } : death;
  return sorted({ ...headers, 'x-death': [sorted(again), ...others] });
}

/**
 * Whether a message that died would come back to a queue it died in before, with no consumer having rejected it on the
 * way: such a message would circle for ever.
 */
export function isCycle(message: Message, queue: string): boolean {
  const deaths = message.headers['x-death'];
  if (!Array.isArray(deaths)) return false;
  const tables = deaths.filter(isTable);
  const last = tables.findIndex((death) => death.queue === queue);
  return last >= 0 && tables.slice(0, last + 1).every(({ reason }) => reason !== 'rejected');
}

function isTable(value: FieldValue): value is FieldTable {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !Buffer.isBuffer(value) &&
    !(value instanceof Typed)
  );
}

const sorted = (table: FieldTable): FieldTable =>
  Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
