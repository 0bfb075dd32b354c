/** What happens to the headers of a message that dies in a queue, and where it must not go again. */
import { encodeProperties } from '../../../protocols/amqp/properties.ts';
import { type FieldTable, type FieldValue, Typed } from '../../../protocols/amqp/table.ts';
import { bare } from '../terms.ts';
import { Message } from './message.ts';

export type DeathReason = 'expired' | 'rejected' | 'maxlen' | 'delivery_limit';

/** A message's end in a queue. */
export interface Death {
  readonly reason: DeathReason;
  readonly queue: string;
  /** Whether that queue has others told that it was rejected. */
  readonly tellsRejected: boolean;
  /** Unix time in ms. */
  readonly at: number;
}

/**
 * The message as it goes on to the dead-letter exchange. With `ownRecord` the deaths are those that the broker has seen,
 * whatever the header x-death says; without it that header is the record.
 */
export function deadLetter(
  message: Message,
  death: Death,
  { exchange, routingKey }: { readonly exchange: string; readonly routingKey: string | undefined },
  ownRecord: boolean,
): Message {
  const { expiration, ...properties } = message.decode();
  const headers = properties.headers ?? {};
  const told: FieldTable = {
    count: new Typed('long', 1),
    reason: death.reason,
    queue: death.queue,
    time: new Typed('timestamp', Math.floor(death.at / 1000)),
    exchange: message.exchange,
    'routing-keys': [message.routingKey, ...carbonCopies(headers.CC)],
  };
  if (expiration !== undefined) told['original-expiration'] = expiration;
  const deaths = ownRecord ? withOwnDeath(message.deaths ?? [], told) : undefined;
  const dead = deaths === undefined ? withDeath(headers, told) : recorded(headers, deaths);
  if (routingKey !== undefined && !ownRecord) delete dead.CC;
  return new Message(
    exchange,
    routingKey ?? message.routingKey,
    encodeProperties({ ...properties, headers: dead }),
    message.body,
    { isPersistent: message.isPersistent, priority: message.priority, ttlMs: undefined },
    routingKey === undefined ? message.extraKeys : undefined,
    deaths,
    message.wasRejected || (death.tellsRejected && death.reason === 'rejected'),
  );
}

/** The broker's own record, the latest death first. */
function withOwnDeath(deaths: readonly FieldTable[], { 'original-expiration': expiration, ...told }: FieldTable) {
  const known = deaths.find(({ queue, reason }) => queue === told.queue && reason === told.reason);
  const others = deaths.filter((other) => other !== known);
  const death = expiration === undefined ? told : { 'original-expiration': expiration, ...told };
  if (!known) return [death, ...others];
  const count = new Typed('long', Number(bare(known.count as FieldValue)) + 1);
  return [{ ...known, count, time: told.time as FieldValue }, ...others];
}

/** Headers that tell a record of deaths. */
function recorded(headers: FieldTable, deaths: readonly FieldTable[]): FieldTable {
  const [last] = deaths;
  const first = deaths.at(-1);
  const ends: FieldTable = {};
  for (const [name, death] of [
    ['first', headers['x-first-death-reason'] === undefined ? first : undefined],
    ['last', last],
  ] as const) {
    if (!death) continue;
    for (const part of ['reason', 'queue', 'exchange']) ends[`x-${name}-death-${part}`] = death[part] as FieldValue;
  }
  return sorted({ ...headers, ...ends, 'x-death': [...deaths] });
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
  const deaths = message.deaths ?? message.headers['x-death'];
  if (!Array.isArray(deaths)) return false;
  const tables = (deaths as readonly FieldValue[]).filter(isTable);
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

/** A table in the order of its names. */
export const sorted = (table: FieldTable): FieldTable =>
  Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
