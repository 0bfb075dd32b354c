/** Where a reader stands in the bytes it was given, and what it has to keep of them between two chunks. */

import { ProtocolError } from '../../core/errors.ts';
import { RunningDigest } from '../_digest.ts';
import { byteAt } from '../byte-at.ts';

export const CR = 13;
export const LF = 10;

/** What `readLength` answers when the line is not complete yet. */
export const INCOMPLETE = -Number.MAX_VALUE;

export const CLAUSE = 'RESP protocol specification';

/** RESP integers are at most a sign and 19 digits; anything longer is no length. */
const MAX_LENGTH_DIGITS = 20;

const EMPTY: Buffer = Buffer.alloc(0);

/** Bytes that arrive in pieces, in a buffer that grows with what came, never with what was announced. */
export class Gather {
  #buffer: Buffer = EMPTY;
  #length = 0;
  #digest: RunningDigest | undefined;

  get length(): number {
    return this.#length;
  }

  /** From here on also what exceeds the limit counts: `digest` tells of all that is appended. */
  digestAll(): void {
    this.#digest = new RunningDigest();
  }

  /** SHA-1 in base64 of all that was appended since `digestAll`, kept or not; undefined where that was not asked for. */
  digest(): string | undefined {
    const digest = this.#digest?.value();
    this.#digest = undefined;
    return digest;
  }

  /** Appends `source[from, to)`, but not beyond `limit` bytes in all. */
  append(source: Buffer, from: number, to: number, limit: number): void {
    this.#digest?.add(source.subarray(from, to));
    const count = Math.min(to - from, limit - this.#length);
    if (count <= 0) return;
    const needed = this.#length + count;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(256, needed, Math.min(this.#buffer.length * 2, limit)));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    source.copy(this.#buffer, this.#length, from, from + count);
    this.#length = needed;
  }

  /** Hands over what was gathered and starts anew. */
  take(): Buffer {
    const taken = this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length);
    this.#buffer = EMPTY;
    this.#length = 0;
    return taken;
  }
}

/**
 * The base of both readers. It holds one chunk and a position; an unfinished line stays in the chunk and is joined
 * with the next one, an unfinished body goes into a Gather, so that no byte is copied more than a few times.
 */
export abstract class ByteSource {
  protected chunk: Buffer = EMPTY;
  protected at = 0;
  /** Where in the chunk the current unit began, or continues. */
  #start = 0;
  #earlier = 0;
  #sizeBytes = 0;
  /** The bytes of the unit that `next` returned last, cut at the reader's limit, and where they are in there. */
  rawSource: Buffer = EMPTY;
  rawFrom = 0;
  rawTo = 0;
  readonly #rawKept = new Gather();
  readonly #keepRaw: number;

  /** @param keepRaw how many bytes of each unit to keep for `raw` */
  constructor(keepRaw: number) {
    this.#keepRaw = keepRaw;
  }

  /** Adds bytes. The reader may alias them until they have been read, or `detach` was called: leave them unchanged. */
  push(chunk: Buffer): void {
    this.suspend();
    this.chunk = this.at < this.chunk.length ? Buffer.concat([this.chunk.subarray(this.at), chunk]) : chunk;
    this.at = 0;
    this.#start = 0;
  }

  /** Copies what was not read yet, so that the chunk that was pushed may change. */
  detach(): void {
    if (this.unread === 0) return;
    this.suspend();
    this.chunk = Buffer.from(this.chunk.subarray(this.at));
    this.at = 0;
    this.#start = 0;
  }

  /** The size on the wire, in bytes, of the unit that `next` returned last. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The bytes of the unit that `next` returned last, cut at the reader's limit. */
  get raw(): Buffer {
    return this.rawSource.subarray(this.rawFrom, this.rawTo);
  }

  /** Bytes that arrived and were not read yet. */
  get unread(): number {
    return this.chunk.length - this.at;
  }

  /** True between units: the end of the stream may come here. */
  get idle(): boolean {
    return this.unread === 0 && this.#earlier === 0;
  }

  /** Remembers the part of the current unit that lies in this chunk. */
  protected suspend(): void {
    if (this.at === this.#start) return;
    if (this.#keepRaw > 0) this.#rawKept.append(this.chunk, this.#start, this.at, this.#keepRaw);
    this.#earlier += this.at - this.#start;
    this.#start = this.at;
  }

  /** Ends a unit here. */
  protected finish(): void {
    const here = this.at - this.#start;
    this.#sizeBytes = this.#earlier + here;
    if (this.#keepRaw > 0) {
      if (this.#earlier === 0) {
        this.rawSource = this.chunk;
        this.rawFrom = this.#start;
        this.rawTo = this.#start + Math.min(here, this.#keepRaw);
      } else {
        this.#rawKept.append(this.chunk, this.#start, this.at, this.#keepRaw);
        this.rawSource = this.#rawKept.take();
        this.rawFrom = 0;
        this.rawTo = this.rawSource.length;
      }
    }
    this.#earlier = 0;
    this.#start = this.at;
  }

  /** Forgets bytes that belong to no unit: empty lines between commands. */
  protected skip(): void {
    this.#earlier = 0;
    this.#start = this.at;
  }

  /**
   * Reads a decimal number and CRLF from `from` on and moves behind it. INCOMPLETE when the line is not all there;
   * NaN when it is no number, or one with superfluous zeros.
   */
  protected readLength(from: number): number {
    const { chunk } = this;
    const end = chunk.length;
    let i = from;
    const negative = i < end && chunk[i] === 45;
    if (negative) i++;
    const first = i;
    let value = 0;
    while (i < end) {
      const digit = byteAt(chunk, i) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      i++;
    }
    if (i - first > MAX_LENGTH_DIGITS) return Number.NaN;
    if (i >= end) return INCOMPLETE;
    if (chunk[i] !== CR || i === first || (chunk[first] === 48 && (i - first > 1 || negative))) return Number.NaN;
    if (i + 1 >= end) return INCOMPLETE;
    if (chunk[i + 1] !== LF) throw malformed('expected a line feed after a carriage return', 'lines');
    this.at = i + 2;
    return negative ? -value : value;
  }

  /** Moves behind the CRLF that ends a body; false while it is not all there. */
  protected endOfBody(): boolean {
    const { chunk, at } = this;
    if (at + 2 > chunk.length) return false;
    if (chunk[at] !== CR || chunk[at + 1] !== LF) throw malformed('a body is not followed by CRLF', 'Bulk strings');
    this.at = at + 2;
    return true;
  }
}

/** A violation of the protocol. `message` begins as Redis words it on the wire. */
export function malformed(detail: string, section: string): ProtocolError {
  return new ProtocolError(`Protocol error: ${detail}`, { clause: `${CLAUSE}, ${section}` });
}
