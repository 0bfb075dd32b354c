/** Writes replies and pushes of RESP2 and RESP3 into one growing buffer. */
import { byteAt } from '../byte-at.ts';
import type { RespValue } from './value.ts';

export type RespVersion = 2 | 3;

/** Bodies from here on are not copied: they are handed to the socket as they are. */
const PART_BYTES = 32 * 1024;
const INITIAL_BYTES = 1024;
/** Texts up to this length are written character by character: a call into the encoder costs more. */
const SHORT_CHARS = 24;
/** The largest number whose digits are taken by integer arithmetic. */
const MAX_SMALL = 2 ** 31 - 1;

/** More was written than may wait. */
export class TooMuchWritten extends Error {}

/**
 * Collects replies until `take`. In RESP2 the types that it lacks become the ones that Redis sends instead: a map is
 * an array twice as long, a set and a push are arrays, a double and a big number are bulk strings, a boolean is 0 or 1.
 */
export class RespWriter {
  version: RespVersion;
  /** So many bytes may wait to be taken; writing more throws TooMuchWritten. */
  maxBytes = Number.POSITIVE_INFINITY;
  /** What is written goes into `#buffer[#start, #end)`; what lies before was handed over. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** The only reply so far, where it is short: text needs no buffer to be sent. Every byte of it is a character. */
  #text = '';

  constructor(version: RespVersion = 2) {
    this.version = version;
  }

  /** Bytes written since the last `take`. */
  get sizeBytes(): number {
    return this.#text.length + this.#partBytes + this.#end - this.#start;
  }

  /** Hands over what was written where that is one short reply, as latin1; undefined where it is none, or more. */
  takeText(): string | undefined {
    if (this.#text === '') return undefined;
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Hands over what was written: usually one buffer, more where long bodies were not copied. */
  take(): Buffer[] {
    this.#seal();
    const parts = this.#parts;
    this.#parts = [];
    this.#partBytes = 0;
    return parts;
  }

  /** `+text`; a line break inside would break the protocol and becomes a space, as in Redis. */
  simple(text: string | Buffer): void {
    this.#line(43, text);
  }

  /** `-text`, its code included: `ERR unknown command`. */
  error(text: string | Buffer): void {
    this.#line(45, text);
  }

  integer(value: number | bigint): void {
    if (this.#isEmpty) this.#text = `:${value}\r\n`;
    else this.#header(58, value);
  }

  bulk(body: Buffer | string): void {
    if (typeof body === 'string') {
      const length = Buffer.byteLength(body);
      this.#header(36, length);
      this.#reserve(length + 2);
      this.#end += this.#buffer.write(body, this.#end, 'utf8');
    } else {
      this.#header(36, body.length);
      this.#body(body);
    }
    this.#crlf();
  }

  /** A bulk string from a text whose characters are the bytes (latin1): the fast way for binary data kept as text. */
  latin1(text: string): void {
    const { length } = text;
    if (length <= SHORT_CHARS && this.#isEmpty) {
      this.#text = `$${length}\r\n${text}\r\n`;
      return;
    }
    this.#header(36, length);
    if (length >= PART_BYTES) this.#body(Buffer.from(text, 'latin1'));
    else this.#characters(text);
    this.#crlf();
  }

  /** The null of the version: `_`, or `$-1`. */
  null(): void {
    if (this.version === 3) this.ascii('_\r\n');
    else this.ascii('$-1\r\n');
  }

  /** Where RESP2 has the null array `*-1`. */
  nullArray(): void {
    if (this.version === 3) this.ascii('_\r\n');
    else this.ascii('*-1\r\n');
  }

  boolean(value: boolean): void {
    if (this.version === 3) this.ascii(value ? '#t\r\n' : '#f\r\n');
    else this.ascii(value ? ':1\r\n' : ':0\r\n');
  }

  /** `text` is the number as it shall appear: the caller decides on the digits. */
  double(text: string): void {
    if (this.version === 3) this.ascii(`,${text}\r\n`);
    else this.ascii(`$${text.length}\r\n${text}\r\n`);
  }

  bigNumber(text: string): void {
    if (this.version === 3) this.ascii(`(${text}\r\n`);
    else this.ascii(`$${text.length}\r\n${text}\r\n`);
  }

  verbatim(format: string, body: Buffer | string): void {
    if (this.version === 2) {
      this.bulk(body);
      return;
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#header(61, bytes.length + 4);
    this.ascii(`${format.slice(0, 3).padEnd(3)}:`);
    this.#body(bytes);
    this.#crlf();
  }

  /** Opens an array; `length` values must follow. */
  array(length: number): void {
    this.#header(42, length);
  }

  set(length: number): void {
    this.#header(this.version === 3 ? 126 : 42, length);
  }

  push(length: number): void {
    this.#header(this.version === 3 ? 62 : 42, length);
  }

  /** Opens a map; `pairs` keys and values in turn must follow. */
  map(pairs: number): void {
    if (this.version === 3) this.#header(37, pairs);
    else this.#header(42, pairs * 2);
  }

  /** Opens an attribute of the value after it. RESP2 has none: the caller writes it only where `version` is 3. */
  attribute(pairs: number): void {
    this.#header(124, pairs);
  }

  /** Bytes that are encoded already. */
  encoded(bytes: Buffer): void {
    this.#body(bytes);
  }

  /** Text that is encoded already, ASCII only. */
  ascii(text: string): void {
    if (this.#isEmpty && text.length <= SHORT_CHARS) this.#text = text;
    else this.#characters(text);
  }

  /** Any value. In version 3, or where it has no type of RESP3, exactly the bytes that it was read from. */
  value(value: RespValue): void {
    switch (value.type) {
      case 'simple':
      case 'error':
        this.#line(value.type === 'simple' ? 43 : 45, value.bytes);
        break;
      case 'bulk-error':
        if (this.version === 2) this.error(value.bytes);
        else {
          this.#header(33, value.bytes.length);
          this.#body(value.bytes);
          this.#crlf();
        }
        break;
      case 'bulk':
        this.bulk(value.bytes);
        break;
      case 'verbatim':
        this.verbatim(value.format, value.bytes);
        break;
      case 'integer':
        if (value.text === undefined) this.integer(value.value);
        else this.ascii(`:${value.text}\r\n`);
        break;
      case 'double':
        this.double(value.text);
        break;
      case 'big-number':
        this.bigNumber(value.text);
        break;
      case 'boolean':
        this.boolean(value.value);
        break;
      case 'null':
        this.null();
        break;
      case 'null-bulk':
        this.ascii('$-1\r\n');
        break;
      case 'null-array':
        this.ascii('*-1\r\n');
        break;
      case 'attribute':
        if (this.version === 3) {
          this.attribute(value.items.length / 2);
          for (const item of value.items) this.value(item);
        }
        this.value(value.value);
        break;
      default:
        if (value.type === 'map') this.map(value.items.length / 2);
        else this[value.type](value.items.length);
        for (const item of value.items) this.value(item);
    }
  }

  get #isEmpty(): boolean {
    return this.#end === this.#start && this.#text === '' && this.#parts.length === 0;
  }

  /** Puts the one short reply into the buffer, since more follows. */
  #spill(): void {
    const text = this.#text;
    this.#text = '';
    this.#characters(text);
  }

  #characters(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const buffer = this.#buffer;
    const at = this.#end;
    if (length <= SHORT_CHARS) for (let i = 0; i < length; i++) buffer[at + i] = text.charCodeAt(i);
    else buffer.write(text, at, 'latin1');
    this.#end = at + length;
  }

  #line(type: number, text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    this.#reserve(bytes.length + 3);
    const buffer = this.#buffer;
    let at = this.#end;
    buffer[at++] = type;
    for (let i = 0; i < bytes.length; i++) {
      const byte = byteAt(bytes, i);
      buffer[at++] = byte === 13 || byte === 10 ? 32 : byte;
    }
    this.#end = at;
    this.#crlf();
  }

  #header(type: number, value: number | bigint): void {
    if (typeof value !== 'number' || value < 0 || value > MAX_SMALL) {
      this.#characters(`${String.fromCharCode(type)}${value}\r\n`);
      return;
    }
    this.#reserve(16);
    const buffer = this.#buffer;
    let at = this.#end;
    buffer[at++] = type;
    at = digits(buffer, at, value);
    buffer[at++] = 13;
    buffer[at++] = 10;
    this.#end = at;
  }

