/** Hashes. Commands from https://redis.io/docs/latest/commands/?group=hash */

import { itemAt } from '../../../../core/collections/present.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_INTEGER, OVERFLOW, ReplyError, SYNTAX, wrongArity } from '../../errors.ts';
import { addIntegers, integer, readInteger } from '../../numbers.ts';
import { HashValue } from '../../values/hash.ts';
import { distinct, repeated } from '../random.ts';
import { checkCursor, replyScan, scanOptions, visit } from '../scan.ts';
import { addFloats } from '../string/counters.ts';

/** The hash at a key, made where there is none. */
function open(s: Session, key: string): HashValue {
  return s.db.write(key, HashValue) ?? new HashValue(s.keyspace.settings);
}

function close(s: Session, key: string, hash: HashValue, event: string): void {
  if (hash.slot < 0) s.db.set(key, hash);
  else s.db.touch(key, hash);
  s.db.notify('h', event, key);
}

function setPairs(s: Session, a: Args<-4>, name: string): number {
  if (a.length % 2 === 1) throw wrongArity(name);
  const hash = open(s, a[1]);
  let created = 0;
  for (let i = 2; i < a.length; i += 2) {
    const field = a[i];
    const value = a[i + 1];
    if (field !== undefined && value !== undefined && hash.set(field, value)) created++;
  }
  close(s, a[1], hash, 'hset');
  return created;
}

export function hset(s: Session, a: Args<-4>): void {
  s.out.integer(setPairs(s, a, 'hset'));
}

export function hmset(s: Session, a: Args<-4>): void {
  setPairs(s, a, 'hmset');
  s.ok();
}

export function hsetnx(s: Session, a: Args<4>): void {
  const hash = open(s, a[1]);
  if (hash.has(a[2])) {
    s.out.integer(0);
    return;
  }
  hash.set(a[2], a[3]);
  close(s, a[1], hash, 'hset');
  s.out.integer(1);
}

export function hget(s: Session, a: Args<3>): void {
  s.bulk(s.db.read(a[1], HashValue)?.get(a[2]));
}

export function hmget(s: Session, a: Args<-3>): void {
  const hash = s.db.read(a[1], HashValue);
  s.out.array(a.length - 2);
  for (let i = 2; i < a.length; i++) s.bulk(hash?.get(itemAt(a, i)));
}

export function hgetall(s: Session, a: Args<2>): void {
  const hash = s.db.read(a[1], HashValue);
  s.out.map(hash?.size ?? 0);
  if (hash === undefined) return;
  for (let i = 0; i < hash.size; i++) {
    s.bulk(hash.fields[i]);
    s.bulk(hash.values[i]);
  }
}

export function hkeys(s: Session, a: Args<2>): void {
  s.bulks(s.db.read(a[1], HashValue)?.fields ?? []);
}

export function hvals(s: Session, a: Args<2>): void {
  s.bulks(s.db.read(a[1], HashValue)?.values ?? []);
}

export function hlen(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], HashValue)?.size ?? 0);
}

export function hstrlen(s: Session, a: Args<3>): void {
  s.out.integer(s.db.read(a[1], HashValue)?.get(a[2])?.length ?? 0);
}

export function hexists(s: Session, a: Args<3>): void {
  s.out.integer(s.db.read(a[1], HashValue)?.has(a[2]) ? 1 : 0);
}

export function hdel(s: Session, a: Args<-3>): void {
  const hash = s.db.write(a[1], HashValue);
  if (hash === undefined) {
    s.out.integer(0);
    return;
  }
  let count = 0;
  for (let i = 2; i < a.length; i++) if (hash.delete(itemAt(a, i))) count++;
  if (count > 0) {
    s.db.changed(a[1], hash, 'h', 'hdel');
    if (hash.size === 0) s.db.removeEmpty(a[1]);
  }
  s.out.integer(count);
}

export function hincrby(s: Session, a: Args<4>): void {
  const amount = readInteger(a[3]);
  if (amount === undefined) throw NOT_INTEGER;
  const hash = open(s, a[1]);
  const current = readInteger(hash.get(a[2]) ?? '0');
  if (current === undefined) throw new ReplyError('ERR hash value is not an integer');
  const sum = addIntegers(current, amount);
  if (sum === undefined) throw OVERFLOW;
  hash.set(a[2], String(sum), true);
  close(s, a[1], hash, 'hincrby');
  s.out.integer(sum);
}

export function hincrbyfloat(s: Session, a: Args<4>): void {
  addFloats('0', a[3], undefined, 'ERR value is NaN or Infinity');
  const hash = open(s, a[1]);
  const sum = addFloats(hash.get(a[2]) ?? '0', a[3], new ReplyError('ERR hash value is not a float'));
  hash.set(a[2], sum, true);
  close(s, a[1], hash, 'hincrbyfloat');
  s.bulk(sum);
}

export function hrandfield(s: Session, a: Args<-2>): void {
  if (a.length > 4 || (a[3] !== undefined && a[3].toUpperCase() !== 'WITHVALUES')) throw SYNTAX;
  if (a[2] === undefined) {
    const hash = s.db.read(a[1], HashValue);
    s.bulk(hash?.fields[Math.floor(s.keyspace.random() * hash.size)]);
    return;
  }
  const count = integer(a[2]);
  const withValues = a.length === 4;
  if (Math.abs(count) >= 2 ** 62) throw new ReplyError('ERR value is out of range');
  const hash = s.db.read(a[1], HashValue);
  const size = hash?.size ?? 0;
  const picks = size === 0 ? [] : count < 0 ? repeated(s, size, -count) : distinct(s, size, count);
  if (withValues && s.version === 2) s.out.array(picks.length * 2);
  else s.out.array(picks.length);
  for (const at of picks) {
    if (withValues && s.version === 3) s.out.array(2);
    s.bulk(hash?.fields[at]);
    if (withValues) s.bulk(hash?.values[at]);
  }
}

export function hscan(s: Session, a: Args<-3>): void {
  checkCursor(a[2]);
  const hash = s.db.read(a[1], HashValue);
  if (hash === undefined) {
    replyScan(s, 0, []);
    return;
  }
  const options = scanOptions(a[2], a, 3, { mayLeaveOutValues: s.traits.noValues || undefined });
  const items: string[] = [];
  const take = (at: number): void => {
    const [field, value] = hash.at(at);
    if (!options.matches(field)) return;
    items.push(field);
    if (!options.noValues) items.push(value);
  };
  let cursor = 0;
  if (hash.compact) for (let i = 0; i < hash.size; i++) take(i);
  else cursor = visit(hash.size, options, take);
  replyScan(s, cursor, items);
}
