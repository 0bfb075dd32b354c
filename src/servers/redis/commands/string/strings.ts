/** Strings. Commands from https://redis.io/docs/latest/commands/?group=string */

import { itemAt } from '../../../../core/collections/present.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { SYNTAX, WRONG_TYPE, wrongArity } from '../../errors.ts';
import { StringValue } from '../../values/string.ts';
import { deadline, isExpiry } from '../deadline.ts';
import { Options } from '../options.ts';

/** The string at a key, for a reader. */
function readText(s: Session, key: string): string | undefined {
  return s.db.read(key, StringValue)?.text;
}

/** Puts a string in place of whatever the key held, without expiry. */
function storeString(s: Session, key: string, text: string): StringValue {
  const old = s.db.find(key);
  // The object of the old string serves again: SET on an existing key is the commonest command of all.
  if (old instanceof StringValue) {
    old.text = text;
    if (old.expireAt >= 0) s.db.setExpiry(key, old, -1);
    s.keyspace.access.used(old);
    s.db.touch(key, old);
    s.db.notify('$', 'set', key);
    return old;
  }
  const value = new StringValue(text);
  s.db.set(key, value);
  s.db.notify('$', 'set', key);
  return value;
}

export function get(s: Session, a: Args<2>): void {
  s.bulk(readText(s, a[1]));
}

export function set(s: Session, a: Args<-3>): void {
  const key = a[1];
  if (a.length === 3) {
    storeString(s, key, a[2]);
    s.ok();
    return;
  }
  let condition: 'NX' | 'XX' | undefined;
  let returnOld = false;
  let keepTtl = false;
  let at: number | undefined;
  let equal: string | undefined;
  const options = new Options(a, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if ((word === 'NX' || word === 'XX') && equal === undefined && (condition === undefined || condition === word))
      condition = word;
    else if (word === 'IFEQ' && s.traits.setIfEqual && condition === undefined && equal === undefined) {
      equal = options.argument();
    } else if (word === 'GET') returnOld = true;
    else if (word === 'KEEPTTL' && at === undefined) keepTtl = true;
    else if (isExpiry(word) && at === undefined && !keepTtl) at = deadline(s, word, options.argument(), 'set');
    else throw SYNTAX;
  }
  const old = s.db.find(key);
  if (returnOld || equal !== undefined) {
    if (old !== undefined && !(old instanceof StringValue)) throw WRONG_TYPE;
    if (returnOld) s.bulk(old?.text);
  }
  const differs = equal !== undefined && (old as StringValue | undefined)?.text !== equal;
  if (differs || (condition === 'NX' && old !== undefined) || (condition === 'XX' && old === undefined)) {
    if (!returnOld) s.out.null();
    return;
  }
  const expireAt = keepTtl ? (old?.expireAt ?? -1) : -1;
  const value = storeString(s, key, a[2]);
  if (keepTtl) s.db.setExpiry(key, value, expireAt);
  if (at !== undefined) {
    s.db.setExpiry(key, value, at);
    s.db.notify('g', 'expire', key);
  }
  if (!returnOld) s.ok();
}

export function setnx(s: Session, a: Args<3>): void {
  if (s.db.find(a[1]) !== undefined) {
    s.out.integer(0);
    return;
  }
  storeString(s, a[1], a[2]);
  s.out.integer(1);
}

function storeWithExpiry(s: Session, key: string, word: string, time: string, text: string, name: string): void {
  const at = deadline(s, word, time, name);
  s.db.setExpiry(key, storeString(s, key, text), at);
  s.db.notify('g', 'expire', key);
  s.ok();
}

export function setex(s: Session, a: Args<4>): void {
  storeWithExpiry(s, a[1], 'EX', a[2], a[3], 'setex');
}

export function psetex(s: Session, a: Args<4>): void {
  storeWithExpiry(s, a[1], 'PX', a[2], a[3], 'psetex');
}

export function getset(s: Session, a: Args<3>): void {
  const old = readText(s, a[1]);
  storeString(s, a[1], a[2]);
  s.bulk(old);
}

export function getdel(s: Session, a: Args<2>): void {
  const old = readText(s, a[1]);
  if (old !== undefined) s.db.removeEmpty(a[1]);
  s.bulk(old);
}

export function getex(s: Session, a: Args<-2>): void {
  const key = a[1];
  let at: number | undefined;
  let persist = false;
  const options = new Options(a, 2);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'PERSIST' && at === undefined) persist = true;
    else if (isExpiry(word) && at === undefined && !persist) at = deadline(s, word, options.argument(), 'getex');
    else throw SYNTAX;
  }
  const value = s.db.read(key, StringValue);
  s.bulk(value?.text);
  if (value === undefined) return;
  if (at !== undefined) {
    if (at <= s.keyspace.time) s.db.removeEmpty(key);
    else {
      s.db.setExpiry(key, value, at);
      s.db.changed(key, value, 'g', 'expire');
    }
  } else if (persist && value.expireAt >= 0) {
    s.db.setExpiry(key, value, -1);
    s.db.changed(key, value, 'g', 'persist');
  }
}

export function mget(s: Session, a: Args<-2>): void {
  s.out.array(a.length - 1);
  for (let i = 1; i < a.length; i++) {
    const value = s.db.readAny(itemAt(a, i));
    s.bulk(value instanceof StringValue ? value.text : undefined);
  }
}

function storePairs(s: Session, a: Args<-3>): void {
  for (let i = 1; i < a.length; i += 2) storeString(s, itemAt(a, i), itemAt(a, i + 1));
}

export function mset(s: Session, a: Args<-3>): void {
  if (a.length % 2 === 0) throw wrongArity('mset');
  storePairs(s, a);
  s.ok();
}

export function msetnx(s: Session, a: Args<-3>): void {
  if (a.length % 2 === 0) throw wrongArity('msetnx');
  if (a.slice(1).some((key, i) => i % 2 === 0 && s.db.find(key) !== undefined)) {
    s.out.integer(0);
    return;
  }
  storePairs(s, a);
  s.out.integer(1);
}
