/** Reads one direction of an HTTP/1.1 connection: a sequence of heads and bodies, RFC 9112 §2.2, §6 and §7.1. */
import { present } from '../../core/collections/present.ts';
import { Kept } from '../_kept.ts';
import type { Side } from '../protocol.ts';
import { type Body, ChunkedBody, createBody, type Emit, type Trailers, WholeBody } from './body.ts';
import type { Framing } from './framing.ts';
import { httpError, MAX_HEAD_BYTES, parseTrailers } from './head.ts';
import type { RequestValue, ResponseValue } from './values.ts';

/** The longest line that begins a chunk, in bytes: its size and its extensions. */
const MAX_CHUNK_LINE_BYTES = 4096;
const CHUNK_LINE = /^([0-9a-fA-F]+)(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const LF = 0x0a;
const CR = 0x0d;
const CRLF_BYTES = 2;

/** Where something ends that begins at `from`, or -1 where that is not there yet. */
type FindEnd = (bytes: Buffer, from: number) => number;
const endOfLine: FindEnd = (bytes, from) => after(bytes.indexOf('\r\n', from, 'latin1'), 2);
const endOfHead: FindEnd = (bytes, from) => after(bytes.indexOf('\r\n\r\n', from, 'latin1'), 4);
const endOfBareLine: FindEnd = (bytes, from) => after(bytes.indexOf(LF, from), 1);
/** The empty line, where lines may end with LF alone. */
const endOfTolerantHead: FindEnd = (bytes, from) => {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
};
/** Of the longest end, how much may have come before the bytes at hand. */
const LOOK_BACK_BYTES = 4;

type State = 'head' | 'fixed' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailers' | 'until-close' | 'paused';

/** What the conversation does with the heads that a direction finds. */
export interface HeadReader {
  /** Parses and emits a head; tells how long its body is. */
  head(bytes: Buffer): { of: RequestValue | ResponseValue; framing: Framing };
  /** A message is complete. The result says whether another may follow right behind it. */
  done(): boolean;
}

export class Direction {
  readonly #from: Side;
  readonly #reader: HeadReader;
  readonly #emit: Emit;
  /** The part of a head, chunk line or trailer section that has arrived. */
  #partial = new Kept(MAX_HEAD_BYTES);
  #state: State = 'head';
  #body: Body | undefined;
  /** Bytes still missing of a fixed body or of a chunk's data. */
  #missing = 0;

  constructor(from: Side, reader: HeadReader, emit: Emit) {
    this.#from = from;
    this.#reader = reader;
    this.#emit = emit;
  }

  /** Between two messages, waiting to be told whether HTTP goes on. */
  get paused(): boolean {
    return this.#state === 'paused';
  }

  resume(): void {
    if (this.#state === 'paused') this.#state = 'head';
  }

  /** Reads until the end of `chunk` or until paused; the result is how many bytes it took. */
  read(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && this.#state !== 'paused') at = this.#step(chunk, at);
    return at;
  }

  /** The stream ended: completes a body that has no other end. */
  end(): void {
    this.#endStream(this.#state === 'until-close');
  }

  /** The stream broke: whatever body was being read is not complete. */
  cut(): void {
    this.#endStream(false);
  }

  #endStream(complete: boolean): void {
    this.#body?.end(complete);
    this.#body = undefined;
    this.#state = 'paused';
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at);
      case 'chunk-line':
        return this.#readChunkLine(chunk, at);
      case 'chunk-end':
        return this.#readChunkEnd(chunk, at);
      case 'trailers':
        return this.#readTrailers(chunk, at);
      case 'until-close':
        present(this.#body).data(chunk.subarray(at), false);
        return chunk.length;
      default:
        return this.#readData(chunk, at);
    }
  }

  #readHead(chunk: Buffer, start: number): number {
    let at = start;
    // An empty line before a start line is ignored (RFC 9112 §2.2).
    if (this.#partial.size === 0) while (chunk[at] === CR || chunk[at] === LF) at++;
    const end = this.#isTolerant ? endOfTolerantHead : endOfHead;
    const { bytes, next } = this.#until(end, chunk, at, MAX_HEAD_BYTES, this.#isTolerant);
    if (!bytes) {
      this.#refuseEarly();
      return next;
    }
    const { of, framing } = this.#reader.head(bytes);
    if (framing.kind === 'none') this.#endMessage();
    else this.#beginBody(of, framing);
    return next;
  }

  #beginBody(of: RequestValue | ResponseValue, framing: Exclude<Framing, { kind: 'none' }>): void {
    this.#body = createBody(of, framing.kind === 'chunked', this.#emit);
    this.#missing = framing.kind === 'length' ? framing.length : 0;
    this.#state = framing.kind === 'length' ? 'fixed' : framing.kind === 'chunked' ? 'chunk-line' : 'until-close';
  }

  #readData(chunk: Buffer, at: number): number {
    const fixed = this.#state === 'fixed';
    const end = Math.min(chunk.length, at + this.#missing);
    const piece = chunk.subarray(at, end);
    const body = present(this.#body);
    const first = body instanceof WholeBody && body.size === 0;
    this.#missing -= piece.length;
    if (first && this.#missing === 0) body.whole(piece);
    else body.data(piece, !fixed && this.#missing === 0);
    if (this.#missing > 0) return end;
    if (!fixed) this.#state = 'chunk-end';
    else this.#endBody();
    return end;
  }

  #readChunkLine(chunk: Buffer, at: number): number {
    const inOnePiece = this.#partial.size === 0;
    const { bytes, next } = this.#until(endOfLine, chunk, at, MAX_CHUNK_LINE_BYTES);
    if (!bytes) return next;
    const size = this.#parseChunkSize(bytes);
    const end = next + size;
    const body = present(this.#body);
    if (inOnePiece && size > 0 && body instanceof ChunkedBody && chunk[end] === CR && chunk[end + 1] === LF) {
      body.whole(chunk.subarray(at, end + 2), next - at, size);
      return end + 2;
    }
    body.envelope(bytes);
    this.#missing = size;
    this.#state = size > 0 ? 'chunk-data' : 'trailers';
    return next;
  }

  #parseChunkSize(line: Buffer): number {
    const [, digits] = CHUNK_LINE.exec(line.toString('latin1', 0, line.length - 2)) ?? [];
    const size = Number.parseInt(digits ?? '', 16);
    if (!Number.isSafeInteger(size)) throw httpError(this.#from, 'RFC 9112 §7.1', 'not the size of a chunk');
    return size;
  }

  #readChunkEnd(chunk: Buffer, at: number): number {
    const { bytes, next } = this.#until(endOfLine, chunk, at, CRLF_BYTES);
    if (!bytes) return next;
    present(this.#body).envelope(bytes);
    present(this.#body).endChunk();
    this.#state = 'chunk-line';
    return next;
  }

  #readTrailers(chunk: Buffer, at: number): number {
    // With no trailer at all the section is the empty line alone.
    const first = this.#partial.size > 0 ? this.#partial.bytes[0] : chunk[at];
    const { bytes, next } = this.#until(
      this.#endOfTrailers(present(first)),
      chunk,
      at,
      MAX_HEAD_BYTES,
      this.#isTolerant,
    );
    if (!bytes) return next;
    const trailers = parseTrailers(this.#from, bytes);
    present(this.#body).envelope(bytes);
    this.#endBody(trailers);
    return next;
  }

  #endOfTrailers(first: number): FindEnd {
    if (first === CR) return endOfLine;
    if (!this.#isTolerant) return endOfHead;
    return first === LF ? endOfBareLine : endOfTolerantHead;
  }

  #endBody(trailers?: Trailers): void {
    present(this.#body).end(true, trailers);
    this.#body = undefined;
    this.#endMessage();
  }

  #endMessage(): void {
    this.#state = this.#reader.done() ? 'head' : 'paused';
  }

  /** Takes bytes up to an end, across pushes; they lie in `chunk` where they came in one piece. */
  #until(
    end: FindEnd,
    chunk: Buffer,
    at: number,
    limit: number,
    mayEndWithLf = false,
  ): { bytes?: Buffer; next: number } {
    const before = this.#partial.size;
    if (before === 0) {
      const next = end(chunk, at);
      if (next >= 0 && next - at <= limit) {
        const bytes = chunk.subarray(at, next);
        if (!mayEndWithLf) this.#refuseBareLf(bytes, 0);
        return { bytes, next };
      }
    }
    this.#partial.add(chunk.subarray(at, at + limit - before));
    const kept = this.#partial.bytes;
    const length = end(kept, Math.max(0, before - LOOK_BACK_BYTES));
    if (length >= 0) {
      this.#partial = new Kept(MAX_HEAD_BYTES);
      return { bytes: kept.subarray(0, length), next: at + length - before };
    }
    if (!mayEndWithLf) this.#refuseBareLf(kept, before);
    if (kept.length >= limit) throw this.#tooLong(limit);
    return { next: chunk.length };
  }

  #tooLong(limit: number): Error {
    if (limit === MAX_HEAD_BYTES) {
      return httpError(this.#from, 'RFC 9110 §5.4', `a head of more than ${limit} bytes`, 431);
    }
    const what = limit === CRLF_BYTES ? 'a chunk does not end where its size says' : 'the size of a chunk has no end';
    return httpError(this.#from, 'RFC 9112 §7.1', what);
  }

  /** Clients may read a response whose lines end with LF alone, and do (RFC 9112 §2.2). */
  get #isTolerant(): boolean {
    return this.#from === 'server';
  }

  /** Readers that disagree about a lone LF are how requests get smuggled (RFC 9112 §2.2); in chunks it ends no line. */
  #refuseBareLf(bytes: Buffer, from: number): void {
    for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at - 1] !== CR) throw httpError(this.#from, 'RFC 9112 §2.2', 'a line ends with LF alone');
    }
  }

  /** Something that can't become a start line is refused at once, not after 64 KiB of it. */
  #refuseEarly(): void {
    const start = this.#partial.bytes.toString('latin1', 0, 8);
    const possible =
      this.#from === 'client' ? /^[!#$%&'*+\-.^_`|~\w]/.test(start) : 'HTTP/1.'.startsWith(start.slice(0, 7));
    if (!possible && start !== '') throw httpError(this.#from, 'RFC 9112 §2.1', 'this is not HTTP/1');
  }
}

function after(found: number, length: number): number {
  return found < 0 ? -1 : found + length;
}
