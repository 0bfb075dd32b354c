/** Trimming streams: XTRIM, and the options of XADD. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, readId, type StreamId } from '../../values/stream-id.ts';

export interface Trim {
  readonly kind: 'MAXLEN' | 'MINID';
  readonly approximate: boolean;
  readonly maxLength: number;
  readonly minId: StreamId;
  readonly limit: number;
}

/** Reads MAXLEN or MINID at `at`; answers it and the index after it. */
export function readTrim(s: Session, a: readonly string[], at: number): { trim: Trim; next: number } {
  const kind = a[at]!.toUpperCase() as Trim['kind'];
  let next = at + 1;
  const mark = a[next];
  const approximate = mark === '~';
  if (mark === '~' || mark === '=') next++;
  const threshold = a[next++];
  if (threshold === undefined) throw SYNTAX;
  let maxLength = 0;
  let minId = MIN_ID;
  if (kind === 'MAXLEN') {
    maxLength = integer(threshold);
    if (maxLength < 0) throw new ReplyError('ERR The MAXLEN argument must be >= 0.');
  } else minId = readId(threshold);
  let limit = approximate ? 100 * s.keyspace.settings.streamNodeMaxEntries : 0;
  if (a[next]?.toUpperCase() === 'LIMIT' && a[next + 1] !== undefined) {
    limit = integer(a[next + 1]!);
    if (limit < 0) throw new ReplyError('ERR The LIMIT argument must be >= 0.');
    if (!approximate) throw new ReplyError('ERR syntax error, LIMIT cannot be used without the special ~ option');
    next += 2;
  }
  return { trim: { kind, approximate, maxLength, minId, limit }, next };
}

export function isTrim(word: string): boolean {
  return word === 'MAXLEN' || word === 'MINID';
}

export function applyTrim(stream: StreamValue, trim: Trim): number {
  const over =
    trim.kind === 'MAXLEN'
      ? (left: number): boolean => left >= trim.maxLength
      : (_left: number, lastGone: StreamId): boolean => compareIds(lastGone, trim.minId) < 0;
  return stream.trim(over, trim.approximate, trim.limit);
}

export function xtrim(s: Session, a: Args<-4>): void {
  if (!isTrim(a[2]!.toUpperCase())) throw SYNTAX;
  const { trim, next } = readTrim(s, a, 2);
  if (next < a.length) {
    if (isTrim(a[next]!.toUpperCase()))
      throw new ReplyError('ERR syntax error, MAXLEN and MINID options at the same time are not compatible');
    throw SYNTAX;
  }
  const stream = s.db.write(a[1]!, StreamValue);
  const removed = stream === undefined ? 0 : applyTrim(stream, trim);
  if (removed > 0) s.db.changed(a[1]!, stream, 't', 'xtrim');
  s.out.integer(removed);
}
