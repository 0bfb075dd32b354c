/** A string: text of bytes, or a buffer once it is changed in place (SETBIT, SETRANGE), so that this stays constant time. */
import { constants } from 'node:buffer';
import { ReplyError } from '../errors.ts';
import { readInteger } from '../numbers.ts';
import { OBJECT_COST, Value } from './value.ts';

/** Redis keeps strings up to here in one allocation with their object. */
const EMBEDDED_BYTES = 44;

/** V8's longest text. A buffer may be longer: a few bytes are missing to the 512 MB of Redis. */
const { MAX_STRING_LENGTH } = constants;

/** How Redis would encode a string: compactly where it can, without looking for integers, or not at all. */
export type StringForm = 'encoded' | 'plain' | 'raw';

export class StringValue extends Value {
  readonly type = 'string';
  #data: string | Buffer;
  /** How much of a buffer is used. */
  #length: number;
  /** `raw` once it was changed in place, `plain` where Redis does not look for an integer in it. */
  #form: StringForm;

  constructor(data: string | Buffer, form: StringForm = 'encoded') {
    super();
    this.#data = data;
    this.#length = data.length;
    this.#form = form;
  }

  get length(): number {
    return this.#length;
  }

  get text(): string {
    const data = this.#data;
    if (typeof data === 'string') return data;
    if (this.#length > MAX_STRING_LENGTH) {
      throw new ReplyError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
    }
    return data.toString('latin1', 0, this.#length);
  }

  /** The bytes [from, to) as text. */
  slice(from: number, to: number): string {
    const data = this.#data;
    return typeof data === 'string' ? data.slice(from, to) : data.toString('latin1', from, to);
  }

  set text(text: string) {
    this.#data = text;
    this.#length = text.length;
    this.#form = 'encoded';
  }

  /** Puts other bytes in place, as a change in place does: they are no longer encoded compactly. */
  replace(text: string, form: StringForm = 'raw'): void {
    this.text = text;
    this.#form = form;
  }

  /** The bytes, to read and to change in place, at least `length` long; what is added is zero. */
  bytes(length = 0): Buffer {
    let buffer = this.#data;
    if (typeof buffer === 'string') buffer = Buffer.from(buffer, 'latin1');
    if (length > this.#length) {
      if (length > buffer.length) {
        const grown = Buffer.alloc(Math.max(length, Math.min(buffer.length * 2, length + 1024 * 1024)));
        buffer.copy(grown, 0, 0, this.#length);
        buffer = grown;
      } else buffer.fill(0, this.#length, length);
      this.#length = length;
    }
    this.#data = buffer;
    this.#form = 'raw';
    return buffer.subarray(0, this.#length);
  }

  byteAt(index: number): number {
    const data = this.#data;
    return (typeof data === 'string' ? data.charCodeAt(index) : data[index]) ?? 0;
  }

  /** The bytes, to read only. */
  view(): Buffer {
    const data = this.#data;
    return typeof data === 'string' ? Buffer.from(data, 'latin1') : data.subarray(0, this.#length);
  }

  append(text: string): void {
    if (typeof this.#data === 'string' && this.#length + text.length <= MAX_STRING_LENGTH) {
      this.#data += text; // V8 joins lazily, so that many appends stay linear
      this.#length = this.#data.length;
    } else {
      const at = this.#length;
      this.bytes(at + text.length).write(text, at, 'latin1');
    }
    this.#form = 'raw';
  }

  get encoding(): string {
    if (this.#form === 'raw') return 'raw';
    const { text } = this;
    if (this.#form === 'encoded' && text.length <= 20 && readInteger(text) !== undefined) return 'int';
    return text.length <= EMBEDDED_BYTES ? 'embstr' : 'raw';
  }

  get sizeBytes(): number {
    return OBJECT_COST + (typeof this.#data === 'string' ? this.#length : this.#data.length);
  }

  copy(): StringValue {
    return new StringValue(this.text, this.#form);
  }
}
