import { KEEP_BYTES } from './protocol.ts';

const EMPTY = Buffer.alloc(0);
const FIRST_BYTES = 256;

/** At most KEEP_BYTES of these bytes, without making a new view of what is short enough. */
export function cut(bytes: Buffer): Buffer {
  return bytes.length > KEEP_BYTES ? bytes.subarray(0, KEEP_BYTES) : bytes;
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
