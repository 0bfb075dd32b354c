/** Sets. Commands from https://redis.io/docs/latest/commands/?group=set */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { NOT_POSITIVE, ReplyError, SYNTAX } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import { SetValue } from '../../values/set.ts';
import { distinct, repeated } from '../random.ts';
import { countedKeys } from '../ranges.ts';
import { replyScan, scanOptions, visit } from '../scan.ts';

const group: Group = {
  name: 'set',
  rows: [
    ['sadd', -3, 'write denyoom fast @set', 'RW insert@1', sadd],
    ['scard', 2, 'readonly fast @set', 'RO@1', scard],
    ['sdiff', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sdiff],
    ['sdiffstore', -3, 'write denyoom @set', 'OW update@1; RO access@2:-1,1,0', sdiffstore],
    ['sinter', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sinter],
    ['sintercard', -3, 'readonly @set', 'RO access@1#0,1,1', sintercard],
    ['sinterstore', -3, 'write denyoom @set', 'RW update@1; RO access@2:-1,1,0', sinterstore],
    ['sismember', 3, 'readonly fast @set', 'RO@1', sismember],
    ['smembers', 2, 'readonly @set ~nondeterministic_output_order', 'RO access@1', smembers],
    ['smismember', -3, 'readonly fast @set', 'RO access@1', smismember],
    ['smove', 4, 'write fast @set', 'RW access delete@1; RW insert@2', smove],
    ['spop', -2, 'write fast @set ~nondeterministic_output', 'RW access delete@1', spop],
    ['srandmember', -2, 'readonly @set ~nondeterministic_output', 'RO access@1', srandmember],
    ['srem', -3, 'write fast @set', 'RW delete@1', srem],
    ['sscan', -3, 'readonly @set ~nondeterministic_output', 'RO access@1', sscan],
    ['sunion', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sunion],
    ['sunionstore', -3, 'write denyoom @set', 'OW update@1; RO access@2:-1,1,0', sunionstore],
  ],
};
export default group;

function sadd(s: Session, a: string[]): void {
  const key = a[1]!;
  const existing = s.db.write(key, SetValue);
  const set = existing ?? new SetValue(s.engine.settings);
  let added = 0;
  for (let i = 2; i < a.length; i++) if (set.add(a[i]!)) added++;
  if (existing === undefined) s.db.set(key, set);
  else if (added > 0) s.db.touch(key, set);
  if (added > 0) s.engine.notify('s', 'sadd', s.db, key);
  s.out.integer(added);
}

/** Tells of removals, and removes a set that they left empty. */
function afterRemoval(s: Session, key: string, set: SetValue, event: string): void {
  s.db.changed(key, set, 's', event);
  if (set.size === 0) s.db.removeEmpty(key);
}

function srem(s: Session, a: string[]): void {
  const set = s.db.write(a[1]!, SetValue);
  let removed = 0;
  if (set !== undefined) for (let i = 2; i < a.length; i++) if (set.delete(a[i]!)) removed++;
  if (removed > 0) afterRemoval(s, a[1]!, set!, 'srem');
  s.out.integer(removed);
}

function smove(s: Session, a: string[]): void {
  const [from, to, member] = [a[1]!, a[2]!, a[3]!];
  const source = s.db.write(from, SetValue);
  if (source === undefined) {
    s.out.integer(0);
    return;
  }
  const target = s.db.write(to, SetValue);
  if (source === target) {
    s.out.integer(source.has(member) ? 1 : 0);
    return;
  }
  if (!source.delete(member)) {
    s.out.integer(0);
    return;
  }
  afterRemoval(s, from, source, 'srem');
  const set = target ?? new SetValue(s.engine.settings);
  const added = set.add(member);
  if (target === undefined) s.db.set(to, set);
  else if (added) s.db.touch(to, set);
  if (added) s.engine.notify('s', 'sadd', s.db, to);
  s.out.integer(1);
}

function scard(s: Session, a: string[]): void {
  s.out.integer(s.db.read(a[1]!, SetValue)?.size ?? 0);
}

function sismember(s: Session, a: string[]): void {
  s.out.integer(s.db.read(a[1]!, SetValue)?.has(a[2]!) ? 1 : 0);
}

function smismember(s: Session, a: string[]): void {
  const set = s.db.read(a[1]!, SetValue);
  s.out.array(a.length - 2);
  for (let i = 2; i < a.length; i++) s.out.integer(set?.has(a[i]!) ? 1 : 0);
}

/** A set reply: `~` in RESP3. */
function replySet(s: Session, members: readonly string[]): void {
  s.out.set(members.length);
  for (const member of members) s.out.latin1(member);
}

function smembers(s: Session, a: string[]): void {
  replySet(s, s.db.read(a[1]!, SetValue)?.members ?? []);
}

