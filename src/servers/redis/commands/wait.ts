/** Answers at once, or when a key is ready: what all blocking commands have in common. */
import type { Session } from '../clients/session.ts';
import type { ValueClass } from '../keyspace/database.ts';
import type { KeyWait } from '../keyspace/waiter.ts';
import type { Value } from '../values/value.ts';

export interface Wait {
  readonly keys: readonly string[];
  /** 0 is for ever; undefined for a client that does not want to wait. */
  readonly timeoutMs: number | undefined;
  /** Tries to answer at once. */
  readonly now: () => boolean;
  /** Tries to answer from a key that is ready, as Redis 7.0 does. */
  readonly later: KeyWait['serve'];
  /** Whether a key that is ready has the client carry its command out anew, as later releases do. */
  readonly wakes: (key: string) => boolean;
  /** Answers a client that does not wait, or may not: in a transaction and in a script. */
  readonly nothing?: () => void;
}

export function serveOrWait(s: Session, { keys, timeoutMs, now, later, wakes, nothing }: Wait): void {
  if (now()) return;
  const nullArray = (): void => s.out.nullArray();
  if (timeoutMs === undefined || s.mayNotBlock) {
    (nothing ?? nullArray)();
    return;
  }
  const serve = s.traits.servedAnew ? (key: string) => wakes(key) && now() : later;
  s.keyspace.blocking.block(s, s.db, { keys: [...new Set(keys)], serve, timeout: nullArray }, timeoutMs);
}

/** Takes from the first of some keys that is there; false where none is. Throws WRONGTYPE. */
export function takeFirst<T extends Value>(
  s: Session,
  keys: readonly string[],
  type: ValueClass<T>,
  take: (key: string, value: T) => void,
): boolean {
  for (const key of keys) {
    const value = s.db.write(key, type);
    if (value === undefined) continue;
    take(key, value);
    return true;
  }
  return false;
}

/** Takes from the first of some keys that is there, or from whichever is there first. */
export function takeOrWait<T extends Value>(
  s: Session,
  keys: readonly string[],
  type: ValueClass<T>,
  timeoutMs: number,
  take: (key: string, value: T) => void,
): void {
  const later = (key: string): boolean => {
    const value = s.db.find(key);
    if (!(value instanceof type)) return false;
    take(key, value);
    return true;
  };
  const wakes = (key: string): boolean => s.db.find(key) instanceof type;
  serveOrWait(s, { keys, timeoutMs, now: () => takeFirst(s, keys, type, take), later, wakes });
}
