/** What really happened in an embedded Redis, as its witness tells: every element, entry and message by where it came from. */
import type { Engine } from '../../../../src/servers/redis/dispatch/engine.ts';
import type { By, Witness } from '../../../../src/servers/redis/keyspace/witness.ts';
import { type ListEnd, ListValue } from '../../../../src/servers/redis/values/list.ts';
import { StreamValue } from '../../../../src/servers/redis/values/stream.ts';
import type { StreamId } from '../../../../src/servers/redis/values/stream-id.ts';
import type { Value } from '../../../../src/servers/redis/values/value.ts';

/** `connection:command:element`: the how-manieth command of which connection put it there; `?` where a script did. */
export type Origin = string;
export const SCRIPT: Origin = '?';

/** What became of a message last. */
export type Outcome = 'given' | 'taken-unseen' | 'removed' | 'trimmed' | 'replaced' | 'nobody' | 'stored';

interface Item {
  readonly origin: Origin;
  readonly body: string | undefined;
}

export class Truth implements Witness {
  /** Elements of each list, in its order. */
  readonly #lists = new Map<object, Item[]>();
  /** The number of each command by the texts that it came in. */
  readonly #numbers = new WeakMap<readonly string[], number>();
  readonly #counts = new Map<number, number>();
  /** The command that each session sent last. */
  readonly #lastRead = new Map<number, number>();
  #current: { by: number | undefined; number: number | undefined; used: number } = {
    by: undefined,
    number: undefined,
    used: 0,
  };
  readonly #ids = new Map<string, Origin>();
  /** What each command was given, by `connection:command`; what was pushed, by connection. */
  readonly deliveries = new Map<string, Origin[]>();
  readonly receptions = new Map<number, Origin[]>();
  readonly outcomes = new Map<Origin, Outcome>();
  /** Ids that two streams share: what was given under them can't be told apart here. */
  readonly ambiguous = new Set<string>();
  /** What is, or was, in two places. */
  readonly copies = new Set<Origin>();
  readonly acknowledgements = new Map<string, Origin[]>();

  read(by: By, args: readonly string[]): void {
    const id = idOf(by);
    // What was held back is read anew.
    if (id === undefined || this.#numbers.has(args)) return;
    const number = this.#counts.get(id) ?? 0;
    this.#counts.set(id, number + 1);
    this.#numbers.set(args, number);
    this.#lastRead.set(id, number);
  }

  called(by: By, args: readonly string[]): void {
    this.#current = { by: idOf(by), number: this.#numbers.get(args), used: 0 };
    // How many elements this command has put somewhere is counted anew: a transaction has many commands.
    if (/^s?publish$/i.test(args[0]!)) this.outcomes.set(this.#next(), 'nobody');
  }

  /** Where the next thing comes from that the command puts somewhere. */
  #next(): Origin {
    const { by, number } = this.#current;
    if (by === undefined || number === undefined) return SCRIPT;
    return `${by}:${number}:${this.#current.used++}`;
  }

  /** The list as it was before the command; what nobody was seen putting there is a script's. */
  #list(list: ListValue, lengthBefore: number): Item[] {
    let known = this.#lists.get(list);
    if (known === undefined) {
      known = Array.from({ length: lengthBefore }, () => ({ origin: SCRIPT, body: undefined }));
      this.#lists.set(list, known);
    }
    return known;
  }

  pushed(list: ListValue, end: ListEnd, count: number): void {
    const items = this.#list(list, list.length - count);
    for (let i = 0; i < count; i++) {
      const origin = this.#next();
      this.outcomes.set(origin, 'stored');
      const at = end === 'left' ? count - 1 - i : list.length - count + i;
      const item = { origin, body: list.at(at) };
      if (end === 'left') items.unshift(item);
      else items.push(item);
    }
  }

  #take(items: Item[], end: ListEnd): Item {
    return (end === 'left' ? items.shift() : items.pop())!;
  }

  #deliver(by: By, origin: Origin): void {
    // With its reply switched off nobody is given it, though it is taken.
    if ((by as { readonly silent?: boolean }).silent) return;
    const id = idOf(by);
    // Whoever waited was given it by the command that it waits with.
    const command = id === undefined ? undefined : this.#lastRead.get(id);
    append(this.deliveries, `${id}:${command}`, origin);
  }

  popped(by: By, list: ListValue, end: ListEnd, count: number): void {
    const items = this.#list(list, list.length + count);
    for (let i = 0; i < count; i++) {
      const { origin } = this.#take(items, end);
      this.outcomes.set(origin, 'given');
      this.#deliver(by, origin);
    }
  }

  moved(by: By, from: ListValue, fromEnd: ListEnd, to: ListValue, toEnd: ListEnd): void {
    const item = this.#take(this.#list(from, from === to ? from.length : from.length + 1), fromEnd);
    const items = this.#list(to, to.length - 1);
    if (toEnd === 'left') items.unshift(item);
    else items.push(item);
    this.outcomes.set(item.origin, 'given');
    this.#deliver(by, item.origin);
  }

  placed(list: ListValue, at: number, how: 'insert' | 'set'): void {
    const items = this.#list(list, how === 'set' ? list.length : list.length - 1);
    const origin = this.#next();
    this.outcomes.set(origin, 'stored');
    const [old] = items.splice(at, how === 'set' ? 1 : 0, { origin, body: list.at(at) });
    if (old !== undefined) this.#end(old.origin, 'replaced');
  }

  #end(origin: Origin, outcome: Outcome): void {
    if (this.outcomes.get(origin) === 'stored') this.outcomes.set(origin, outcome);
  }

  removed(list: ListValue, body: string, count: number, end: ListEnd): void {
    const items = this.#list(list, list.length + count);
    const order = end === 'left' ? [...items.keys()] : [...items.keys()].reverse();
    const gone = new Set(order.filter((index) => (items[index]!.body ?? body) === body).slice(0, count));
    for (const index of gone) this.#end(items[index]!.origin, 'removed');
    this.#lists.set(
      list,
      items.filter((_, index) => !gone.has(index)),
    );
  }

  trimmed(list: ListValue, from: number, to: number): void {
    const items = this.#list(list, list.length);
    for (const [index, { origin }] of items.entries()) if (index < from || index >= to) this.#end(origin, 'trimmed');
    this.#lists.set(list, items.slice(from, to));
  }

  made(list: ListValue): void {
    this.#lists.set(
      list,
      list.slice().map((body) => ({ origin: SCRIPT, body })),
    );
  }

  copied(from: Value, to: Value): void {
    if (from instanceof StreamValue) for (const origin of this.#entries(from)) this.copies.add(origin);
    if (!(from instanceof ListValue)) return;
    const items = this.#list(from, from.length);
    this.#lists.set(to, [...items]);
    for (const { origin } of items) this.copies.add(origin);
  }

  added({ ms, seq }: StreamId): void {
    const origin = this.#next();
    const id = `${ms}-${seq}`;
    if (this.#ids.has(id)) this.ambiguous.add(id);
    if (this.#ids.has(id)) for (const one of [origin, this.#ids.get(id)!]) this.copies.add(one);
    this.#ids.set(id, origin);
    this.outcomes.set(origin, 'stored');
  }

  originOf(id: string): Origin | undefined {
    return this.ambiguous.has(id) ? undefined : this.#ids.get(id);
  }

  given(by: By, { ms, seq }: StreamId): void {
    this.#deliver(by, `id ${ms}-${seq}`);
  }

  acknowledged(by: By, { ms, seq }: StreamId): void {
    const id = idOf(by);
    append(this.acknowledgements, `${id}:${this.#lastRead.get(id ?? 0)}`, `id ${ms}-${seq}`);
  }

  received(by: By, channel: string): void {
    // What the server tells of its keys is nobody's message.
    if (/^__key(?:space|event)@/.test(channel)) return;
    const { by: publisher, number, used } = this.#current;
    const origin = publisher === undefined || number === undefined ? SCRIPT : `${publisher}:${number}:${used - 1}`;
    this.outcomes.set(origin, 'given');
    append(this.receptions, idOf(by)!, origin);
  }

  /** What is in the lists and streams of a server now, by where it is. */
  kept(engine: Engine): Map<string, Set<Origin>> {
    const places = new Map<string, Set<Origin>>();
    for (const db of engine.keyspace.databases) {
      for (const key of [...db.keys]) {
        const value = db.find(key);
        const place = db.index === 0 ? key : `${key} (db ${db.index})`;
        if (value instanceof ListValue)
          places.set(place, new Set(this.#list(value, value.length).map(({ origin }) => origin)));
        if (value instanceof StreamValue) places.set(place, this.#entries(value));
      }
    }
    return places;
  }

  #entries({ entries }: StreamValue): Set<Origin> {
    const origins = new Set<Origin>();
    entries.scan({ ms: 0, seq: 0 }, { ms: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }, (entry) => {
      origins.add(this.#ids.get(`${entry.ms}-${entry.seq}`) ?? SCRIPT);
      return true;
    });
    return origins;
  }
}

/** The number of a session, as connections are numbered; undefined for a script's. */
function idOf(by: By): number | undefined {
  const session = by as { readonly id: number; readonly connection?: unknown };
  return session.connection === undefined ? undefined : session.id;
}

function append<Key>(map: Map<Key, Origin[]>, key: Key, origin: Origin): void {
  const known = map.get(key);
  if (known) known.push(origin);
  else map.set(key, [origin]);
}
