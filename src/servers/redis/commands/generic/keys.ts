/** Keys of any type. Commands from https://redis.io/docs/latest/commands/?group=generic */

import { itemAt } from '../../../../core/collections/present.ts';
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { notHere, ReplyError } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import { replyScan, scanOptions, visit } from '../scan.ts';

export function del(s: Session, a: Args<-2>): void {
  let count = 0;
  for (let i = 1; i < a.length; i++) {
    const key = itemAt(a, i);
    if (s.db.find(key) === undefined) continue;
    s.db.removeEmpty(key);
    count++;
  }
  s.out.integer(count);
}

export function exists(s: Session, a: Args<-2>): void {
  let count = 0;
  for (let i = 1; i < a.length; i++) if (s.db.readAny(itemAt(a, i)) !== undefined) count++;
  s.out.integer(count);
}

export function touch(s: Session, a: Args<-2>): void {
  exists(s, a);
}

export function type(s: Session, a: Args<2>): void {
  s.simple(s.db.find(a[1])?.type ?? 'none');
}

export function keys(s: Session, a: Args<2>): void {
  const pattern = Buffer.from(a[1], 'latin1');
  const all = a[1] === '*';
  const found: string[] = [];
  for (const key of [...s.db.keys]) {
    if ((all || globMatch(pattern, Buffer.from(key, 'latin1'))) && s.db.find(key) !== undefined) found.push(key);
  }
  s.bulks(found);
}

export function scan(s: Session, a: Args<-2>): void {
  const options = scanOptions(a[1], a, 2, {
    types: s.traits.knownTypesOnly ? 'known' : 'any',
    mayLeaveOutValues: s.traits.noValues ? false : undefined,
  });
  const names: string[] = [];
  const cursor = visit(s.db.size, options, (index) => {
    const key = s.db.keyAt(index);
    if (options.matches(key)) names.push(key);
  });
  const alive = names.filter((key) => {
    const value = s.db.find(key);
    return value !== undefined && (options.type === undefined || value.type === options.type);
  });
  replyScan(s, cursor, alive);
}

/** So often it is tried to find a key whose time is not over, where all expire and none goes. */
const RANDOM_TRIES = 100;

export function randomkey(s: Session): void {
  for (let tries = 1; ; tries++) {
    const { size } = s.db;
    if (size === 0) {
      s.out.null();
      return;
    }
    const key = s.db.keyAt(Math.floor(s.keyspace.random() * size));
    const mayBeOver = s.keyspace.expiryPaused && s.db.expiring === size && tries >= RANDOM_TRIES;
    if (!mayBeOver && s.db.find(key) === undefined) continue;
    s.bulk(key);
    return;
  }
}

export function wait(s: Session, a: Args<3>): void {
  integer(a[1]);
  if (integer(a[2]) < 0) throw new ReplyError('ERR timeout is negative');
  s.out.integer(0); // no replica, ever
}

export function waitaof(s: Session, a: Args<4>): void {
  const local = integer(a[1]);
  if (local < 0 || local > 1) throw new ReplyError('ERR value is out of range, value must between 0 and 1');
  natural(a[2]);
  if (integer(a[3]) < 0) throw new ReplyError('ERR timeout is negative');
  if (local === 1) {
    throw new ReplyError('ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.');
  }
  s.out.array(2);
  s.out.integer(0);
  s.out.integer(0);
}

export function dump(): void {
  throw notHere('DUMP (the format of RDB files)');
}

export function restore(): void {
  throw notHere('RESTORE (the format of RDB files)');
}

export function migrate(): void {
  throw notHere('MIGRATE');
}
