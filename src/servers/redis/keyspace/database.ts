/** One keyspace: keys, expiry, and who waits for or watches a key. */

import { itemAt } from '../../../core/collections/present.ts';
import { WRONG_TYPE } from '../errors.ts';
import { HashValue } from '../values/hash.ts';
import { ITEM_COST, OBJECT_COST, type Value } from '../values/value.ts';
import type { Access } from './access.ts';
import type { EventKind } from './notifications.ts';
import type { KeyspaceSettings } from './settings.ts';
import type { KeyspaceStats } from './stats.ts';
import type { Awaited, Waiter, Watcher } from './waiter.ts';
import { Watchers } from './watchers.ts';

export type ValueClass<T extends Value> = abstract new (...args: never[]) => T;

/** What a key costs beside its value and its bytes. */
const KEY_COST = OBJECT_COST + 2 * ITEM_COST;

/** What a database needs of the keyspace that it belongs to. */
export interface DatabaseHost {
  /** Unix milliseconds, the same throughout a command. */
  readonly now: number;
  readonly settings: KeyspaceSettings;
  readonly access: Access;
  readonly stats: KeyspaceStats;
  /** Roughly what all keys take, in bytes. */
  memory: number;
  /** Changes of keys since the start. */
  dirty: number;
  /** Whether nothing expires now: what is over is not found, but stays. */
  readonly expiryPaused: boolean;
  /** Tells of an event, if its kind is wanted. */
  notify(kind: EventKind, event: string, database: number, key: string): void;
  /** A key, or a part of its value, expires at a time, in Unix milliseconds. */
  expires(db: Database, key: string, value: Value, at: number): void;
  /** Those who wait for a key shall look again, once the current command is done. */
  ready(db: Database, key: string): void;
}

export class Database implements Awaited {
  readonly index: number;
  readonly #host: DatabaseHost;
  #values = new Map<string, Value>();
  /** All keys, for random picks and scans; the last one fills the hole of a removed one. */
  #keys: string[] = [];
  /** How many keys expire. */
  expiring = 0;
  readonly #watchers = new Watchers();
  readonly waiting = new Map<string, Set<Waiter>>();

