/** Turns a body's bytes into frames: whole, by chunk, or by server-sent event. */
import { digestFrom, type RunningDigest } from '../_digest.ts';
import { cut, digestIfCut, Kept, KeptBody } from '../_kept.ts';
import { KEEP_BYTES } from '../protocol.ts';
import { type Block, EventStream } from './event-stream.ts';
import {
  type Headers,
  type HttpFault,
  type HttpValue,
  headerTokens,
  headerValues,
  type RequestValue,
  type ResponseValue,
} from './values.ts';

/** Receives what has been read: its name, the bytes it stood in and how many those were on the wire. */
export type Emit = (name: string, value: HttpValue, raw: Buffer, sizeBytes: number) => void;

/** A body being read. `envelope` is what frames the data on the wire; `data` is the body itself. */
export interface Body {
  envelope(bytes: Buffer): void;
  /** `endsChunk` says that the envelope's end follows. */
  data(bytes: Buffer, endsChunk: boolean): void;
  /** A chunk is complete, its envelope included. */
  endChunk(): void;
  /** The body is complete, or the connection ended before it was. */
  end(complete: boolean, trailers?: Trailers): void;
}

/** What follows the last chunk. */
export interface Trailers {
  readonly headers: Headers;
  readonly faults: readonly HttpFault[];
}

const NO_TRAILERS: Trailers = { headers: [], faults: [] };

export function createBody(of: RequestValue | ResponseValue, chunked: boolean, emit: Emit): Body {
  if (of.kind === 'response' && isEventStream(of)) return new EventBody(of, emit);
  return chunked ? new ChunkedBody(of, emit) : new WholeBody(of, emit);
}

/** A compressed stream can't be read event by event. */
export function isEventStream(response: ResponseValue): boolean {
  const [type = ''] = headerValues(response.headers, 'content-type');
  const codings = [
    ...headerTokens(response.headers, 'content-encoding'),
    ...headerTokens(response.headers, 'transfer-encoding'),
  ];
  const plain = codings.every((coding) => coding === 'identity' || coding === 'chunked');
  return plain && /^text\/event-stream\s*(;|$)/i.test(type);
}

function endValue(of: RequestValue | ResponseValue, { headers, faults }: Trailers, bodySize: number): HttpValue {
  return { kind: 'end', trailers: headers, ...(faults.length > 0 ? { faults } : {}), bodySize, of };
}

export class WholeBody implements Body {
  readonly #of: RequestValue | ResponseValue;
  readonly #emit: Emit;
  readonly #kept = new KeptBody();
  #isTold = false;

  constructor(of: RequestValue | ResponseValue, emit: Emit) {
    this.#of = of;
    this.#emit = emit;
  }

  get size(): number {
    return this.#kept.size;
  }

  envelope(): void {}

  data(bytes: Buffer): void {
    this.#kept.add(bytes);
  }

  endChunk(): void {}

  end(complete: boolean): void {
    const { bytes, size, ...digest } = this.#kept.take();
    if (size > 0) this.#tell(bytes, size, complete, digest);
    // Only the end of the connection tells that there was nothing in it.
    else if (complete && !this.#isTold) this.#emit('end', endValue(this.#of, NO_TRAILERS, 0), bytes, 0);
  }

  /** A body that lies in one piece is not copied. */
  whole(bytes: Buffer): void {
    this.#tell(cut(bytes), bytes.length, true, digestIfCut(bytes));
  }

  #tell(body: Buffer, bodySize: number, complete: boolean, digest: { digest?: string }): void {
    this.#isTold = true;
    this.#emit('body', { kind: 'body', body, bodySize, ...digest, complete, of: this.#of }, body, bodySize);
  }
}

export class ChunkedBody implements Body {
  readonly #of: RequestValue | ResponseValue;
  readonly #emit: Emit;
  readonly #wire = new Kept();
  #before = 0;
  #chunkBytes = 0;
  #digest: RunningDigest | undefined;
  #bodyBytes = 0;

