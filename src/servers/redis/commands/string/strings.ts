/** Strings. Commands from https://redis.io/docs/latest/commands/?group=string */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { NOT_INTEGER, OVERFLOW, ReplyError, SYNTAX, WRONG_TYPE, wrongArity } from '../../errors.ts';
import { addLongDoubles, formatLongDouble, readLongDouble } from '../../long-double.ts';
import { addIntegers, integer, readInteger } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';
import { deadline, expiryOption } from '../deadline.ts';
import { lcs } from './lcs.ts';

const group: Group = {
  name: 'string',
  rows: [
    ['append', 3, 'write denyoom fast @string', 'RW insert@1', append],
    ['decr', 2, 'write denyoom fast @string', 'RW access update@1', decr],
    ['decrby', 3, 'write denyoom fast @string', 'RW access update@1', decrby],
    ['get', 2, 'readonly fast @string', 'RO access@1', get],
    ['getdel', 2, 'write fast @string', 'RW access delete@1', getdel],
    ['getex', -2, 'write fast @string', 'RW access update@1', getex],
    ['getrange', 4, 'readonly @string', 'RO access@1', getrange],
    ['getset', 3, 'write denyoom fast @string', 'RW access update@1', getset],
    ['incr', 2, 'write denyoom fast @string', 'RW access update@1', incr],
    ['incrby', 3, 'write denyoom fast @string', 'RW access update@1', incrby],
    ['incrbyfloat', 3, 'write denyoom fast @string', 'RW access update@1', incrbyfloat],
    ['lcs', -3, 'readonly @string', 'RO access@1:1,1,0', lcs],
    ['mget', -2, 'readonly fast @string ~request_policy:multi_shard', 'RO access@1:-1,1,0', mget],
    [
      'mset',
      -3,
      'write denyoom @string ~request_policy:multi_shard ~response_policy:all_succeeded',
      'OW update@1:-1,2,0',
      mset,
    ],
    [
      'msetnx',
      -3,
      'write denyoom @string ~request_policy:multi_shard ~response_policy:agg_min',
      'OW insert@1:-1,2,0',
      msetnx,
    ],
    ['psetex', 4, 'write denyoom @string', 'OW update@1', psetex],
    ['set', -3, 'write denyoom @string', 'RW access update variable_flags@1', set],
    ['setex', 4, 'write denyoom @string', 'OW update@1', setex],
    ['setnx', 3, 'write denyoom fast @string', 'OW insert@1', setnx],
    ['setrange', 4, 'write denyoom @string', 'RW update@1', setrange],
    ['strlen', 2, 'readonly fast @string', 'RO@1', strlen],
    ['substr', 4, 'readonly @string', 'RO access@1', getrange],
  ],
};
export default group;

const NOT_VALID_FLOAT = new ReplyError('ERR value is not a valid float');

/** The string at a key, for a reader. */
function readText(s: Session, key: string): string | undefined {
  return s.db.read(key, StringValue)?.text;
}

/** Puts a string in place of whatever the key held, without expiry. */
export function storeString(s: Session, key: string, text: string, event = 'set'): void {
  const old = s.db.find(key);
  // The object of the old string serves again: SET on an existing key is the commonest command of all.
  if (old instanceof StringValue) {
    old.text = text;
    if (old.expireAt >= 0) s.db.setExpiry(key, old, -1);
    s.engine.eviction.used(old);
    s.db.touch(key, old);
  } else s.db.set(key, new StringValue(text));
  s.engine.notify('$', event, s.db, key);
}