  constructor(host: DatabaseHost, index: number) {
    this.#host = host;
    this.index = index;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The keys, in the order in which a scan goes through them: from the last to the first. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** How many hashes have fields that expire. */
  get partlyExpiring(): number {
    let count = 0;
    for (const { partsExpireAt } of this.#values.values()) if (partsExpireAt >= 0) count++;
    return count;
  }

  /** The key at an index that is there. */
  keyAt(index: number): string {
    return itemAt(this.#keys, index);
  }

  /** The value as it is, even where it should have expired. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** The value of a key that has not expired. */
  find(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined && value.expireAt >= 0 && value.expireAt < this.#host.now) {
      if (!this.#host.expiryPaused) this.expire(key);
      return undefined;
    }
    if (value !== undefined && value.partsExpireAt >= 0 && value.partsExpireAt < this.#host.now) {
      return this.#expireParts(key, value);
    }
    return value;
  }

  /** Looks a key up for a command that writes. Throws WRONGTYPE. */
  write<T extends Value>(key: string, type: ValueClass<T>): T | undefined {
    const value = this.find(key);
    if (value === undefined) return undefined;
    if (!(value instanceof type)) throw WRONG_TYPE;
    this.#host.access.used(value);
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
    const { stats } = this.#host;
    if (value === undefined) {
      stats.misses++;
      this.notify('m', 'keymiss', key);
      return undefined;
    }
    stats.hits++;
    this.#host.access.used(value);
    return value;
  }

  /** Puts a value in place of whatever the key held; the new value's own expiry holds. Tells watchers. */
  set(key: string, value: Value): void {
    const old = this.#values.get(key);
    if (old !== undefined) {
      value.slot = old.slot;
      if (old.expireAt >= 0 && old !== value) this.expiring--;
      if (old !== value) this.#host.memory -= old.accounted;
    } else {
      value.slot = this.#keys.length;
      this.#keys.push(key);
      this.#host.memory += KEY_COST + key.length;
    }
    if (old !== value) {
      value.accounted = 0;
      if (value.expireAt >= 0) this.#expires(key, value);
      if (value.partsExpireAt >= 0) this.#host.expires(this, key, value, value.partsExpireAt);
      this.#host.access.created(value);
      this.#values.set(key, value);
    }
    this.touch(key, value);
    if (old === undefined) this.notify('n', 'new', key);
    if (this.waiting.size > 0) this.signal(key);
  }

  /** Removes a key and tells watchers, but nobody else. */
  remove(key: string): boolean {
    const value = this.#values.get(key);
    if (value === undefined) return false;
    this.#values.delete(key);
    const last = this.#keys.pop();
    if (last !== undefined && value.slot < this.#keys.length) {
      this.#keys[value.slot] = last;
      const moved = this.#values.get(last);
      if (moved !== undefined) moved.slot = value.slot;
    }
    value.slot = -1;
    if (value.expireAt >= 0) this.expiring--;
    this.#host.memory -= value.accounted + KEY_COST + key.length;
    this.touch(key, undefined);
    if (this.waiting.size > 0 && value.type === 'stream') this.signal(key); // XREADGROUP must learn that its group is gone
    return true;
  }

  /** Removes a key whose time is over. */
  expire(key: string): void {
    this.#host.stats.expired++;
    this.remove(key);
    this.notify('x', 'expired', key);
  }

  /** Removes the fields of a hash whose time is over, and the hash where none is left. */
  #expireParts(key: string, value: Value): Value | undefined {
    const count = value.expireParts(this.#host.now);
    if (value.partsExpireAt >= 0) this.#host.expires(this, key, value, value.partsExpireAt);
    if (count === 0) return value;
    this.touch(key, value);
    this.notify('h', 'hexpired', key);
    if (value instanceof HashValue && value.size > 0) return value;
    this.removeEmpty(key);
    return undefined;
  }

  /** A hash has fields that expire. */
  fieldsExpire(key: string, hash: HashValue): void {
    if (hash.partsExpireAt >= 0) this.#host.expires(this, key, hash, hash.partsExpireAt);
  }

  /** Sets when a key expires, in Unix milliseconds; -1 for never. */
  setExpiry(key: string, value: Value, at: number): void {
    if (value.expireAt >= 0) this.expiring--;
    value.expireAt = at;
    if (at >= 0) this.#expires(key, value);
  }

  #expires(key: string, value: Value): void {
    this.expiring++;
    this.#host.expires(this, key, value, value.expireAt);
  }

  /** A value was changed in place, or came, or went: counts its memory, tells watchers. */
  touch(key: string, value: Value | undefined): void {
    if (value !== undefined) {
      const size = value.sizeBytes;
      this.#host.memory += size - value.accounted;
      value.accounted = size;
    }
    this.#host.dirty++;
    if (this.#watchers.any) this.#watchers.changed(key);
  }

  /** Tells of an event, if CONFIG asked for its kind. */
  notify(kind: EventKind, event: string, key: string): void {
    if (this.#host.settings.notifyKeyspaceEvents !== '') this.#host.notify(kind, event, this.index, key);
  }

  /** A command changed a value: `touch`, and the keyspace event. */
  changed(key: string, value: Value | undefined, kind: EventKind, event: string): void {
    this.touch(key, value);
    this.notify(kind, event, key);
  }

  /** Removes a key because a command left nothing in it. */
  removeEmpty(key: string): void {
    this.remove(key);
    this.notify('g', 'del', key);
  }

  /** Those who block on the key shall look again, once the current command is done. */
  signal(key: string): void {
    if (this.waiting.has(key)) this.#host.ready(this, key);
  }

  watch(key: string, watcher: Watcher): void {
    this.#watchers.add(key, watcher);
  }

  unwatch(key: string, watcher: Watcher): void {
    this.#watchers.remove(key, watcher);
  }

  /** Removes everything. Watchers of keys that were there learn of it. */
  clear(): void {
    for (const key of this.#watchers.keys) if (this.#values.has(key)) this.#watchers.changed(key);
    for (const key of this.waiting.keys()) if (this.#values.get(key)?.type === 'stream') this.signal(key);
    for (const [key, value] of this.#values) {
      this.#host.memory -= value.accounted + KEY_COST + key.length;
      value.slot = -1;
    }
    this.#values = new Map();
    this.#keys = [];
    this.expiring = 0;
  }

  /** Exchanges all keys with another database. Watchers and waiting clients stay with the number. */
  swap(other: Database): void {
    [this.#values, other.#values] = [other.#values, this.#values];
    [this.#keys, other.#keys] = [other.#keys, this.#keys];
    [this.expiring, other.expiring] = [other.expiring, this.expiring];
    for (const db of [this, other]) {
      for (const key of db.#watchers.keys) {
        if (this.#values.has(key) || other.#values.has(key)) db.#watchers.changed(key);
      }
      for (const [key, value] of db.#values) {
        for (const at of [value.expireAt, value.partsExpireAt]) if (at >= 0) this.#host.expires(db, key, value, at);
      }
      for (const key of db.waiting.keys()) if (db.#values.has(key)) db.signal(key);
    }
  }
}

/** What MEMORY USAGE tells of a key, in bytes. */
export function usageOf(key: string, value: Value): number {
  return value.sizeBytes + key.length + KEY_COST;
}
