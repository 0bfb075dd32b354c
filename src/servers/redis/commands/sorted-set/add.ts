/** ZADD and ZINCRBY. */

import { itemAt } from '../../../../core/collections/present.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_FLOAT, ReplyError, SYNTAX } from '../../errors.ts';
import { float } from '../../numbers.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';

const NAN = new ReplyError('ERR resulting score is not a number (NaN)');

export interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

function isAddOption(options: AddOptions, word: string): word is keyof AddOptions {
  return Object.hasOwn(options, word);
}

/** Reads ZADD's options from `at` on; answers where the pairs begin. */
function addOptions(a: readonly string[], at: number): { options: AddOptions; next: number } {
  const options: AddOptions = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
  let next = at;
  for (let word = a[next]?.toLowerCase(); word !== undefined; word = a[next]?.toLowerCase()) {
    if (!isAddOption(options, word)) break;
    options[word] = true;
    next++;
  }
  return { options, next };
}

export function zadd(s: Session, a: Args<-4>): void {
  const { options, next } = addOptions(a, 2);
  addScores(s, a[1], a.slice(next), options);
}

function checkOptions({ nx, xx, gt, lt, incr }: AddOptions, pairs: readonly string[]): void {
  if (pairs.length === 0 || pairs.length % 2 === 1) throw SYNTAX;
  if (nx && xx) throw new ReplyError('ERR XX and NX options at the same time are not compatible');
  if ((gt && nx) || (lt && nx) || (gt && lt)) {
    throw new ReplyError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (incr && pairs.length > 2) throw new ReplyError('ERR INCR option supports a single increment-element pair');
}

/** The score that a member gets; undefined where the options leave it alone. */
function newScore(old: number | undefined, given: number, { nx, xx, gt, lt, incr }: AddOptions): number | undefined {
  if (old === undefined) return xx ? undefined : given;
  if (nx) return undefined;
  const score = incr ? given + old : given;
  if (Number.isNaN(score)) throw NAN;
  return (gt && score <= old) || (lt && score >= old) ? undefined : score;
}

/** What ZADD and GEOADD do: scores and members in turn. */
export function addScores(s: Session, key: string, pairs: readonly string[], options: AddOptions): void {
  checkOptions(options, pairs);
  const scores: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) scores.push(float(itemAt(pairs, i), NOT_FLOAT));
  const existing = s.db.write(key, SortedSetValue);
  const set = existing ?? new SortedSetValue(s.keyspace.settings);
  let added = 0;
  let updated = 0;
  let result: number | undefined;
  let i = 1;
  for (const given of scores) {
    const member = itemAt(pairs, i);
    i += 2;
    const score = newScore(set.score(member), given, options);
    if (score === undefined) continue;
    result = score;
    const change = set.set(member, score);
    if (change === 'added') added++;
    else if (change === 'updated') updated++;
  }
  if (added + updated > 0) {
    if (existing === undefined) s.db.set(key, set);
    else s.db.touch(key, set);
    s.db.notify('z', options.incr ? 'zincr' : 'zadd', key);
  }
  if (!options.incr) s.out.integer(options.ch ? added + updated : added);
  else if (result === undefined) s.out.null();
  else s.double(result);
}

export function zincrby(s: Session, a: Args<4>): void {
  addScores(s, a[1], [a[2], a[3]], { nx: false, xx: false, gt: false, lt: false, ch: false, incr: true });
}
