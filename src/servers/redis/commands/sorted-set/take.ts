/** Taking the lowest or highest of a sorted set, at once or when something comes. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_POSITIVE, ReplyError, SYNTAX } from '../../errors.ts';
import { formatDouble, integer, natural } from '../../numbers.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { countedKeys, timeoutMs } from '../ranges.ts';
import { takeFirst, takeOrWait } from '../wait.ts';

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

function pop(s: Session, a: readonly string[], max: boolean): void {
  if (a.length > 3) throw SYNTAX;
  const count = a.length === 3 ? natural(a[2]!, NOT_POSITIVE) : 1;
  const set = s.db.write(a[1]!, SortedSetValue);
  if (set === undefined || count === 0) s.out.array(0);
  else replyPopped(s, take(s, a[1]!, set, max, count), s.version === 2 || a.length === 2);
}

export function zpopmin(s: Session, a: Args<-2>): void {
  pop(s, a, false);
}

export function zpopmax(s: Session, a: Args<-2>): void {
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

export function zmpop(s: Session, a: Args<-4>): void {
  const { keys, rest } = countedKeys(a, 1);
  const { max, count } = popOptions(rest);
  if (!takeFirst(s, keys, SortedSetValue, (key, set) => replyMany(s, key, take(s, key, set, max, count))))
    s.out.nullArray();
}

function blockingPop(s: Session, a: readonly string[], max: boolean): void {
  const waitMs = timeoutMs(a.at(-1)!);
  takeOrWait(s, a.slice(1, -1), SortedSetValue, waitMs, (key, set) => {
    const [popped] = take(s, key, set, max, 1);
    s.out.array(3);
    s.bulk(key);
    s.bulk(popped!.member);
    s.out.double(formatDouble(popped!.score));
  });
}

export function bzpopmin(s: Session, a: Args<-3>): void {
  blockingPop(s, a, false);
}

export function bzpopmax(s: Session, a: Args<-3>): void {
  blockingPop(s, a, true);
}

export function bzmpop(s: Session, a: Args<-5>): void {
  const waitMs = timeoutMs(a[1]!);
  const { keys, rest } = countedKeys(a, 2);
  const { max, count } = popOptions(rest);
  takeOrWait(s, keys, SortedSetValue, waitMs, (key, set) => replyMany(s, key, take(s, key, set, max, count)));
}

/** Tells of removals, and removes a set that they left empty. */
export function afterRemoval(s: Session, key: string, set: SortedSetValue, event: string): void {
  s.db.changed(key, set, 'z', event);
  if (set.size === 0) s.db.removeEmpty(key);
}