  #body(bytes: Buffer): void {
    if (bytes.length >= PART_BYTES) {
      this.#seal();
      this.#add(bytes);
      return;
    }
    this.#reserve(bytes.length);
    if (bytes.length <= SHORT_CHARS) {
      for (let i = 0; i < bytes.length; i++) this.#buffer[this.#end + i] = byteAt(bytes, i);
    } else this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #crlf(): void {
    this.#reserve(2);
    const buffer = this.#buffer;
    const at = this.#end;
    buffer[at] = 13;
    buffer[at + 1] = 10;
    this.#end = at + 2;
  }

  #reserve(count: number): void {
    if (this.#text !== '') this.#spill();
    if (this.#end + count <= this.#buffer.length) return;
    if (this.#end - this.#start >= PART_BYTES) this.#seal();
    const kept = this.#end - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(kept + count, 4 * INITIAL_BYTES, 2 * kept));
    this.#buffer.copy(grown, 0, this.#start, this.#end);
    this.#buffer = grown;
    this.#start = 0;
    this.#end = kept;
  }

  /** Makes a part of what was written. What is left of the buffer goes on being written to. */
  #seal(): void {
    if (this.#text !== '') this.#spill();
    if (this.#end === this.#start) return;
    const part = this.#buffer.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#add(part);
  }

  #add(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > this.maxBytes) throw new TooMuchWritten(`more than ${this.maxBytes} bytes were written`);
    this.#parts.push(part);
  }
}

/** Writes the digits of a whole number up to MAX_SMALL, which is faster than by way of a text; answers where they end. */
function digits(buffer: Buffer, at: number, value: number): number {
  let end = at + 1;
  for (let limit = 10; value >= limit; limit *= 10) end++;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    buffer[i] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

/** One value as bytes. */
export function encodeValue(value: RespValue, version: RespVersion = 3): Buffer {
  const writer = new RespWriter(version);
  writer.value(value);
  return Buffer.concat(writer.take());
}

/** A command as clients send it: an array of bulk strings. */
export function encodeCommand(args: readonly (Buffer | string | number)[]): Buffer {
  const writer = new RespWriter();
  writer.array(args.length);
  for (const arg of args) writer.bulk(typeof arg === 'number' ? String(arg) : arg);
  return Buffer.concat(writer.take());
}
