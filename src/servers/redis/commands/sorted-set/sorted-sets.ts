/** Sorted sets. Commands from https://redis.io/docs/latest/commands/?group=sorted-set */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { NOT_FLOAT, ReplyError, SYNTAX } from '../../errors.ts';
import { float, formatDouble, integer } from '../../numbers.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { distinct, repeated } from '../random.ts';
import { replyScan, scanOptions, visit } from '../scan.ts';
import { zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore } from './algebra.ts';
import {
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
} from './range.ts';
import { byLex, byRank, byScore, type Selector } from './selectors.ts';
import { afterRemoval, bzmpop, bzpopmax, bzpopmin, zmpop, zpopmax, zpopmin } from './take.ts';

const group: Group = {
  name: 'sorted-set',
  rows: [
    ['bzmpop', -5, 'write blocking @sortedset', 'RW access delete@2#0,1,1', bzmpop],
    ['bzpopmax', -3, 'write noscript blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmax],
    ['bzpopmin', -3, 'write noscript blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmin],
    ['zadd', -4, 'write denyoom fast @sortedset', 'RW update@1', zadd],
    ['zcard', 2, 'readonly fast @sortedset', 'RO@1', zcard],
    ['zcount', 4, 'readonly fast @sortedset', 'RO access@1', zcount],
    ['zdiff', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zdiff],
    ['zdiffstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zdiffstore],
    ['zincrby', 4, 'write denyoom fast @sortedset', 'RW access update@1', zincrby],
    ['zinter', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zinter],
    ['zintercard', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zintercard],
    ['zinterstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zinterstore],
    ['zlexcount', 4, 'readonly fast @sortedset', 'RO access@1', zlexcount],
    ['zmpop', -4, 'write @sortedset', 'RW access delete@1#0,1,1', zmpop],
    ['zmscore', -3, 'readonly fast @sortedset', 'RO access@1', zmscore],
    ['zpopmax', -2, 'write fast @sortedset', 'RW access delete@1', zpopmax],
    ['zpopmin', -2, 'write fast @sortedset', 'RW access delete@1', zpopmin],
    ['zrandmember', -2, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zrandmember],
    ['zrange', -4, 'readonly @sortedset', 'RO access@1', zrange],
    ['zrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrangebylex],
    ['zrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrangebyscore],
    ['zrangestore', -5, 'write denyoom @sortedset', 'OW update@1; RO access@2', zrangestore],
    ['zrank', 3, 'readonly fast @sortedset', 'RO access@1', zrank],
    ['zrem', -3, 'write fast @sortedset', 'RW delete@1', zrem],
    ['zremrangebylex', 4, 'write @sortedset', 'RW delete@1', zremrangebylex],
    ['zremrangebyrank', 4, 'write @sortedset', 'RW delete@1', zremrangebyrank],
    ['zremrangebyscore', 4, 'write @sortedset', 'RW delete@1', zremrangebyscore],
    ['zrevrange', -4, 'readonly @sortedset', 'RO access@1', zrevrange],
    ['zrevrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrevrangebylex],
    ['zrevrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrevrangebyscore],
    ['zrevrank', 3, 'readonly fast @sortedset', 'RO access@1', zrevrank],
    ['zscan', -3, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zscan],
    ['zscore', 3, 'readonly fast @sortedset', 'RO access@1', zscore],
    ['zunion', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zunion],
    ['zunionstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zunionstore],
  ],
};
export default group;

const NAN = new ReplyError('ERR resulting score is not a number (NaN)');

export interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

/** Reads ZADD's options from `at` on; answers where the pairs begin. */
function addOptions(a: readonly string[], at: number): { options: AddOptions; next: number } {
  const options: AddOptions = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
  let next = at;
  for (; next < a.length; next++) {
    const word = a[next]!.toLowerCase();
    if (!Object.hasOwn(options, word)) break;
    options[word as keyof AddOptions] = true;
  }
  return { options, next };
}

function zadd(s: Session, a: string[]): void {
  const { options, next } = addOptions(a, 2);
  addScores(s, a[1]!, a.slice(next), options);
}

/** What ZADD and GEOADD do: scores and members in turn. */
export function addScores(s: Session, key: string, pairs: readonly string[], options: AddOptions): void {
  const { nx, xx, gt, lt, ch, incr } = options;
  if (pairs.length === 0 || pairs.length % 2 === 1) throw SYNTAX;
  if (nx && xx) throw new ReplyError('ERR XX and NX options at the same time are not compatible');
  if ((gt && nx) || (lt && nx) || (gt && lt)) {
    throw new ReplyError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (incr && pairs.length > 2) throw new ReplyError('ERR INCR option supports a single increment-element pair');
  const scores: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) scores.push(float(pairs[i]!, NOT_FLOAT));
  const existing = s.db.write(key, SortedSetValue);
  if (existing === undefined && xx) {
    if (incr) s.out.null();
    else s.out.integer(0);
    return;
  }
  const set = existing ?? new SortedSetValue(s.engine.settings);
  let added = 0;
  let updated = 0;
  let result: number | undefined;
  for (let i = 0; i < scores.length; i++) {
    const member = pairs[2 * i + 1]!;
    const old = set.score(member);
    let score = scores[i]!;
    if ((old !== undefined && nx) || (old === undefined && xx)) continue;
    if (incr && old !== undefined) {
      score += old;
      if (Number.isNaN(score)) throw NAN;
    }
    if (old !== undefined && ((gt && score <= old) || (lt && score >= old))) continue;
    result = score;
    const change = set.set(member, score);
    if (change === 'added') added++;
    else if (change === 'updated') updated++;
  }
  if (added + updated > 0) {
    if (existing === undefined) s.db.set(key, set);
    else s.db.touch(key, set);
    s.engine.notify('z', incr ? 'zincr' : 'zadd', s.db, key);
  }
  if (incr) {
    if (result === undefined) s.out.null();
    else s.out.double(formatDouble(result));
  } else s.out.integer(ch ? added + updated : added);
}

function zincrby(s: Session, a: string[]): void {
  addScores(s, a[1]!, [a[2]!, a[3]!], { nx: false, xx: false, gt: false, lt: false, ch: false, incr: true });
}

/** A score, or null. */
export function replyScore(s: Session, score: number | undefined): void {
  if (score === undefined) s.out.null();
  else s.out.double(formatDouble(score));
}

function zscore(s: Session, a: string[]): void {
  replyScore(s, s.db.read(a[1]!, SortedSetValue)?.score(a[2]!));
}

function zmscore(s: Session, a: string[]): void {
  const set = s.db.read(a[1]!, SortedSetValue);
  s.out.array(a.length - 2);
  for (let i = 2; i < a.length; i++) replyScore(s, set?.score(a[i]!));
}

function zcard(s: Session, a: string[]): void {
  s.out.integer(s.db.read(a[1]!, SortedSetValue)?.size ?? 0);
}

function rank(s: Session, a: string[], reverse: boolean): void {
  const set = s.db.read(a[1]!, SortedSetValue);
  const member = set?.find(a[2]!);
  if (set === undefined || member === undefined) {
    s.out.null();
    return;
  }
  const place = set.tree.rankOf(member);
  s.out.integer(reverse ? set.size - 1 - place : place);
}

function zrank(s: Session, a: string[]): void {
  rank(s, a, false);
}

function zrevrank(s: Session, a: string[]): void {
  rank(s, a, true);
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

function zcount(s: Session, a: string[]): void {
  count(s, a[1]!, byScore(a[2]!, a[3]!));
}

function zlexcount(s: Session, a: string[]): void {
  count(s, a[1]!, byLex(a[2]!, a[3]!));
}

function zrem(s: Session, a: string[]): void {
  const set = s.db.write(a[1]!, SortedSetValue);
  let removed = 0;
  if (set !== undefined) for (let i = 2; i < a.length; i++) if (set.delete(a[i]!)) removed++;
  if (removed > 0) afterRemoval(s, a[1]!, set!, 'zrem');
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

function zremrangebyrank(s: Session, a: string[]): void {
  removeRange(s, a[1]!, byRank(a[2]!, a[3]!), 'zremrangebyrank');
}

function zremrangebyscore(s: Session, a: string[]): void {
  removeRange(s, a[1]!, byScore(a[2]!, a[3]!), 'zremrangebyscore');
}

function zremrangebylex(s: Session, a: string[]): void {
  removeRange(s, a[1]!, byLex(a[2]!, a[3]!), 'zremrangebylex');
}

function zrandmember(s: Session, a: string[]): void {
  if (a.length > 4 || (a.length === 4 && a[3]!.toUpperCase() !== 'WITHSCORES')) throw SYNTAX;
  if (a.length === 2) {
    const set = s.db.read(a[1]!, SortedSetValue);
    s.bulk(set?.pick(Math.floor(s.engine.random() * set.size)).member);
    return;
  }
  const wanted = integer(a[2]!);
  if (Math.abs(wanted) >= 2 ** 62) throw new ReplyError('ERR value is out of range');
  const withScores = a.length === 4;
  const set = s.db.read(a[1]!, SortedSetValue);
  const size = set?.size ?? 0;
  const picks = size === 0 ? [] : wanted < 0 ? repeated(s, size, -wanted) : distinct(s, size, wanted);
  // All of them come in order, as Redis walks the set then.
  const members = wanted >= size && set !== undefined ? [...set.range(0, size)] : picks.map((at) => set!.pick(at));
  s.out.array(withScores && s.version === 2 ? members.length * 2 : members.length);
  for (const { member, score } of members) {
    if (withScores && s.version === 3) s.out.array(2);
    s.out.latin1(member);
    if (withScores) s.out.double(formatDouble(score));
  }
}

function zscan(s: Session, a: string[]): void {
  const options = scanOptions(a, 3);
  const set = s.db.read(a[1]!, SortedSetValue);
  const items: string[] = [];
  const take = ({ member, score }: { member: string; score: number }): void => {
    if (options.matches(member)) items.push(member, formatDouble(score));
  };
  let cursor = 0;
  if (set?.compact) for (const scored of set.range(0, set.size)) take(scored);
  else if (set !== undefined) cursor = visit(set.size, options, (at) => take(set.pick(at)));
  replyScan(s, cursor, items);
}
