import { digestFrom, type RunningDigest } from './_digest.ts';
import { KEEP_BYTES } from './protocol.ts';

const EMPTY = Buffer.alloc(0);
const FIRST_BYTES = 256;

/** At most KEEP_BYTES of these bytes, without making a new view of what is short enough. */
export function cut(bytes: Buffer): Buffer {
  return bytes.length > KEEP_BYTES ? bytes.subarray(0, KEEP_BYTES) : bytes;
}

/** The digest of a body that lies in one piece, where it is too long to be kept. */
export function digestIfCut(bytes: Buffer): { digest?: string } {
  return bytes.length > KEEP_BYTES ? { digest: digestFrom(bytes).value() } : {};
}

/**
 * Collects the first `limit` bytes of something that arrives in pieces, and counts the rest.
 * It copies what it keeps, so that a small piece never pins the large chunk it came in.
 */
export class Kept {
  readonly #limit: number;
  #buffer = EMPTY;
  #length = 0;
  #size = 0;

  constructor(limit = KEEP_BYTES) {
    this.#limit = limit;
  }

  /** Bytes seen so far, kept or not. */
  get size(): number {
    return this.#size;
  }

  /** What is kept so far. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  add(piece: Buffer): void {
    this.#size += piece.length;
    const added = Math.min(piece.length, this.#limit - this.#length);
    if (added <= 0) return;
    const needed = this.#length + added;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(FIRST_BYTES, needed, 2 * this.#buffer.length)));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    piece.copy(this.#buffer, this.#length, 0, added);
    this.#length = needed;
  }

  /** Hands over what is kept and starts anew. */
  take(): Buffer {
    const taken = this.bytes;
    this.#buffer = EMPTY;
    this.#length = 0;
    this.#size = 0;
    return taken;
  }
}

/** A body as far as it is kept: its first KEEP_BYTES, its whole size, and, where that is more, the digest of all of it. */
export interface KeptBytes {
  readonly bytes: Buffer;
  readonly size: number;
  readonly digest?: string;
}

/** Collects a body that arrives in pieces. */
export class KeptBody {
  readonly #kept = new Kept();
  #digest: RunningDigest | undefined;

  get size(): number {
    return this.#kept.size;
  }

  /** What is kept so far. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.#kept.bytes;
  }

  add(piece: Buffer): void {
    if (this.#kept.size + piece.length > KEEP_BYTES) {
      this.#digest ??= digestFrom(this.#kept.bytes);
      this.#digest.add(piece);
    }
    this.#kept.add(piece);
  }

  /** Hands over the body and starts anew. */
  take(): KeptBytes {
    const { size } = this.#kept;
    const digest = this.#digest?.value();
    this.#digest = undefined;
    return { bytes: this.#kept.take(), size, ...(digest === undefined ? {} : { digest }) };
  }
}
