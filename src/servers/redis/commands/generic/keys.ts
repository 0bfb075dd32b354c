/** Keys of any type. Commands from https://redis.io/docs/latest/commands/?group=generic */
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { NO_SUCH_KEY, notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { StringValue } from '../../values/string.ts';
import { databaseOf } from '../database.ts';
import { scan } from '../scan.ts';

const group: Group = {
  name: 'generic',
  rows: [
    ['copy', -3, 'write denyoom @keyspace', 'RO access@1; OW update@2', copy],
    ['del', -2, 'write @keyspace ~request_policy:multi_shard ~response_policy:agg_sum', 'RM delete@1:-1,1,0', del],
    ['dump', 2, 'readonly @keyspace ~nondeterministic_output', 'RO access@1', dump],
    [
      'exists',
      -2,
      'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RO@1:-1,1,0',
      exists,
    ],
    ['keys', 2, 'readonly @keyspace @dangerous ~request_policy:all_shards ~nondeterministic_output_order', '', keys],
    [
      'migrate',
      -6,
      'write @keyspace @dangerous ~nondeterministic_output',
      'RW access delete@3; RW access delete incomplete@KEYS,-2:-1,1,0',
      migrate,
    ],
    ['move', 3, 'write fast @keyspace', 'RW access update@1', move],
    ['object', -2, '', '', undefined],
    ['object|encoding', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectEncoding],
    ['object|freq', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectFreq],
    ['object|help', 2, 'loading stale @keyspace', '', objectHelp],
    ['object|idletime', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectIdletime],
    ['object|refcount', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectRefcount],
    ['randomkey', 1, 'readonly @keyspace ~request_policy:all_shards ~nondeterministic_output', '', randomkey],
    ['rename', 3, 'write @keyspace', 'RW access delete@1; OW update@2', rename],
    ['renamenx', 3, 'write fast @keyspace', 'RW access delete@1; OW insert@2', renamenx],
    ['restore', -4, 'write denyoom @keyspace @dangerous', 'OW update@1', restore],
    ['scan', -2, 'readonly @keyspace ~nondeterministic_output ~request_policy:special', '', scan],
    ['touch', -2, 'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum', 'RO@1:-1,1,0', touch],
    ['type', 2, 'readonly fast @keyspace', 'RO@1', type],
    [
      'unlink',
      -2,
      'write fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RM delete@1:-1,1,0',
      del,
    ],
    ['wait', 3, 'noscript @connection ~request_policy:all_shards ~response_policy:agg_min', '', wait],
  ],
};
export default group;

function del(s: Session, a: string[]): void {
  let count = 0;
  for (let i = 1; i < a.length; i++) {
    if (s.db.find(a[i]!) === undefined) continue;
    s.db.removeEmpty(a[i]!);
    count++;
  }
  s.out.integer(count);
}

function exists(s: Session, a: string[]): void {
  let count = 0;
  for (let i = 1; i < a.length; i++) if (s.db.readAny(a[i]!) !== undefined) count++;
  s.out.integer(count);
}

function touch(s: Session, a: string[]): void {
  exists(s, a);
}

function type(s: Session, a: string[]): void {
  s.simple(s.db.find(a[1]!)?.type ?? 'none');
}

function keys(s: Session, a: string[]): void {
  const pattern = Buffer.from(a[1]!, 'latin1');
  const all = a[1] === '*';
  const found: string[] = [];
  for (const key of [...s.db.keys]) {
    if ((all || globMatch(pattern, Buffer.from(key, 'latin1'))) && s.db.find(key) !== undefined) found.push(key);
  }
  s.bulks(found);
}

function randomkey(s: Session): void {
  for (;;) {
    const { keys: list } = s.db;
    if (list.length === 0) {
      s.out.null();
      return;
    }
    const key = list[Math.floor(s.engine.random() * list.length)]!;
    if (s.db.find(key) === undefined) continue;
    s.bulk(key);
    return;
  }
}

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
  s.engine.notify('g', 'rename_from', s.db, from);
  s.engine.notify('g', 'rename_to', s.db, to);
  return true;
}

function rename(s: Session, a: string[]): void {
  renameTo(s, a[1]!, a[2]!, false);
  s.ok();
}

function renamenx(s: Session, a: string[]): void {
  s.out.integer(renameTo(s, a[1]!, a[2]!, true) ? 1 : 0);
}

function move(s: Session, a: string[]): void {
  const key = a[1]!;
  const number = integer(a[2]!);
  const target = s.engine.databases[number];
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
  s.engine.notify('g', 'move_from', s.db, key);
  s.engine.notify('g', 'move_to', target, key);
  s.out.integer(1);
}

function copy(s: Session, a: string[]): void {
  let target = s.db;
  let replace = false;
  for (let i = 3; i < a.length; i++) {
    const word = a[i]!.toUpperCase();
    if (word === 'REPLACE') replace = true;
    else if (word === 'DB' && i + 1 < a.length) target = databaseOf(s, a[++i]!);
    else throw SYNTAX;
  }
  const [from, to] = [a[1]!, a[2]!];
  if (target === s.db && from === to) throw new ReplyError('ERR source and destination objects are the same');
  const value = s.db.readAny(from);
  if (value === undefined || (target.find(to) !== undefined && !replace)) {
    s.out.integer(0);
    return;
  }
  const twin = value.copy();
  twin.expireAt = value.expireAt;
  if (target.find(to) !== undefined) target.remove(to);
  target.set(to, twin);
  target.signal(to);
  s.engine.notify('g', 'copy_to', target, to);
  s.out.integer(1);
}

/** The value at a key for OBJECT, which does not count as a use. */
function objectAt(s: Session, a: string[]): ReturnType<Session['db']['find']> {
  const value = s.db.find(a[2]!);
  if (value === undefined) s.out.null();
  return value;
}

function objectEncoding(s: Session, a: string[]): void {
  const value = objectAt(s, a);
  if (value) s.bulk(value.encoding);
}

function objectRefcount(s: Session, a: string[]): void {
  const value = objectAt(s, a);
  if (!value) return;
  // Redis shares the objects of small integers for ever.
  const shared = value.encoding === 'int' && /^\d{1,4}$/.test((value as StringValue).text);
  s.out.integer(shared ? 2147483647 : 1);
}

function objectIdletime(s: Session, a: string[]): void {
  const value = objectAt(s, a);
  if (!value) return;
  if (s.engine.settings.maxmemoryPolicy.endsWith('lfu')) {
    throw new ReplyError(
      'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
    );
  }
  s.out.integer(s.engine.eviction.idleSeconds(value));
}

function objectFreq(s: Session, a: string[]): void {
  const value = objectAt(s, a);
  if (!value) return;
  if (!s.engine.settings.maxmemoryPolicy.endsWith('lfu')) {
    throw new ReplyError(
      'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
    );
  }
  s.out.integer(s.engine.eviction.frequency(value));
}

function objectHelp(s: Session): void {
  s.bulks(['OBJECT ENCODING|FREQ|IDLETIME|REFCOUNT <key>']);
}

function wait(s: Session, a: string[]): void {
  integer(a[1]!);
  if (integer(a[2]!) < 0) throw new ReplyError('ERR timeout is negative');
  s.out.integer(0); // no replica, ever
}

function dump(): void {
  throw notHere('DUMP (the format of RDB files)');
}

function restore(): void {
  throw notHere('RESTORE (the format of RDB files)');
}

function migrate(): void {
  throw notHere('MIGRATE');
}