  constructor(of: RequestValue | ResponseValue, emit: Emit) {
    this.#of = of;
    this.#emit = emit;
  }

  envelope(bytes: Buffer): void {
    this.#wire.add(bytes);
    if (this.#chunkBytes === 0) this.#before = this.#wire.size;
  }

  data(bytes: Buffer): void {
    if (this.#wire.size + bytes.length > KEEP_BYTES) {
      this.#digest ??= digestFrom(this.#wire.bytes.subarray(this.#before));
      this.#digest.add(bytes);
    }
    this.#wire.add(bytes);
    this.#chunkBytes += bytes.length;
  }

  endChunk(complete = true): void {
    const sizeBytes = this.#wire.size;
    const digest = this.#digest?.value();
    this.#digest = undefined;
    this.#chunk(this.#wire.take(), this.#before, this.#chunkBytes, sizeBytes, complete, digest);
  }

  /** A chunk that lies in one piece, its envelope included, is not copied. */
  whole(wire: Buffer, before: number, size: number): void {
    const isCut = before + size > KEEP_BYTES;
    const digest = isCut ? digestFrom(wire.subarray(before, before + size)).value() : undefined;
    this.#chunk(cut(wire), before, size, wire.length, true, digest);
  }

  end(complete: boolean, trailers = NO_TRAILERS): void {
    if (!complete) {
      if (this.#chunkBytes > 0) this.endChunk(false);
      return;
    }
    const sizeBytes = this.#wire.size;
    this.#emit('end', endValue(this.#of, trailers, this.#bodyBytes), this.#wire.take(), sizeBytes);
  }

  #chunk(
    raw: Buffer,
    before: number,
    bodySize: number,
    sizeBytes: number,
    complete: boolean,
    digest: string | undefined,
  ): void {
    this.#bodyBytes += bodySize;
    this.#chunkBytes = 0;
    const body = raw.subarray(before, before + bodySize);
    const whole = digest === undefined ? {} : { digest };
    this.#emit('chunk', { kind: 'chunk', body, bodySize, ...whole, complete, of: this.#of }, raw, sizeBytes);
  }
}

class EventBody implements Body {
  readonly #of: ResponseValue;
  readonly #emit: Emit;
  readonly #stream = new EventStream();
  readonly #wire = new Kept();
  #bodyBytes = 0;
  /** A block that ends where its chunk's data ends waits for the two bytes that end the chunk: they belong to it. */
  #held: Block | undefined;

  constructor(of: ResponseValue, emit: Emit) {
    this.#of = of;
    this.#emit = emit;
  }

  envelope(bytes: Buffer): void {
    this.#wire.add(bytes);
  }

  data(bytes: Buffer, endsChunk: boolean): void {
    this.#bodyBytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const taken = this.#stream.read(bytes.subarray(at));
      this.#wire.add(bytes.subarray(at, at + taken));
      at += taken;
      const block = this.#stream.takeBlock();
      if (block && endsChunk && at === bytes.length) this.#held = block;
      else if (block) this.#emitBlock(block);
    }
  }

  endChunk(): void {
    if (this.#held) this.#emitBlock(this.#held);
    this.#held = undefined;
  }

  end(complete: boolean, trailers = NO_TRAILERS): void {
    this.endChunk();
    this.#stream.end();
    const block = this.#stream.takeBlock();
    if (block) this.#emitBlock(block);
    const sizeBytes = this.#wire.size;
    const raw = this.#wire.take();
    if (!complete) return;
    this.#emit('end', endValue(this.#of, trailers, this.#bodyBytes), raw, sizeBytes);
  }

  #emitBlock(block: Block): void {
    const sizeBytes = this.#wire.size;
    this.#emit(block.kind, { ...block, of: this.#of }, this.#wire.take(), sizeBytes);
  }
}
