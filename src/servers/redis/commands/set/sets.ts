/** Sets. Commands from https://redis.io/docs/latest/commands/?group=set */

import { itemAt } from '../../../../core/collections/present.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_POSITIVE, ReplyError, SYNTAX } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import { SetValue } from '../../values/set.ts';
import { distinct, repeated } from '../random.ts';
import { checkCursor, replyScan, scanOptions, visit } from '../scan.ts';

export function sadd(s: Session, a: Args<-3>): void {
  const key = a[1];
  const existing = s.db.write(key, SetValue);
  const set = existing ?? new SetValue(s.keyspace.settings);
  let added = 0;
  for (let i = 2; i < a.length; i++) {
    const member = a[i];
    if (member !== undefined && set.add(member)) added++;
  }
  if (existing === undefined) s.db.set(key, set);
  else if (added > 0) s.db.touch(key, set);
  if (added > 0) s.db.notify('s', 'sadd', key);
  s.out.integer(added);
}

/** Tells of removals, and removes a set that they left empty. */
function afterRemoval(s: Session, key: string, set: SetValue, event: string): void {
  s.db.changed(key, set, 's', event);
  if (set.size === 0) s.db.removeEmpty(key);
}

export function srem(s: Session, a: Args<-3>): void {
  const set = s.db.write(a[1], SetValue);
  if (set === undefined) {
    s.out.integer(0);
    return;
  }
  let removed = 0;
  for (let i = 2; i < a.length; i++) if (set.delete(itemAt(a, i))) removed++;
  if (removed > 0) afterRemoval(s, a[1], set, 'srem');
  s.out.integer(removed);
}

export function smove(s: Session, a: Args<4>): void {
  const [, from, to, member] = a;
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
  const set = target ?? new SetValue(s.keyspace.settings);
  const added = set.add(member);
  if (target === undefined) s.db.set(to, set);
  else if (added) s.db.touch(to, set);
  if (added) s.db.notify('s', 'sadd', to);
  s.out.integer(1);
}

export function scard(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], SetValue)?.size ?? 0);
}

export function sismember(s: Session, a: Args<3>): void {
  s.out.integer(s.db.read(a[1], SetValue)?.has(a[2]) ? 1 : 0);
}

export function smismember(s: Session, a: Args<-3>): void {
  const set = s.db.read(a[1], SetValue);
  s.out.array(a.length - 2);
  for (let i = 2; i < a.length; i++) s.out.integer(set?.has(itemAt(a, i)) ? 1 : 0);
}

/** A set reply: `~` in RESP3. */
export function replySet(s: Session, members: readonly string[]): void {
  s.out.set(members.length);
  for (const member of members) s.out.latin1(member);
}

export function smembers(s: Session, a: Args<2>): void {
  replySet(s, s.db.read(a[1], SetValue)?.members ?? []);
}

export function spop(s: Session, a: Args<-2>): void {
  const key = a[1];
  if (a.length > 3) throw SYNTAX;
  if (a[2] === undefined) {
    const set = s.db.write(key, SetValue);
    if (set === undefined) {
      s.out.null();
      return;
    }
    const member = set.at(Math.floor(s.keyspace.random() * set.size));
    set.delete(member);
    afterRemoval(s, key, set, 'spop');
    s.bulk(member);
    return;
  }
  const count = natural(a[2], NOT_POSITIVE);
  const set = s.db.write(key, SetValue);
  if (set === undefined || count === 0) {
    replySet(s, []);
    return;
  }
  let members: string[];
  if (count >= set.size) {
    members = [...set.members];
    s.db.notify('s', 'spop', key);
    s.db.removeEmpty(key);
  } else {
    members = distinct(s, set.size, count).map((at) => set.at(at));
    for (const member of members) set.delete(member);
    afterRemoval(s, key, set, 'spop');
  }
  replySet(s, members);
}

export function srandmember(s: Session, a: Args<-2>): void {
  if (a.length > 3) throw SYNTAX;
  if (a[2] === undefined) {
    const set = s.db.read(a[1], SetValue);
    s.bulk(set?.at(Math.floor(s.keyspace.random() * set.size)));
    return;
  }
  const count = integer(a[2]);
  if (Math.abs(count) >= 2 ** 62) throw new ReplyError('ERR value is out of range');
  const set = s.db.read(a[1], SetValue);
  if (set === undefined || count === 0) {
    s.out.array(0);
    return;
  }
  const picks = count < 0 ? repeated(s, set.size, -count) : distinct(s, set.size, count);
  s.bulks(picks.map((at) => set.at(at)));
}

export function sscan(s: Session, a: Args<-3>): void {
  checkCursor(a[2]);
  const set = s.db.read(a[1], SetValue);
  if (set === undefined) {
    replyScan(s, 0, []);
    return;
  }
  const options = scanOptions(a[2], a, 3, { mayLeaveOutValues: s.traits.noValues ? false : undefined });
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
