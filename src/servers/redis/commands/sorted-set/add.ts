/** ZADD and ZINCRBY. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_FLOAT, ReplyError, SYNTAX } from '../../errors.ts';
import { float, formatDouble } from '../../numbers.ts';
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

export function zadd(s: Session, a: Args<-4>): void {
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
  const set = existing ?? new SortedSetValue(s.keyspace.settings);
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
    s.db.notify('z', incr ? 'zincr' : 'zadd', key);
  }
  if (incr) {
    if (result === undefined) s.out.null();
    else s.out.double(formatDouble(result));
  } else s.out.integer(ch ? added + updated : added);
}

export function zincrby(s: Session, a: Args<4>): void {
  addScores(s, a[1]!, [a[2]!, a[3]!], { nx: false, xx: false, gt: false, lt: false, ch: false, incr: true });
}
