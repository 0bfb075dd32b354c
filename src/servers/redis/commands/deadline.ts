/** Times to live, as the options of SET, GETEX and RESTORE and the EXPIRE family give them. */
import type { Session } from '../clients/session.ts';
import { ReplyError } from '../errors.ts';
import { integer } from '../numbers.ts';

/** The largest 64-bit integer: times beyond it are refused. */
const MAX = 2 ** 63;

export function isExpiry(word: string): boolean {
  return word === 'EX' || word === 'PX' || word === 'EXAT' || word === 'PXAT';
}

function invalid(name: string): ReplyError {
  return new ReplyError(`ERR invalid expire time in '${name}' command`);
}

/** When something expires, in Unix milliseconds. Throws where the time is not positive or too far away. */
export function deadline(s: Session, word: string, text: string, name: string): number {
  const amount = integer(text);
  if (amount <= 0) throw invalid(name);
  const ms = word.startsWith('EX') ? amount * 1000 : amount;
  const at = word.endsWith('AT') ? ms : s.keyspace.time + ms;
  if (at >= MAX) throw invalid(name);
  return at;
}

/** How a command gives a time: its name, the unit, and from when on it counts. */
export interface Timing {
  readonly name: string;
  readonly unitMs: 1 | 1000;
  readonly since: 'now' | 'epoch';
}

/** The latest time at which a field of a hash may expire, in Unix milliseconds. */
const FIELD_MAX = 2 ** 46 - 1;

/** Like `anyDeadline`, for fields of hashes. */
export function fieldDeadline(s: Session, text: string, { name, unitMs, since }: Timing): number {
  const amount = integer(text);
  if (amount < 0) throw new ReplyError('ERR invalid expire time, must be >= 0');
  const at = amount * unitMs + (since === 'epoch' ? 0 : s.keyspace.time);
  if (at > FIELD_MAX) throw invalid(name);
  return at;
}

/** Like `deadline`, for EXPIRE and its kin, which take times in the past too. */
export function anyDeadline(s: Session, text: string, { name, unitMs, since }: Timing): number {
  const ms = integer(text) * unitMs;
  if (Math.abs(ms) >= MAX) throw invalid(name);
  const at = since === 'epoch' ? ms : s.keyspace.time + ms;
  if (at >= MAX) throw invalid(name);
  return at;
}
