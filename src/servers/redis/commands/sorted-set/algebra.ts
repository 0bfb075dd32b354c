/** Unions, intersections and differences of sorted sets; plain sets count as such with a score of 1. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX, WRONG_TYPE } from '../../errors.ts';
import { float, natural } from '../../numbers.ts';
import { SetValue } from '../../values/set.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { Options } from '../options.ts';
import { countedKeys } from '../ranges.ts';
import { replyMembers, storeSet } from './range.ts';

type Operation = 'union' | 'inter' | 'diff';

interface Source {
  readonly size: number;
  score(member: string): number | undefined;
  entries(): Iterable<readonly [member: string, score: number]>;
}

function sourceOf(s: Session, key: string): Source {
  const value = s.db.readAny(key);
  if (value === undefined) return { size: 0, score: () => undefined, entries: () => [] };
  if (value instanceof SetValue) {
    return {
      size: value.size,
      score: (member) => (value.has(member) ? 1 : undefined),
      entries: () => value.members.map((member) => [member, 1] as const),
    };
  }
  if (!(value instanceof SortedSetValue)) throw WRONG_TYPE;
  return {
    size: value.size,
    score: (member) => value.score(member),
    *entries() {
      for (const { member, score } of value.range(0, value.size)) yield [member, score] as const;
    },
  };
}

interface Query {
  readonly sources: readonly Source[];
  readonly weights: readonly number[];
  readonly aggregate: (a: number, b: number) => number;
  readonly withScores: boolean;
}

function sum(a: number, b: number): number {
  const total = a + b;
  return Number.isNaN(total) ? 0 : total; // inf and -inf, as Redis decides
}

const AGGREGATES = new Map([
  ['SUM', sum],
  ['MIN', Math.min],
  ['MAX', Math.max],
]);

/** The command's name where messages tell it. */
function readQuery(
  s: Session,
  a: readonly string[],
  at: number,
  operation: Operation,
  store: boolean,
  name: string,
): Query {
  const { keys, rest } = countedKeys(a, at, {
    notPositive: `ERR at least 1 input key is needed for '${name}' command`,
  });
  const sources = keys.map((key) => sourceOf(s, key));
  let weights = keys.map(() => 1);
  let aggregate = sum;
  let withScores = false;
  const options = new Options(rest, 0);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'WEIGHTS' && operation !== 'diff' && options.left >= keys.length) {
      weights = keys.map(() => float(options.argument(), new ReplyError('ERR weight value is not a float')));
    } else if (word === 'AGGREGATE' && operation !== 'diff') {
      const chosen = AGGREGATES.get(options.argument().toUpperCase());
      if (chosen === undefined) throw SYNTAX;
      aggregate = chosen;
    } else if (word === 'WITHSCORES' && !store) withScores = true;
    else throw SYNTAX;
  }
  return { sources, weights, aggregate, withScores };
}

function weighted(score: number, weight: number): number {
  const value = score * weight;
  return Number.isNaN(value) ? 0 : value;
}

function compute(operation: Operation, { sources, weights, aggregate }: Query): Map<string, number> {
  const result = new Map<string, number>();
  if (operation === 'diff') {
    const [first, ...others] = sources;
    for (const [member, score] of first?.entries() ?? []) {
      if (others.every((other) => other.score(member) === undefined)) result.set(member, score);
    }
    return result;
  }
  const order = sources
    .map((source, i) => ({ source, weight: weights[i] ?? 1 }))
    .sort((a, b) => a.source.size - b.source.size);
  if (operation === 'union') {
    for (const { source, weight } of order) {
      for (const [member, score] of source.entries()) {
        const value = weighted(score, weight);
        const old = result.get(member);
        result.set(member, old === undefined ? value : aggregate(old, value));
      }
    }
    return result;
  }
  const [smallest, ...others] = order;
  if (smallest === undefined) return result;
  for (const [member, score] of smallest.source.entries()) {
    let value = weighted(score, smallest.weight);
    const everywhere = others.every(({ source, weight }) => {
      const other = source.score(member);
      if (other === undefined) return false;
      value = aggregate(value, weighted(other, weight));
      return true;
    });
    if (everywhere) result.set(member, value);
  }
  return result;
}

function asMembers(scores: ReadonlyMap<string, number>): { member: string; score: number }[] {
  return [...scores].map(([member, score]) => ({ member, score }));
}

function reply(s: Session, a: readonly string[], operation: Operation, name: string): void {
  const query = readQuery(s, a, 1, operation, false, name);
  const members = asMembers(compute(operation, query));
  members.sort((x, y) => x.score - y.score || (x.member < y.member ? -1 : 1));
  replyMembers(s, members, query.withScores);
}

function store(s: Session, a: Args<-4>, operation: Operation, name: string): void {
  const query = readQuery(s, a, 2, operation, true, name);
  storeSet(s, a[1], asMembers(compute(operation, query)), name);
}

export function zunion(s: Session, a: Args<-3>): void {
  reply(s, a, 'union', 'zunion');
}

export function zinter(s: Session, a: Args<-3>): void {
  reply(s, a, 'inter', 'zinter');
}

export function zdiff(s: Session, a: Args<-3>): void {
  reply(s, a, 'diff', 'zdiff');
}

export function zunionstore(s: Session, a: Args<-4>): void {
  store(s, a, 'union', 'zunionstore');
}

export function zinterstore(s: Session, a: Args<-4>): void {
  store(s, a, 'inter', 'zinterstore');
}

export function zdiffstore(s: Session, a: Args<-4>): void {
  store(s, a, 'diff', 'zdiffstore');
}

export function zintercard(s: Session, a: Args<-3>): void {
  const { keys, rest } = countedKeys(a, 1, {
    notPositive: "ERR at least 1 input key is needed for 'zintercard' command",
  });
  let limit = Number.POSITIVE_INFINITY;
  const [word, text, ...more] = rest;
  if (word !== undefined) {
    if (text === undefined || more.length > 0 || word.toUpperCase() !== 'LIMIT') throw SYNTAX;
    const given = natural(text, new ReplyError("ERR LIMIT can't be negative"));
    if (given > 0) limit = given;
  }
  const [smallest, ...others] = keys.map((key) => sourceOf(s, key)).sort((x, y) => x.size - y.size);
  let count = 0;
  for (const [member] of smallest?.entries() ?? []) {
    if (count >= limit) break;
    if (others.every((other) => other.score(member) !== undefined)) count++;
  }
  s.out.integer(count);
}
