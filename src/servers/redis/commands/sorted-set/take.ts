/** Taking the lowest or highest of a sorted set, at once or when something comes. */
import type { Session } from '../../clients/session.ts';
import { NOT_POSITIVE, ReplyError, SYNTAX } from '../../errors.ts';
import { formatDouble, integer, natural } from '../../numbers.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { countedKeys, timeoutMs } from '../ranges.ts';

interface Popped {
  readonly member: string;
  readonly score: number;
}

function take(s: Session, key: string, set: SortedSetValue, max: boolean, count: number): Popped[] {
  const popped = [...set.range(0, Math.min(count, set.size), max)];
  for (const { member } of popped) set.delete(member);
  afterRemoval(s, key, set, max ? 'zpopmax' : 'zpopmin');
  return popped;
}

/** Members with their scores: pairs in RESP3, one flat list in RESP2 (or in both, where `flat`). */
function replyPopped(s: Session, popped: readonly Popped[], flat = s.version === 2): void {
  s.out.array(flat ? popped.length * 2 : popped.length);
  for (const { member, score } of popped) {
    if (!flat) s.out.array(2);
    s.bulk(member);
    s.out.double(formatDouble(score));
  }
}

function pop(s: Session, a: string[], max: boolean): void {
  if (a.length > 3) throw SYNTAX;
  const count = a.length === 3 ? natural(a[2]!, NOT_POSITIVE) : 1;
  const set = s.db.write(a[1]!, SortedSetValue);
  if (set === undefined || count === 0) s.out.array(0);
  else replyPopped(s, take(s, a[1]!, set, max, count), s.version === 2 || a.length === 2);
}

export function zpopmin(s: Session, a: string[]): void {
  pop(s, a, false);
}

export function zpopmax(s: Session, a: string[]): void {
  pop(s, a, true);
}

function popOptions(rest: readonly string[]): { max: boolean; count: number } {
  const side = rest[0]?.toUpperCase();
  if (side !== 'MIN' && side !== 'MAX') throw SYNTAX;
  if (rest.length === 1) return { max: side === 'MAX', count: 1 };
  if (rest.length !== 3 || rest[1]!.toUpperCase() !== 'COUNT') throw SYNTAX;
  const error = new ReplyError('ERR count should be greater than 0');
  const count = integer(rest[2]!, error);
  if (count < 1) throw error;
  return { max: side === 'MAX', count };
}

function replyMany(s: Session, key: string, popped: readonly Popped[]): void {
  s.out.array(2);
  s.bulk(key);
  replyPopped(s, popped, false);
}

function firstOf(s: Session, keys: readonly string[], use: (key: string, set: SortedSetValue) => void): boolean {
  for (const key of keys) {
    const set = s.db.write(key, SortedSetValue);
    if (set === undefined) continue;
    use(key, set);
    return true;
  }
  return false;
}

export function zmpop(s: Session, a: string[]): void {
  const { keys, rest } = countedKeys(a, 1);
  const { max, count } = popOptions(rest);
  if (!firstOf(s, keys, (key, set) => replyMany(s, key, take(s, key, set, max, count)))) s.out.nullArray();
}

function orWait(
  s: Session,
  keys: readonly string[],
  waitMs: number,
  use: (key: string, set: SortedSetValue) => void,
): void {
  if (firstOf(s, keys, use)) return;
  if (s.mayNotBlock) {
    s.out.nullArray();
    return;
  }
  const serve = (key: string): boolean => {
    const set = s.db.find(key);
    if (!(set instanceof SortedSetValue)) return false;
    use(key, set);
    return true;
  };
  s.engine.blocking.block(
    s,
    { kind: 'zset', keys: [...new Set(keys)], serve, timeout: () => s.out.nullArray() },
    waitMs,
  );
}

function blockingPop(s: Session, a: string[], max: boolean): void {
  const waitMs = timeoutMs(a.at(-1)!);
  orWait(s, a.slice(1, -1), waitMs, (key, set) => {
    const [popped] = take(s, key, set, max, 1);
    s.out.array(3);
    s.bulk(key);
    s.bulk(popped!.member);
    s.out.double(formatDouble(popped!.score));
  });
}

export function bzpopmin(s: Session, a: string[]): void {
  blockingPop(s, a, false);
}

export function bzpopmax(s: Session, a: string[]): void {
  blockingPop(s, a, true);
}

export function bzmpop(s: Session, a: string[]): void {
  const waitMs = timeoutMs(a[1]!);
  const { keys, rest } = countedKeys(a, 2);
  const { max, count } = popOptions(rest);
  orWait(s, keys, waitMs, (key, set) => replyMany(s, key, take(s, key, set, max, count)));
}

/** Tells of removals, and removes a set that they left empty. */
export function afterRemoval(s: Session, key: string, set: SortedSetValue, event: string): void {
  s.db.changed(key, set, 'z', event);
  if (set.size === 0) s.db.removeEmpty(key);
}
