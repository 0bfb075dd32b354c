/** Fields that expire: HEXPIRE and its kin. https://redis.io/docs/latest/develop/data-types/hashes/#field-expiration */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';
import { readInteger } from '../../numbers.ts';
import { HashValue } from '../../values/hash.ts';
import { fieldDeadline, type Timing } from '../deadline.ts';

/** What is answered for each field. */
const NO_FIELD = -2;
const NO_DEADLINE = -1;

const MISPLACED = new ReplyError('ERR Mandatory argument FIELDS is missing or not at the right position');
const MISMATCH = new ReplyError('ERR The `numfields` parameter must match the number of arguments');

/** The fields behind FIELDS and their number, which stand at `at`. */
export function fieldsAt(a: readonly string[], at: number, badCount: string): string[] {
  if (a[at]?.toUpperCase() !== 'FIELDS') throw MISPLACED;
  const count = readInteger(a[at + 1] ?? '');
  if (count === undefined || count < 1) throw new ReplyError(`ERR ${badCount}`);
  const fields = a.slice(at + 2);
  if (BigInt(count) !== BigInt(fields.length)) throw MISMATCH;
  return fields;
}

/** Where readers count their fields it is worded so. */
export const NOT_POSITIVE_FIELDS = 'Number of fields must be a positive integer';

type Condition = (current: number, at: number) => boolean;
/** Whether a field that expires at `current`, or never, may get another deadline. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  NX: (current) => current < 0,
  XX: (current) => current >= 0,
  GT: (current, at) => current >= 0 && at > current,
  LT: (current, at) => current < 0 || at < current,
};
const ALWAYS: Condition = () => true;

function expireFields(s: Session, a: Args<-6>, timing: Timing): void {
  const hash = s.db.write(a[1], HashValue);
  const at = fieldDeadline(s, a[2], timing);
  const condition = CONDITIONS[a[3].toUpperCase()];
  const fields = fieldsAt(a, condition ? 4 : 3, 'Parameter `numFields` should be greater than 0');
  s.out.array(fields.length);
  let [deleted, changed] = [false, false];
  for (const field of fields) {
    if (!hash?.has(field)) s.out.integer(NO_FIELD);
    else if (!(condition ?? ALWAYS)(hash.deadline(field), at)) s.out.integer(0);
    else if (at <= s.keyspace.time) {
      hash.delete(field);
      deleted = true;
      s.out.integer(2);
    } else {
      hash.expire(field, at);
      changed = true;
      s.out.integer(1);
    }
  }
  if (!hash || !(deleted || changed)) return;
  s.db.fieldsExpire(a[1], hash);
  if (deleted) s.db.notify('h', 'hdel', a[1]);
  if (changed) s.db.notify('h', 'hexpire', a[1]);
  closeAfterRemoval(s, a[1], hash);
}

/** Removes a hash that has no field left, or counts what was changed. */
export function closeAfterRemoval(s: Session, key: string, hash: HashValue): void {
  if (hash.size === 0) s.db.removeEmpty(key);
  else s.db.touch(key, hash);
}

export function hexpire(s: Session, a: Args<-6>): void {
  expireFields(s, a, { name: 'hexpire', unitMs: 1000, since: 'now' });
}

export function hpexpire(s: Session, a: Args<-6>): void {
  expireFields(s, a, { name: 'hpexpire', unitMs: 1, since: 'now' });
}

export function hexpireat(s: Session, a: Args<-6>): void {
  expireFields(s, a, { name: 'hexpireat', unitMs: 1000, since: 'epoch' });
}

export function hpexpireat(s: Session, a: Args<-6>): void {
  expireFields(s, a, { name: 'hpexpireat', unitMs: 1, since: 'epoch' });
}

/** Answers a number for each field: what `convert` makes of its deadline. */
function tellDeadlines(s: Session, a: Args<-5>, convert: (at: number) => number): void {
  const hash = s.db.read(a[1], HashValue);
  const fields = fieldsAt(a, 2, NOT_POSITIVE_FIELDS);
  s.out.array(fields.length);
  for (const field of fields) {
    const at = hash?.deadline(field) ?? NO_DEADLINE;
    if (!hash?.has(field)) s.out.integer(NO_FIELD);
    else s.out.integer(at < 0 ? NO_DEADLINE : convert(at));
  }
}

export function httl(s: Session, a: Args<-5>): void {
  tellDeadlines(s, a, (at) => Math.ceil((at - s.keyspace.time) / 1000));
}

export function hpttl(s: Session, a: Args<-5>): void {
  tellDeadlines(s, a, (at) => at - s.keyspace.time);
}

export function hexpiretime(s: Session, a: Args<-5>): void {
  tellDeadlines(s, a, (at) => Math.ceil(at / 1000));
}

export function hpexpiretime(s: Session, a: Args<-5>): void {
  tellDeadlines(s, a, (at) => at);
}

export function hpersist(s: Session, a: Args<-5>): void {
  const hash = s.db.write(a[1], HashValue);
  const fields = fieldsAt(a, 2, NOT_POSITIVE_FIELDS);
  s.out.array(fields.length);
  let changed = false;
  for (const field of fields) {
    if (!hash?.has(field)) s.out.integer(NO_FIELD);
    else if (hash.deadline(field) < 0) s.out.integer(NO_DEADLINE);
    else {
      hash.persist(field);
      changed = true;
      s.out.integer(1);
    }
  }
  if (hash && changed) s.db.changed(a[1], hash, 'h', 'hpersist');
}
