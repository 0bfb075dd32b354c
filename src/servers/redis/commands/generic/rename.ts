/** Keys in other places: RENAME, MOVE, COPY. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NO_SUCH_KEY, ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { databaseOf } from '../database.ts';
import { Options } from '../options.ts';

function renameTo(s: Session, from: string, to: string, onlyNew: boolean): boolean {
  const value = s.db.find(from);
  if (value === undefined) throw NO_SUCH_KEY;
  if (from === to) return !onlyNew;
  if (onlyNew && s.db.find(to) !== undefined) return false;
  if (s.db.find(to) !== undefined) s.db.remove(to);
  const { expireAt } = value;
  s.db.remove(from);
  value.expireAt = expireAt;
  s.db.set(to, value);
  s.db.signal(to);
  s.db.notify('g', 'rename_from', from);
  s.db.notify('g', 'rename_to', to);
  return true;
}

export function rename(s: Session, a: Args<3>): void {
  renameTo(s, a[1], a[2], false);
  s.ok();
}

export function renamenx(s: Session, a: Args<3>): void {
  s.out.integer(renameTo(s, a[1], a[2], true) ? 1 : 0);
}

export function move(s: Session, a: Args<3>): void {
  const key = a[1];
  const number = integer(a[2]);
  const target = s.keyspace.databases[number];
  if (target === undefined) throw new ReplyError('ERR DB index is out of range');
  if (target === s.db) throw new ReplyError('ERR source and destination objects are the same');
  const value = s.db.find(key);
  if (value === undefined || target.find(key) !== undefined) {
    s.out.integer(0);
    return;
  }
  s.db.remove(key);
  target.set(key, value);
  target.signal(key);
  s.db.notify('g', 'move_from', key);
  target.notify('g', 'move_to', key);
  s.out.integer(1);
}

export function copy(s: Session, a: Args<-3>): void {
  let target = s.db;
  let replace = false;
  const options = new Options(a, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'REPLACE') replace = true;
    else if (word === 'DB') target = databaseOf(s, options.argument());
    else throw SYNTAX;
  }
  const [from, to] = [a[1], a[2]];
  if (target === s.db && from === to) throw new ReplyError('ERR source and destination objects are the same');
  const value = s.db.readAny(from);
  if (value === undefined || (target.find(to) !== undefined && !replace)) {
    s.out.integer(0);
    return;
  }
  const twin = value.copy();
  s.keyspace.witness?.copied(value, twin);
  twin.expireAt = value.expireAt;
  if (target.find(to) !== undefined) target.remove(to);
  target.set(to, twin);
  target.signal(to);
  target.notify('g', 'copy_to', to);
  s.out.integer(1);
}
