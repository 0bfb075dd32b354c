/** Sorted sets. Commands from https://redis.io/docs/latest/commands/?group=sorted-set */

import { itemAt } from '../../../../core/collections/present.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX, wrongArity } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Direction } from '../../values/direction.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { distinct, repeated } from '../random.ts';
import { checkCursor, replyScan, scanOptions, visit } from '../scan.ts';
import { byLex, byRank, byScore, type Selector } from './selectors.ts';
import { afterRemoval } from './take.ts';

/** A score, or null. */
function replyScore(s: Session, score: number | undefined): void {
  if (score === undefined) s.out.null();
  else s.double(score);
}

export function zscore(s: Session, a: Args<3>): void {
  replyScore(s, s.db.read(a[1], SortedSetValue)?.score(a[2]));
}

export function zmscore(s: Session, a: Args<-3>): void {
  const set = s.db.read(a[1], SortedSetValue);
  s.out.array(a.length - 2);
  for (let i = 2; i < a.length; i++) replyScore(s, set?.score(itemAt(a, i)));
}

export function zcard(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], SortedSetValue)?.size ?? 0);
}

function rank(s: Session, a: Args<-3>, direction: Direction): void {
  const withScore = a.length > 3;
  if (a.length > 4 || (withScore && a[3]?.toUpperCase() !== 'WITHSCORE'))
    throw a.length > 4 ? wrongArity(a[0].toLowerCase()) : SYNTAX;
  const set = s.db.read(a[1], SortedSetValue);
  const member = set?.find(a[2]);
  if (set === undefined || member === undefined) {
    if (withScore) s.out.nullArray();
    else s.out.null();
    return;
  }
  if (withScore) s.out.array(2);
  const place = set.tree.rankOf(member);
  s.out.integer(direction === 'down' ? set.size - 1 - place : place);
  if (withScore) s.double(member.score);
}

export function zrank(s: Session, a: Args<-3>): void {
  rank(s, a, 'up');
}

export function zrevrank(s: Session, a: Args<-3>): void {
  rank(s, a, 'down');
}

function count(s: Session, key: string, selector: Selector): void {
  const set = s.db.read(key, SortedSetValue);
  if (set === undefined) {
    s.out.integer(0);
    return;
  }
  const { from, to } = selector(set);
  s.out.integer(Math.max(0, to - from));
}

export function zcount(s: Session, a: Args<4>): void {
  count(s, a[1], byScore(a[2], a[3]));
}

export function zlexcount(s: Session, a: Args<4>): void {
  count(s, a[1], byLex(a[2], a[3]));
}

export function zrem(s: Session, a: Args<-3>): void {
  const set = s.db.write(a[1], SortedSetValue);
  if (set === undefined) {
    s.out.integer(0);
    return;
  }
  let removed = 0;
  for (let i = 2; i < a.length; i++) if (set.delete(itemAt(a, i))) removed++;
  if (removed > 0) afterRemoval(s, a[1], set, 'zrem');
  s.out.integer(removed);
}

function removeRange(s: Session, key: string, selector: Selector, event: string): void {
  const set = s.db.write(key, SortedSetValue);
  if (set === undefined) {
    s.out.integer(0);
    return;
  }
  const { from, to } = selector(set);
  const members = [...set.range(from, to - from)].map(({ member }) => member);
  for (const member of members) set.delete(member);
  if (members.length > 0) afterRemoval(s, key, set, event);
  s.out.integer(members.length);
}

export function zremrangebyrank(s: Session, a: Args<4>): void {
  removeRange(s, a[1], byRank(a[2], a[3]), 'zremrangebyrank');
}

export function zremrangebyscore(s: Session, a: Args<4>): void {
  removeRange(s, a[1], byScore(a[2], a[3]), 'zremrangebyscore');
}

export function zremrangebylex(s: Session, a: Args<4>): void {
  removeRange(s, a[1], byLex(a[2], a[3]), 'zremrangebylex');
}

export function zrandmember(s: Session, a: Args<-2>): void {
  if (a.length > 4 || (a[3] !== undefined && a[3].toUpperCase() !== 'WITHSCORES')) throw SYNTAX;
  if (a[2] === undefined) {
    const set = s.db.read(a[1], SortedSetValue);
    s.bulk(set?.pick(Math.floor(s.keyspace.random() * set.size)).member);
    return;
  }
  const wanted = integer(a[2]);
  if (Math.abs(wanted) >= 2 ** 62) throw new ReplyError('ERR value is out of range');
  const withScores = a.length === 4;
  const set = s.db.read(a[1], SortedSetValue);
  const size = set?.size ?? 0;
  const picks = size === 0 ? [] : wanted < 0 ? repeated(s, size, -wanted) : distinct(s, size, wanted);
  // All of them come in order, as Redis walks the set then.
  const members = wanted >= size ? [...(set?.range(0, size) ?? [])] : picks.flatMap((at) => set?.pick(at) ?? []);
  s.out.array(withScores && s.version === 2 ? members.length * 2 : members.length);
  for (const { member, score } of members) {
    if (withScores && s.version === 3) s.out.array(2);
    s.out.latin1(member);
    if (withScores) s.double(score);
  }
}

export function zscan(s: Session, a: Args<-3>): void {
  checkCursor(a[2]);
  const set = s.db.read(a[1], SortedSetValue);
  if (set === undefined) {
    replyScan(s, 0, []);
    return;
  }
  const options = scanOptions(a[2], a, 3, { mayLeaveOutValues: s.traits.noValues ? false : undefined });
  const items: string[] = [];
  const take = ({ member, score }: { member: string; score: number }): void => {
    if (options.matches(member)) items.push(member, s.score(score));
  };
  let cursor = 0;
  if (set.compact) for (const scored of set.range(0, set.size)) take(scored);
  else cursor = visit(set.size, options, (at) => take(set.pick(at)));
  replyScan(s, cursor, items);
}
