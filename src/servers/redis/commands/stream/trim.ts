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

const TWO_TRIMS = new ReplyError('ERR syntax error, MAXLEN and MINID options at the same time are not compatible');
const LIMIT_ALONE = new ReplyError('ERR syntax error, LIMIT cannot be used without specifying a trimming strategy');
const NO_TRIM = new ReplyError('ERR syntax error, XTRIM must be called with a trimming strategy');
const LIMIT_EXACT = new ReplyError('ERR syntax error, LIMIT cannot be used without the special ~ option');

/** Reads the options that say how a stream is trimmed, which stand in any order. */
export class TrimOptions {
  readonly #options: Options;
  #trim: Omit<Trim, 'limit'> | undefined;
  #limit: number | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Reads what belongs to a word; false where it is none of these options. */
  take(word: string): boolean {
    const isLast = this.#options.left === 0;
    if (isLast || (word !== 'LIMIT' && word !== 'MAXLEN' && word !== 'MINID')) return false;
    if (word === 'LIMIT') {
      this.#limit = integer(this.#options.argument());
      if (this.#limit < 0) throw new ReplyError('ERR The LIMIT argument must be >= 0.');
      return true;
    }
    if (this.#trim !== undefined) throw TWO_TRIMS;
    this.#trim = this.#threshold(word);
    return true;
  }

  #threshold(kind: Trim['kind']): Omit<Trim, 'limit'> {
    let threshold = this.#options.argument();
    const approximate = threshold === '~';
    if ((approximate || threshold === '=') && this.#options.left > 0) threshold = this.#options.argument();
    if (kind === 'MINID') return { kind, approximate, maxLength: 0, minId: readId(threshold) };
    const maxLength = integer(threshold);
    if (maxLength < 0) throw new ReplyError('ERR The MAXLEN argument must be >= 0.');
    return { kind, approximate, maxLength, minId: MIN_ID };
  }

  /** How to trim, if that was said, when all options have been read. */
  trim({ keyspace }: Session, isNeeded: boolean): Trim | undefined {
    const [trim, limit] = [this.#trim, this.#limit];
    if (limit && trim === undefined) throw LIMIT_ALONE;
    if (isNeeded && trim === undefined) throw NO_TRIM;
    if (limit !== undefined && !trim?.approximate) throw LIMIT_EXACT;
    return trim && { ...trim, limit: limit ?? (trim.approximate ? 100 * keyspace.settings.streamNodeMaxEntries : 0) };
  }
}

export function applyTrim(stream: StreamValue, trim: Trim): number {
  const over =
    trim.kind === 'MAXLEN'
      ? (left: number): boolean => left >= trim.maxLength
      : (_left: number, lastGone: StreamId): boolean => compareIds(lastGone, trim.minId) < 0;
  return stream.trim(over, trim.approximate, trim.limit);
}

export function xtrim(s: Session, a: Args<-4>): void {
  const options = new Options(a, 2);
  const trimming = new TrimOptions(options);
  for (let word = options.word(); word !== undefined; word = options.word()) if (!trimming.take(word)) throw SYNTAX;
  const trim = trimming.trim(s, true);
  const stream = s.db.write(a[1], StreamValue);
  const removed = stream === undefined || trim === undefined ? 0 : applyTrim(stream, trim);
  if (removed > 0) s.db.changed(a[1], stream, 't', 'xtrim');
  s.out.integer(removed);
}
