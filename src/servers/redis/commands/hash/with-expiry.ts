/** Reading, writing and taking fields together with their times to live: HGETEX, HSETEX, HGETDEL. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, wrongArity } from '../../errors.ts';
import { readInteger } from '../../numbers.ts';
import { HashValue } from '../../values/hash.ts';
import { fieldDeadline, isExpiry, type Timing } from '../deadline.ts';
import { closeAfterRemoval, fieldsAt, NOT_POSITIVE_FIELDS } from './field-expiry.ts';

/** The meaning of EX, PX, EXAT and PXAT in a command. */
function timing(name: string, word: string): Timing {
  return { name, unitMs: word.startsWith('EX') ? 1000 : 1, since: word.endsWith('AT') ? 'epoch' : 'now' };
}

function replyValues(s: Session, hash: HashValue | undefined, fields: readonly string[]): void {
  s.out.array(fields.length);
  for (const field of fields) s.bulk(hash?.get(field));
}

export function hgetdel(s: Session, a: Args<-5>): void {
  const hash = s.db.write(a[1], HashValue);
  const fields = fieldsAt(a, 2, NOT_POSITIVE_FIELDS);
  s.out.array(fields.length);
  let deleted = false;
  for (const field of fields) {
    s.bulk(hash?.get(field));
    if (hash?.delete(field)) deleted = true;
  }
  if (!hash || !deleted) return;
  s.db.notify('h', 'hdel', a[1]);
  closeAfterRemoval(s, a[1], hash);
}

export function hgetex(s: Session, a: Args<-5>): void {
  const hash = s.db.write(a[1], HashValue);
  const word = a[2].toUpperCase();
  const persists = word === 'PERSIST';
  const sets = isExpiry(word);
  const at = sets ? fieldDeadline(s, a[3], timing('hgetex', word)) : undefined;
  const fields = fieldsAt(a, sets ? 4 : persists ? 3 : 2, NOT_POSITIVE_FIELDS);
  const known = fields.filter((field) => hash?.has(field));
  replyValues(s, hash, fields);
  if (!hash || known.length === 0) return;
  if (at !== undefined && at < s.keyspace.time) {
    for (const field of known) hash.delete(field);
    s.db.notify('h', 'hdel', a[1]);
    closeAfterRemoval(s, a[1], hash);
  } else if (at !== undefined) {
    for (const field of known) hash.expire(field, at);
    s.db.fieldsExpire(a[1], hash);
    s.db.changed(a[1], hash, 'h', 'hexpire');
  } else if (persists) {
    let changed = false;
    for (const field of known) changed = hash.persist(field) || changed;
    if (changed) s.db.changed(a[1], hash, 'h', 'hpersist');
  }
}

interface SetOptions {
  readonly only: 'new' | 'known' | undefined;
  readonly at: number | undefined;
  readonly keepsDeadlines: boolean;
  readonly pairs: readonly string[];
}

function setOptions(s: Session, a: Args<-6>): SetOptions {
  let only: SetOptions['only'];
  let at: number | undefined;
  let keepsDeadlines = false;
  for (let i = 2; i < a.length; i++) {
    const word = (a[i] ?? '').toUpperCase();
    if (word === 'FIELDS') {
      const count = readInteger(a[i + 1] ?? '');
      if (count === undefined || count < 1) throw new ReplyError('ERR invalid number of fields');
      const pairs = a.slice(i + 2);
      if (BigInt(pairs.length) !== 2n * BigInt(count)) throw wrongArity('hsetex');
      return { only, at, keepsDeadlines, pairs };
    }
    if (word === 'FNX' || word === 'FXX') {
      if (only !== undefined) throw new ReplyError('ERR Only one of FXX or FNX arguments can be specified');
      only = word === 'FNX' ? 'new' : 'known';
    } else if (isExpiry(word) || word === 'KEEPTTL') {
      if (at !== undefined || keepsDeadlines) {
        throw new ReplyError('ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified');
      }
      if (word === 'KEEPTTL') keepsDeadlines = true;
      else at = fieldDeadline(s, a[++i] ?? '', timing('hsetex', word));
    } else throw new ReplyError(`ERR unknown argument: ${a[i]}`);
  }
  throw wrongArity('hsetex');
}

export function hsetex(s: Session, a: Args<-6>): void {
  const { only, at, keepsDeadlines, pairs } = setOptions(s, a);
  const known = s.db.write(a[1], HashValue);
  const fields = pairs.filter((_, index) => index % 2 === 0);
  const isWrong = (field: string): boolean => only !== undefined && (known?.has(field) ?? false) === (only === 'new');
  if (fields.some(isWrong)) {
    s.out.integer(0);
    return;
  }
  const hash = known ?? new HashValue(s.keyspace.settings);
  for (const [index, field] of fields.entries()) {
    hash.set(field, pairs[2 * index + 1] ?? '', keepsDeadlines);
    if (at !== undefined) hash.expire(field, at);
  }
  if (hash.slot < 0) s.db.set(a[1], hash);
  s.db.notify('h', 'hset', a[1]);
  if (at !== undefined) {
    if (at < s.keyspace.time) {
      for (const field of fields) hash.delete(field);
      s.db.notify('h', 'hdel', a[1]);
    } else {
      s.db.fieldsExpire(a[1], hash);
      s.db.notify('h', 'hexpire', a[1]);
    }
  }
  closeAfterRemoval(s, a[1], hash);
  s.out.integer(1);
}