function spop(s: Session, a: string[]): void {
  const key = a[1]!;
  if (a.length > 3) throw SYNTAX;
  if (a.length === 2) {
    const set = s.db.write(key, SetValue);
    if (set === undefined) {
      s.out.null();
      return;
    }
    const member = set.at(Math.floor(s.engine.random() * set.size));
    set.delete(member);
    afterRemoval(s, key, set, 'spop');
    s.bulk(member);
    return;
  }
  const count = natural(a[2]!, NOT_POSITIVE);
  const set = s.db.write(key, SetValue);
  if (set === undefined || count === 0) {
    replySet(s, []);
    return;
  }
  let members: string[];
  if (count >= set.size) {
    members = [...set.members];
    s.engine.notify('s', 'spop', s.db, key);
    s.db.removeEmpty(key);
  } else {
    members = distinct(s, set.size, count).map((at) => set.at(at));
    for (const member of members) set.delete(member);
    afterRemoval(s, key, set, 'spop');
  }
  replySet(s, members);
}

function srandmember(s: Session, a: string[]): void {
  if (a.length > 3) throw SYNTAX;
  if (a.length === 2) {
    const set = s.db.read(a[1]!, SetValue);
    s.bulk(set?.at(Math.floor(s.engine.random() * set.size)));
    return;
  }
  const count = integer(a[2]!);
  if (Math.abs(count) >= 2 ** 62) throw new ReplyError('ERR value is out of range');
  const set = s.db.read(a[1]!, SetValue);
  if (set === undefined || count === 0) {
    s.out.array(0);
    return;
  }
  const picks = count < 0 ? repeated(s, set.size, -count) : distinct(s, set.size, count);
  s.bulks(picks.map((at) => set.at(at)));
}

function setsAt(s: Session, keys: readonly string[]): (SetValue | undefined)[] {
  return keys.map((key) => s.db.read(key, SetValue));
}

function intersection(sets: readonly (SetValue | undefined)[], limit = Number.POSITIVE_INFINITY): string[] {
  if (sets.some((set) => set === undefined)) return [];
  const [smallest, ...others] = (sets as SetValue[]).toSorted((a, b) => a.size - b.size);
  const members: string[] = [];
  for (const member of smallest!.members) {
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
  const set = new SetValue(s.engine.settings);
  for (const member of members) set.add(member);
  return set;
}

function sinter(s: Session, a: string[]): void {
  replySet(s, asSet(s, intersection(setsAt(s, a.slice(1)))).members);
}

function sunion(s: Session, a: string[]): void {
  replySet(s, asSet(s, union(setsAt(s, a.slice(1)))).members);
}

function sdiff(s: Session, a: string[]): void {
  replySet(s, asSet(s, difference(setsAt(s, a.slice(1)))).members);
}

function store(s: Session, key: string, members: readonly string[], event: string): void {
  if (members.length === 0) {
    if (s.db.find(key) !== undefined) s.db.removeEmpty(key);
    s.out.integer(0);
    return;
  }
  s.db.set(key, asSet(s, members));
  s.engine.notify('s', event, s.db, key);
  s.out.integer(members.length);
}

function sinterstore(s: Session, a: string[]): void {
  store(s, a[1]!, intersection(setsAt(s, a.slice(2))), 'sinterstore');
}

function sunionstore(s: Session, a: string[]): void {
  store(s, a[1]!, union(setsAt(s, a.slice(2))), 'sunionstore');
}

function sdiffstore(s: Session, a: string[]): void {
  store(s, a[1]!, difference(setsAt(s, a.slice(2))), 'sdiffstore');
}

function sintercard(s: Session, a: string[]): void {
  const { keys, rest } = countedKeys(a, 1, { tooMany: "ERR Number of keys can't be greater than number of args" });
  let limit = 0;
  for (let i = 0; i < rest.length; i += 2) {
    if (rest[i]!.toUpperCase() !== 'LIMIT' || rest[i + 1] === undefined) throw SYNTAX;
    limit = natural(rest[i + 1]!, new ReplyError("ERR LIMIT can't be negative"));
  }
  s.out.integer(intersection(setsAt(s, keys), limit === 0 ? undefined : limit).length);
}

function sscan(s: Session, a: string[]): void {
  const options = scanOptions(a, 3);
  const set = s.db.read(a[1]!, SetValue);
  if (set === undefined) {
    replyScan(s, 0, []);
    return;
  }
  const items: string[] = [];
  let cursor = 0;
  if (set.compact) items.push(...set.members.filter(options.matches));
  else {
    cursor = visit(set.size, options, (at) => {
      if (options.matches(set.at(at))) items.push(set.at(at));
    });
  }
  replyScan(s, cursor, items);
}
