/**
 * Bytes that belong together and arrive one after the other. As long as they lie side by side in the memory they came
 * in, they are only pointed at; `own` copies them before that memory may be used again.
 */
import { itemAt } from '../../core/collections/present.ts';

export class Pieces {
  /** All that was added, kept or not. */
  size = 0;
  kept = 0;
  /** What was copied, and behind it the bytes between `#from` and `#to` of `#lent`. */
  #copied: Buffer[] = [];
  #lent: Buffer | undefined;
  #from = 0;
  #to = 0;

  /** Counts the bytes between two offsets, keeps up to `most` of them, and tells how many it kept. */
  add(bytes: Buffer, start: number, end: number, most: number): number {
    const length = end - start;
    // Behind a gap nothing more is kept: it would not be the beginning of anything.
    const room = this.kept < this.size ? 0 : most;
    this.size += length;
    const kept = room >= length ? length : Math.max(0, room);
    if (kept === 0) return 0;
    this.kept += kept;
    if (this.#lent === bytes && this.#to === start) {
      this.#to = start + kept;
      return kept;
    }
    this.own();
    this.#lent = bytes;
    this.#from = start;
    this.#to = start + kept;
    return kept;
  }

  /** Copies what is only pointed at. */
  own(): void {
    if (!this.#lent) return;
    this.#copied.push(Buffer.from(this.#lent.subarray(this.#from, this.#to)));
    this.#lent = undefined;
  }

  whole(): Buffer {
    if (this.#copied.length === 0) return this.#lent ? this.#lent.subarray(this.#from, this.#to) : NOTHING;
    this.own();
    if (this.#copied.length > 1) this.#copied = [Buffer.concat(this.#copied)];
    return itemAt(this.#copied, 0);
  }
}

const NOTHING = Buffer.alloc(0);
