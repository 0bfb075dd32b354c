/** What every value in the keyspace has. Byte strings are kept as texts whose characters are the bytes (latin1). */

/** As TYPE tells it. */
export type TypeName = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream';

/** What an object, a map entry and a string cost beside their bytes, roughly: for `used_memory` and MEMORY USAGE. */
export const OBJECT_COST = 48;
export const ITEM_COST = 24;

export abstract class Value {
  abstract readonly type: TypeName;
  /** Unix milliseconds when it expires; -1 for never. */
  expireAt = -1;
  /** When the first of its parts may expire, in Unix milliseconds; -1 for never. Only hashes have parts that do. */
  partsExpireAt = -1;
  /** Where its key stands in the database's list of keys. */
  slot = -1;
  /** When it was used last, in seconds (LRU), or Redis's 24 bits of minutes and counter (LFU). */
  access = 0;
  /** What the database has counted for it in `used_memory`. */
  accounted = 0;

  /** As OBJECT ENCODING tells it. */
  abstract get encoding(): string;
  /** Roughly what it takes in memory, in bytes; constant time. */
  abstract get sizeBytes(): number;
  abstract copy(): Value;

  /** Removes what was over before `now`, and tells how many parts that were. */
  expireParts(_now: number): number {
    return 0;
  }
}
