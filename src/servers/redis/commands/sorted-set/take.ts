/** Taking the lowest or highest of a sorted set, at once or when something comes. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_POSITIVE, SYNTAX } from '../../errors.ts';
import { natural } from '../../numbers.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { countToTake, lastOf } from '../options.ts';
import { countedKeys, timeoutMs } from '../ranges.ts';
import { takeFirst, takeOrWait } from '../wait.ts';

interface Popped {
  readonly member: string;
  readonly score: number;
}

/** Which members of a sorted set are taken first. */
type ScoreEnd = 'min' | 'max';

function take(s: Session, key: string, set: SortedSetValue, end: ScoreEnd, count: number): Popped[] {
  const popped = [...set.range(0, Math.min(count, set.size), end === 'min' ? 'up' : 'down')];
  for (const { member } of popped) set.delete(member);
  afterRemoval(s, key, set, `zpop${end}`);
  return popped;
}

/** Members with their scores: pairs in RESP3, one flat list in RESP2 (or in both, where `flat`). */
function replyPopped(s: Session, popped: readonly Popped[], flat = s.version === 2): void {
  s.out.array(flat ? popped.length * 2 : popped.length);
  for (const { member, score } of popped) {
    if (!flat) s.out.array(2);
    s.bulk(member);
    s.double(score);
  }
}

function pop(s: Session, a: Args<-2>, end: ScoreEnd): void {
  if (a.length > 3) throw SYNTAX;
  const count = a[2] === undefined ? 1 : natural(a[2], NOT_POSITIVE);
  const set = s.db.write(a[1], SortedSetValue);
  if (set === undefined || count === 0) s.out.array(0);
  else replyPopped(s, take(s, a[1], set, end, count), s.version === 2 || a.length === 2);
}

export function zpopmin(s: Session, a: Args<-2>): void {
  pop(s, a, 'min');
}

export function zpopmax(s: Session, a: Args<-2>): void {
  pop(s, a, 'max');
}

/** MIN or MAX, and COUNT: takes so many from a sorted set, and replies its key and them. */
function taker(s: Session, [where, ...options]: readonly string[]): (key: string, set: SortedSetValue) => void {
  const end = where?.toLowerCase();
  if (end !== 'min' && end !== 'max') throw SYNTAX;
  const count = countToTake(options);
  return (key, set) => {
    s.out.array(2);
    s.bulk(key);
    replyPopped(s, take(s, key, set, end, count), false);
  };
}

export function zmpop(s: Session, a: Args<-4>): void {
  const { keys, rest } = countedKeys(a, 1);
  if (!takeFirst(s, keys, SortedSetValue, taker(s, rest))) s.out.nullArray();
}

function blockingPop(s: Session, a: Args<-3>, end: ScoreEnd): void {
  const waitMs = timeoutMs(lastOf(a));
  takeOrWait(s, a.slice(1, -1), SortedSetValue, waitMs, (key, set) => {
    for (const { member, score } of take(s, key, set, end, 1)) {
      s.out.array(3);
      s.bulk(key);
      s.bulk(member);
      s.double(score);
    }
  });
}

export function bzpopmin(s: Session, a: Args<-3>): void {
  blockingPop(s, a, 'min');
}

export function bzpopmax(s: Session, a: Args<-3>): void {
  blockingPop(s, a, 'max');
}

export function bzmpop(s: Session, a: Args<-5>): void {
  const waitMs = timeoutMs(a[1]);
  const { keys, rest } = countedKeys(a, 2);
  takeOrWait(s, keys, SortedSetValue, waitMs, taker(s, rest));
}

/** Tells of removals, and removes a set that they left empty. */
export function afterRemoval(s: Session, key: string, set: SortedSetValue, event: string): void {
  s.db.changed(key, set, 'z', event);
  if (set.size === 0) s.db.removeEmpty(key);
}
