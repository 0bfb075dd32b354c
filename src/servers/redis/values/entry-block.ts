/**
 * Entries of a stream as bytes. An entry makes no object that stays: a stream of a million entries costs the garbage
 * collector next to nothing, and little more memory than its texts. Names of fields that are those of the block's
 * first entry are kept once, as in Redis.
 */
import { itemAt } from '../../../core/collections/present.ts';
import type { IdBlock } from './sorted-ids.ts';
import { compareParts, type StreamId } from './stream-id.ts';

const MIN_ROOM_BYTES = 64;
const MAX_ROOM_BYTES = 4096;
/** Texts up to this length are written character by character: a call into the encoder costs more. */
const SHORT_CHARS = 24;
/** The most bytes that a length takes, in sevens of its bits. */
const MAX_LENGTH_BYTES = 5;
/** What stands before an entry's fields: its values only follow, or names and values. */
const VALUES = 1;
const PAIRS = 0;

export interface Entry extends StreamId {
  /** Fields and values in turn. */
  readonly fields: readonly string[];
}

export class EntryBlock implements IdBlock<Entry> {
  /** Milliseconds and sequence numbers in turn. */
  readonly #ids: (number | bigint)[] = [];
  /** Where the bytes of each entry end. */
  readonly #ends: number[] = [];
  /** The names of the fields of the first entry that the block had. */
  #names: readonly string[] = [];
  #bytes: Buffer;
  /** Where the next byte is written, or read. */
  #at = 0;

  /** `roomBytes` is what it will probably need; it grows beyond. */
  constructor(roomBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(MAX_ROOM_BYTES, Math.max(MIN_ROOM_BYTES, roomBytes)));
  }

  get length(): number {
    return this.#ends.length;
  }

  /** How long all entries are, in bytes. */
  get sizeBytes(): number {
    return this.#start(this.#ends.length);
  }

  /** Where the bytes of an entry end. */
  #end(index: number): number {
    return this.#ends[index] ?? 0;
  }

  /** Where the bytes of an entry start. */
  #start(index: number): number {
    return index === 0 ? 0 : this.#end(index - 1);
  }

  compare(index: number, id: StreamId): number {
    return compareParts(this.#ids[2 * index] ?? 0, this.#ids[2 * index + 1] ?? 0, id);
  }

  at(index: number): Entry {
    this.#at = this.#start(index);
    const fields: string[] = [];
    if (this.#bytes[this.#at++] === VALUES) {
      for (const name of this.#names) fields.push(name, this.#readText());
    } else {
      const end = this.#end(index);
      while (this.#at < end) fields.push(this.#readText());
    }
    return { ms: this.#ids[2 * index] ?? 0, seq: this.#ids[2 * index + 1] ?? 0, fields };
  }

  push({ ms, seq, fields }: Entry): void {
    this.#at = this.sizeBytes;
    if (this.length === 0) this.#names = fields.filter((_, i) => i % 2 === 0);
    const step = this.#hasNames(fields) ? 2 : 1;
    this.#reserve(fields, step);
    this.#bytes[this.#at++] = step === 2 ? VALUES : PAIRS;
    for (let i = step - 1; i < fields.length; i += step) this.#writeText(itemAt(fields, i));
    this.#ids.push(ms, seq);
    this.#ends.push(this.#at);
  }

  remove(index: number): void {
    const start = this.#start(index);
    const end = this.#end(index);
    this.#bytes.copyWithin(start, end, this.sizeBytes);
    this.#ids.splice(2 * index, 2);
    this.#ends.splice(index, 1);
    for (let i = index; i < this.#ends.length; i++) this.#ends[i] = this.#end(i) - (end - start);
  }

  /** Whether an entry has the same names of fields as the first one had. */
  #hasNames(fields: readonly string[]): boolean {
    const names = this.#names;
    if (fields.length !== 2 * names.length) return false;
    for (let i = 0; i < names.length; i++) if (fields[2 * i] !== names[i]) return false;
    return true;
  }

  #reserve(fields: readonly string[], step: number): void {
    let needed = this.#at + 1;
    for (let i = step - 1; i < fields.length; i += step) needed += MAX_LENGTH_BYTES + itemAt(fields, i).length;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }

  #writeText(text: string): void {
    const bytes = this.#bytes;
    const { length } = text;
    let at = this.#at;
    let rest = length;
    for (; rest > 127; rest >>>= 7) bytes[at++] = 128 | (rest & 127);
    bytes[at++] = rest;
    if (length <= SHORT_CHARS) for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    else bytes.write(text, at, 'latin1');
    this.#at = at + length;
  }

  #readText(): string {
    const bytes = this.#bytes;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[this.#at++] ?? 0;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const start = this.#at;
    this.#at += length;
    return bytes.toString('latin1', start, this.#at);
  }
}