function tooLong(s: Session, length: number): void {
  if (length > s.engine.settings.protoMaxBulkLen) {
    throw new ReplyError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
}

function get(s: Session, a: string[]): void {
  s.bulk(readText(s, a[1]!));
}

function set(s: Session, a: string[]): void {
  const key = a[1]!;
  if (a.length === 3) {
    storeString(s, key, a[2]!);
    s.ok();
    return;
  }
  let condition: 'NX' | 'XX' | undefined;
  let returnOld = false;
  let keepTtl = false;
  let at: number | undefined;
  for (let i = 3; i < a.length; i++) {
    const word = a[i]!.toUpperCase();
    if ((word === 'NX' || word === 'XX') && (condition === undefined || condition === word)) condition = word;
    else if (word === 'GET') returnOld = true;
    else if (word === 'KEEPTTL' && at === undefined) keepTtl = true;
    else if (expiryOption(word) && at === undefined && !keepTtl && i + 1 < a.length)
      at = deadline(s, word, a[++i]!, 'set');
    else throw SYNTAX;
  }
  const old = s.db.find(key);
  if (returnOld) {
    if (old !== undefined && !(old instanceof StringValue)) throw WRONG_TYPE;
    s.bulk(old?.text);
  }
  if ((condition === 'NX' && old !== undefined) || (condition === 'XX' && old === undefined)) {
    if (!returnOld) s.out.null();
    return;
  }
  const expireAt = keepTtl ? (old?.expireAt ?? -1) : -1;
  storeString(s, key, a[2]!);
  const value = s.db.find(key)!;
  if (keepTtl) s.db.setExpiry(key, value, expireAt);
  if (at !== undefined) {
    s.db.setExpiry(key, value, at);
    s.engine.notify('g', 'expire', s.db, key);
  }
  if (!returnOld) s.ok();
}

function setnx(s: Session, a: string[]): void {
  if (s.db.find(a[1]!) !== undefined) {
    s.out.integer(0);
    return;
  }
  storeString(s, a[1]!, a[2]!);
  s.out.integer(1);
}

function storeWithExpiry(s: Session, key: string, word: string, time: string, text: string, name: string): void {
  const at = deadline(s, word, time, name);
  storeString(s, key, text);
  s.db.setExpiry(key, s.db.peek(key)!, at);
  s.engine.notify('g', 'expire', s.db, key);
  s.ok();
}

function setex(s: Session, a: string[]): void {
  storeWithExpiry(s, a[1]!, 'EX', a[2]!, a[3]!, 'setex');
}

function psetex(s: Session, a: string[]): void {
  storeWithExpiry(s, a[1]!, 'PX', a[2]!, a[3]!, 'psetex');
}

function getset(s: Session, a: string[]): void {
  const old = readText(s, a[1]!);
  storeString(s, a[1]!, a[2]!);
  s.bulk(old);
}

function getdel(s: Session, a: string[]): void {
  const old = readText(s, a[1]!);
  if (old !== undefined) s.db.removeEmpty(a[1]!);
  s.bulk(old);
}

function getex(s: Session, a: string[]): void {
  const key = a[1]!;
  let at: number | undefined;
  let persist = false;
  for (let i = 2; i < a.length; i++) {
    const word = a[i]!.toUpperCase();
    if (word === 'PERSIST' && at === undefined) persist = true;
    else if (expiryOption(word) && at === undefined && !persist && i + 1 < a.length)
      at = deadline(s, word, a[++i]!, 'getex');
    else throw SYNTAX;
  }
  const value = s.db.read(key, StringValue);
  s.bulk(value?.text);
  if (value === undefined) return;
  if (at !== undefined) {
    if (at <= s.engine.now) s.db.removeEmpty(key);
    else {
      s.db.setExpiry(key, value, at);
      s.db.changed(key, value, 'g', 'expire');
    }
  } else if (persist && value.expireAt >= 0) {
    s.db.setExpiry(key, value, -1);
    s.db.changed(key, value, 'g', 'persist');
  }
}

function mget(s: Session, a: string[]): void {
  s.out.array(a.length - 1);
  for (let i = 1; i < a.length; i++) {
    const value = s.db.readAny(a[i]!);
    s.bulk(value instanceof StringValue ? value.text : undefined);
  }
}

function mset(s: Session, a: string[]): void {
  if (a.length % 2 === 0) throw wrongArity('mset');
  for (let i = 1; i < a.length; i += 2) storeString(s, a[i]!, a[i + 1]!);
  s.ok();
}

function msetnx(s: Session, a: string[]): void {
  if (a.length % 2 === 0) throw wrongArity('msetnx');
  for (let i = 1; i < a.length; i += 2) {
    if (s.db.find(a[i]!) !== undefined) {
      s.out.integer(0);
      return;
    }
  }
  for (let i = 1; i < a.length; i += 2) storeString(s, a[i]!, a[i + 1]!);
  s.out.integer(1);
}

function add(s: Session, key: string, amount: number | bigint): void {
  const value = s.db.write(key, StringValue);
  const current = value === undefined ? 0 : readInteger(value.text);
  if (current === undefined) throw NOT_INTEGER;
  const sum = addIntegers(current, amount);
  if (sum === undefined) throw OVERFLOW;
  if (value === undefined) s.db.set(key, new StringValue(String(sum)));
  else {
    value.text = String(sum);
    s.db.touch(key, value);
  }
  s.engine.notify('$', 'incrby', s.db, key);
  s.out.integer(sum);
}

function incr(s: Session, a: string[]): void {
  add(s, a[1]!, 1);
}

function decr(s: Session, a: string[]): void {
  add(s, a[1]!, -1);
}

function incrby(s: Session, a: string[]): void {
  const amount = readInteger(a[2]!);
  if (amount === undefined) throw NOT_INTEGER;
  add(s, a[1]!, amount);
}

function decrby(s: Session, a: string[]): void {
  const amount = readInteger(a[2]!);
  if (amount === undefined) throw NOT_INTEGER;
  if (amount === -(2n ** 63n)) throw new ReplyError('ERR decrement would overflow');
  add(s, a[1]!, -amount);
}

/** The sum of two decimal texts in Redis's long doubles. Throws where one is no number, or the sum not finite. */
export function addFloats(
  current: string,
  amount: string,
  currentError = NOT_VALID_FLOAT,
  infiniteText = 'ERR increment would produce NaN or Infinity',
): string {
  const infinite = /^[+-]?inf(inity)?$/i;
  const left = readLongDouble(current);
  const right = readLongDouble(amount);
  if (left === undefined && !infinite.test(current)) throw currentError;
  if (right === undefined && !infinite.test(amount)) throw NOT_VALID_FLOAT;
  if (left === undefined || right === undefined) throw new ReplyError(infiniteText);
  return formatLongDouble(addLongDoubles(left, right));
}

function incrbyfloat(s: Session, a: string[]): void {
  const key = a[1]!;
  const value = s.db.write(key, StringValue);
  const sum = addFloats(value?.text ?? '0', a[2]!);
  if (value === undefined) s.db.set(key, new StringValue(sum, 'plain'));
  else {
    value.replace(sum, 'plain');
    s.db.touch(key, value);
  }
  s.engine.notify('$', 'incrbyfloat', s.db, key);
  s.bulk(sum);
}

function append(s: Session, a: string[]): void {
  const key = a[1]!;
  const value = s.db.write(key, StringValue);
  if (value === undefined) {
    s.db.set(key, new StringValue(a[2]!));
    s.engine.notify('$', 'append', s.db, key);
    s.out.integer(a[2]!.length);
    return;
  }
  tooLong(s, value.length + a[2]!.length);
  value.append(a[2]!);
  s.db.changed(key, value, '$', 'append');
  s.out.integer(value.length);
}

function strlen(s: Session, a: string[]): void {
  s.out.integer(s.db.read(a[1]!, StringValue)?.length ?? 0);
}

function getrange(s: Session, a: string[]): void {
  let start = integer(a[2]!);
  let end = integer(a[3]!);
  const value = s.db.read(a[1]!, StringValue);
  const length = value?.length ?? 0;
  if (start < 0 && end < 0 && start > end) {
    s.bulk('');
    return;
  }
  if (start < 0) start = Math.max(0, length + start);
  if (end < 0) end = Math.max(0, length + end);
  s.bulk(value === undefined || start > end || length === 0 ? '' : value.text.slice(start, end + 1));
}

function setrange(s: Session, a: string[]): void {
  const key = a[1]!;
  const offset = integer(a[2]!);
  if (offset < 0) throw new ReplyError('ERR offset is out of range');
  const value = s.db.write(key, StringValue);
  const text = a[3]!;
  if (text === '') {
    s.out.integer(value?.length ?? 0);
    return;
  }
  tooLong(s, offset + text.length);
  const target = value ?? new StringValue('');
  const bytes = target.bytes(Math.max(target.length, offset + text.length));
  bytes.write(text, offset, 'latin1');
  if (value === undefined) s.db.set(key, target);
  s.db.changed(key, target, '$', 'setrange');
  s.out.integer(target.length);
}
