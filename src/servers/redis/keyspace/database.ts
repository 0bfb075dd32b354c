/** One keyspace: keys, expiry, and who waits for or watches a key. */
import type { Session } from '../clients/session.ts';
import type { Engine } from '../dispatch/engine.ts';
import { WRONG_TYPE } from '../errors.ts';
import { ITEM_COST, OBJECT_COST, type Value } from '../values/value.ts';

type ValueClass<T extends Value> = abstract new (...args: never[]) => T;

/** What a key costs beside its value and its bytes. */
const KEY_COST = OBJECT_COST + 2 * ITEM_COST;

export class Database {
  readonly index: number;
  readonly #engine: Engine;
  #values = new Map<string, Value>();
  /** All keys, for random picks and scans; the last one fills the hole of a removed one. */
  #keys: string[] = [];
  /** How many keys expire. */
  expiring = 0;
  #watchers = new Map<string, Set<Session>>();
  /** Sessions that block on a key, in the order in which they came. */
  readonly blocked = new Map<string, Set<Session>>();

  constructor(engine: Engine, index: number) {
    this.#engine = engine;
    this.index = index;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The keys, in the order in which a scan goes through them: from the last to the first. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** The value as it is, even where it should have expired. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** The value of a key that has not expired. */
  find(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined && value.expireAt >= 0 && value.expireAt < this.#engine.now) {
      this.expire(key);
      return undefined;
    }
    return value;
  }

  /** Looks a key up for a command that writes. Throws WRONGTYPE. */
  write<T extends Value>(key: string, type: ValueClass<T>): T | undefined {
    const value = this.find(key);
    if (value === undefined) return undefined;
    if (!(value instanceof type)) throw WRONG_TYPE;
    this.#engine.eviction.used(value);
    return value;
  }

  /** Looks a key up for a command that reads, which counts hits and misses. Throws WRONGTYPE. */
  read<T extends Value>(key: string, type: ValueClass<T>): T | undefined {
    const value = this.readAny(key);
    if (value !== undefined && !(value instanceof type)) throw WRONG_TYPE;
    return value;
  }

  readAny(key: string): Value | undefined {
    const value = this.find(key);
    const { stats } = this.#engine;
    if (value === undefined) {
      stats.misses++;
      this.#engine.notify('m', 'keymiss', this, key);
      return undefined;
    }
    stats.hits++;
    this.#engine.eviction.used(value);
    return value;
  }

  /** Puts a value in place of whatever the key held; the new value's own expiry holds. Tells watchers. */
  set(key: string, value: Value): void {
    const old = this.#values.get(key);
    if (old !== undefined) {
      value.slot = old.slot;
      if (old.expireAt >= 0 && old !== value) this.expiring--;
      if (old !== value) this.#engine.memory -= old.accounted;
    } else {
      value.slot = this.#keys.length;
      this.#keys.push(key);
      this.#engine.memory += KEY_COST + key.length;
    }
    if (old !== value) {
      value.accounted = 0;
      if (value.expireAt >= 0) this.#expires(key, value);
      this.#engine.eviction.created(value);
      this.#values.set(key, value);
    }
    this.touch(key, value);
    if (old === undefined) this.#engine.notify('n', 'new', this, key);
    if (this.blocked.size > 0) this.signal(key);
  }

  /** Removes a key and tells watchers, but nobody else. */
  remove(key: string): boolean {
    const value = this.#values.get(key);
    if (value === undefined) return false;
    this.#values.delete(key);
    const last = this.#keys.pop()!;
    if (value.slot < this.#keys.length) {
      this.#keys[value.slot] = last;
      this.#values.get(last)!.slot = value.slot;
    }
    value.slot = -1;
    if (value.expireAt >= 0) this.expiring--;
    this.#engine.memory -= value.accounted + KEY_COST + key.length;
    this.touch(key, undefined);
    if (this.blocked.size > 0 && value.type === 'stream') this.signal(key); // XREADGROUP must learn that its group is gone
    return true;
  }

  /** Removes a key whose time is over. */
  expire(key: string): void {
    this.#engine.stats.expired++;
    this.remove(key);
    this.#engine.notify('x', 'expired', this, key);
  }

  /** Sets when a key expires, in Unix milliseconds; -1 for never. */
  setExpiry(key: string, value: Value, at: number): void {
    if (value.expireAt >= 0) this.expiring--;
    value.expireAt = at;
    if (at >= 0) this.#expires(key, value);
  }

  #expires(key: string, value: Value): void {
    this.expiring++;
    this.#engine.expiresSoon(this, key, value);
  }

  /** A value was changed in place, or came, or went: counts its memory, tells watchers. */
  touch(key: string, value: Value | undefined): void {
    if (value !== undefined) {
      const size = value.sizeBytes;
      this.#engine.memory += size - value.accounted;
      value.accounted = size;
    }
    this.#engine.dirty++;
    if (this.#watchers.size > 0) {
      const watchers = this.#watchers.get(key);
      if (watchers !== undefined) for (const session of watchers) session.watchBroken = true;
    }
  }

  /** A command changed a value: `touch`, and the keyspace event. */
  changed(key: string, value: Value | undefined, kind: string, event: string): void {
    this.touch(key, value);
    this.#engine.notify(kind, event, this, key);
  }

  /** Removes a key because a command left nothing in it. */
  removeEmpty(key: string): void {
    this.remove(key);
    this.#engine.notify('g', 'del', this, key);
  }

  /** Those who block on the key shall look again, once the current command is done. */
  signal(key: string): void {
    if (this.blocked.has(key)) this.#engine.blocking.ready(this, key);
  }

  watch(key: string, session: Session): void {
    let watchers = this.#watchers.get(key);
    if (watchers === undefined) {
      watchers = new Set();
      this.#watchers.set(key, watchers);
    }
    watchers.add(session);
  }

  unwatch(key: string, session: Session): void {
    const watchers = this.#watchers.get(key);
    watchers?.delete(session);
    if (watchers?.size === 0) this.#watchers.delete(key);
  }

  /** Removes everything. Watchers of keys that were there learn of it. */
  clear(): void {
    for (const [key, watchers] of this.#watchers) {
      if (this.#values.has(key)) for (const session of watchers) session.watchBroken = true;
    }
    const { blocked } = this;
    for (const key of blocked.keys()) if (this.#values.get(key)?.type === 'stream') this.signal(key);
    for (const [key, value] of this.#values) {
      this.#engine.memory -= value.accounted + KEY_COST + key.length;
      value.slot = -1;
    }
    this.#values = new Map();
    this.#keys = [];
    this.expiring = 0;
  }

  /** Exchanges all keys with another database. Watchers and blocked sessions stay with the number. */
  swap(other: Database): void {
    [this.#values, other.#values] = [other.#values, this.#values];
    [this.#keys, other.#keys] = [other.#keys, this.#keys];
    [this.expiring, other.expiring] = [other.expiring, this.expiring];
    for (const db of [this, other]) {
      for (const [key, watchers] of db.#watchers) {
        if (this.#values.has(key) || other.#values.has(key)) for (const session of watchers) session.watchBroken = true;
      }
      for (const [key, value] of db.#values) if (value.expireAt >= 0) this.#engine.expiresSoon(db, key, value);
      for (const key of db.blocked.keys()) if (db.#values.has(key)) db.signal(key);
    }
  }
}
