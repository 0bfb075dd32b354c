/** ZRANGE and the older commands that it unites. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Direction } from '../../values/direction.ts';
import { type Scored, SortedSetValue } from '../../values/sorted-set.ts';
import { Options } from '../options.ts';
import { byLex, byRank, byScore, limited } from './selectors.ts';

type By = 'rank' | 'score' | 'lex';

interface Query {
  readonly start: string;
  readonly stop: string;
  readonly by: By;
  readonly direction: Direction;
  readonly withScores: boolean;
  readonly limit: readonly [offset: number, count: number] | undefined;
}

/** Reads the options that follow START and STOP. What is fixed by the command's name is given. */
function readQuery(
  a: readonly string[],
  start: string,
  stop: string,
  from: number,
  known: { by?: By; direction?: Direction; store?: boolean },
): Query {
  let { by, direction = 'up' } = known;
  let withScores = false;
  let limit: [number, number] | undefined;
  const options = new Options(a, from);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'WITHSCORES' && known.store !== true) withScores = true;
    else if (word === 'LIMIT' && options.left >= 2) {
      limit = [integer(options.argument()), integer(options.argument())];
    } else if (word === 'REV' && known.by === undefined && known.direction === undefined) direction = 'down';
    else if ((word === 'BYSCORE' || word === 'BYLEX') && known.by === undefined) {
      const kind = word === 'BYSCORE' ? 'score' : 'lex';
      if (by !== undefined) throw SYNTAX;
      by = kind;
    } else throw SYNTAX;
  }
  by ??= 'rank';
  if (limit !== undefined && by === 'rank') {
    throw new ReplyError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  if (withScores && by === 'lex')
    throw new ReplyError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
  return { start, stop, by, direction, withScores, limit };
}

function select(s: Session, key: string, query: Query): Scored[] {
  const { by, direction } = query;
  // Backwards, the ends of scores and bytes are given the other way round.
  const [min, max] = direction === 'down' && by !== 'rank' ? [query.stop, query.start] : [query.start, query.stop];
  const selector = by === 'rank' ? byRank(min, max) : by === 'score' ? byScore(min, max) : byLex(min, max);
  const set = s.db.read(key, SortedSetValue);
  if (set === undefined) return [];
  let run = selector(set);
  if (query.limit !== undefined) run = limited(run, query.limit[0], query.limit[1], direction);
  const count = run.to - run.from;
  if (count <= 0) return [];
  if (direction === 'up') return [...set.range(run.from, count)];
  return [...set.range(by === 'rank' ? run.from : set.size - run.to, count, 'down')];
}

export function replyMembers(
  s: Session,
  members: readonly { member: string; score: number }[],
  withScores: boolean,
): void {
  s.out.array(withScores && s.version === 2 ? members.length * 2 : members.length);
  for (const { member, score } of members) {
    if (withScores && s.version === 3) s.out.array(2);
    s.out.latin1(member);
    if (withScores) s.double(score);
  }
}

function reply(s: Session, a: Args<-4>, known: { by?: By; direction?: Direction }): void {
  const query = readQuery(a, a[2], a[3], 4, known);
  replyMembers(s, select(s, a[1], query), query.withScores);
}

export function zrange(s: Session, a: Args<-4>): void {
  reply(s, a, {});
}

export function zrevrange(s: Session, a: Args<-4>): void {
  reply(s, a, { by: 'rank', direction: 'down' });
}

export function zrangebyscore(s: Session, a: Args<-4>): void {
  reply(s, a, { by: 'score', direction: 'up' });
}

export function zrevrangebyscore(s: Session, a: Args<-4>): void {
  reply(s, a, { by: 'score', direction: 'down' });
}

export function zrangebylex(s: Session, a: Args<-4>): void {
  reply(s, a, { by: 'lex', direction: 'up' });
}

export function zrevrangebylex(s: Session, a: Args<-4>): void {
  reply(s, a, { by: 'lex', direction: 'down' });
}

export function zrangestore(s: Session, a: Args<-5>): void {
  const query = readQuery(a, a[3], a[4], 5, { store: true });
  storeSet(s, a[1], select(s, a[2], query), 'zrangestore');
}

/** Puts a sorted set in place of whatever a key held, or removes the key where there is no member. */
export function storeSet(
  s: Session,
  key: string,
  members: Iterable<{ member: string; score: number }>,
  event: string,
): void {
  const set = new SortedSetValue(s.keyspace.settings);
  for (const { member, score } of members) set.set(member, score);
  if (set.size > 0) {
    s.db.set(key, set);
    s.db.signal(key);
    s.db.notify('z', event, key);
  } else if (s.db.find(key) !== undefined) s.db.removeEmpty(key);
  s.out.integer(set.size);
}
