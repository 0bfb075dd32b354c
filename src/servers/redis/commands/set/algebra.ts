/** Unions, intersections and differences of sets. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { natural } from '../../numbers.ts';
import { SetValue } from '../../values/set.ts';
import { Options } from '../options.ts';
import { countedKeys } from '../ranges.ts';
import { replySet } from './sets.ts';

function setsAt(s: Session, keys: readonly string[]): (SetValue | undefined)[] {
  return keys.map((key) => s.db.read(key, SetValue));
}

function intersection(sets: readonly (SetValue | undefined)[], limit = Number.POSITIVE_INFINITY): string[] {
  const there = sets.filter((set) => set !== undefined);
  if (there.length < sets.length) return [];
  const [smallest, ...others] = there.sort((a, b) => a.size - b.size);
  const members: string[] = [];
  for (const member of smallest?.members ?? []) {
    if (!others.every((set) => set.has(member))) continue;
    members.push(member);
    if (members.length >= limit) break;
  }
  return members;
}

function union(sets: readonly (SetValue | undefined)[]): string[] {
  const members = new Set<string>();
  for (const set of sets) for (const member of set?.members ?? []) members.add(member);
  return [...members];
}

function difference([first, ...others]: readonly (SetValue | undefined)[]): string[] {
  return (first?.members ?? []).filter((member) => !others.some((set) => set?.has(member)));
}

/** As Redis would keep them: integers in order while the result is compact. */
function asSet(s: Session, members: readonly string[]): SetValue {
  const set = new SetValue(s.keyspace.settings);
  for (const member of members) set.add(member);
  return set;
}

export function sinter(s: Session, a: Args<-2>): void {
  replySet(s, asSet(s, intersection(setsAt(s, a.slice(1)))).members);
}

export function sunion(s: Session, a: Args<-2>): void {
  replySet(s, asSet(s, union(setsAt(s, a.slice(1)))).members);
}

export function sdiff(s: Session, a: Args<-2>): void {
  replySet(s, asSet(s, difference(setsAt(s, a.slice(1)))).members);
}

function store(s: Session, key: string, members: readonly string[], event: string): void {
  if (members.length === 0) {
    if (s.db.find(key) !== undefined) s.db.removeEmpty(key);
    s.out.integer(0);
    return;
  }
  s.db.set(key, asSet(s, members));
  s.db.notify('s', event, key);
  s.out.integer(members.length);
}

export function sinterstore(s: Session, a: Args<-3>): void {
  store(s, a[1], intersection(setsAt(s, a.slice(2))), 'sinterstore');
}

export function sunionstore(s: Session, a: Args<-3>): void {
  store(s, a[1], union(setsAt(s, a.slice(2))), 'sunionstore');
}

export function sdiffstore(s: Session, a: Args<-3>): void {
  store(s, a[1], difference(setsAt(s, a.slice(2))), 'sdiffstore');
}

export function sintercard(s: Session, a: Args<-3>): void {
  const { keys, rest } = countedKeys(a, 1, { tooMany: "ERR Number of keys can't be greater than number of args" });
  let limit = 0;
  const options = new Options(rest, 0);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word !== 'LIMIT') throw SYNTAX;
    limit = natural(options.argument(), new ReplyError("ERR LIMIT can't be negative"));
  }
  s.out.integer(intersection(setsAt(s, keys), limit === 0 ? undefined : limit).length);
}
