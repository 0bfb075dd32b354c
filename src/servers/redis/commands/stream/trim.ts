/** Trimming streams: XTRIM, and the options of XADD. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, readId, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';

export interface Trim {
  readonly kind: 'MAXLEN' | 'MINID';
  readonly approximate: boolean;
  readonly maxLength: number;
  readonly minId: StreamId;
  readonly limit: number;
}

export const TWO_TRIMS = new ReplyError(
  'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
);

export function isTrim(word: string): word is Trim['kind'] {
  return word === 'MAXLEN' || word === 'MINID';
}

/** Reads what follows MAXLEN or MINID. */
export function readTrim(s: Session, kind: Trim['kind'], options: Options): Trim {
  let threshold = options.argument();
  const approximate = threshold === '~';
  if (approximate || threshold === '=') threshold = options.argument();
  let maxLength = 0;
  let minId = MIN_ID;
  if (kind === 'MAXLEN') {
    maxLength = integer(threshold);
    if (maxLength < 0) throw new ReplyError('ERR The MAXLEN argument must be >= 0.');
  } else minId = readId(threshold);
  let limit = approximate ? 100 * s.keyspace.settings.streamNodeMaxEntries : 0;
  if (options.left >= 2 && options.peek()?.toUpperCase() === 'LIMIT') {
    options.argument();
    limit = integer(options.argument());
    if (limit < 0) throw new ReplyError('ERR The LIMIT argument must be >= 0.');
    if (!approximate) throw new ReplyError('ERR syntax error, LIMIT cannot be used without the special ~ option');
  }
  return { kind, approximate, maxLength, minId, limit };
}

export function applyTrim(stream: StreamValue, trim: Trim): number {
  const over =
    trim.kind === 'MAXLEN'
      ? (left: number): boolean => left >= trim.maxLength
      : (_left: number, lastGone: StreamId): boolean => compareIds(lastGone, trim.minId) < 0;
  return stream.trim(over, trim.approximate, trim.limit);
}

export function xtrim(s: Session, a: Args<-4>): void {
  const options = new Options(a, 3);
  const kind = a[2].toUpperCase();
  if (!isTrim(kind)) throw SYNTAX;
  const trim = readTrim(s, kind, options);
  const more = options.word();
  if (more !== undefined) throw isTrim(more) ? TWO_TRIMS : SYNTAX;
  const stream = s.db.write(a[1], StreamValue);
  const removed = stream === undefined ? 0 : applyTrim(stream, trim);
  if (removed > 0) s.db.changed(a[1], stream, 't', 'xtrim');
  s.out.integer(removed);
}
