/** Reads what a server sends: replies and pushes of RESP2 and RESP3. */
import { present } from '../../core/collections/present.ts';
import { byteAt } from '../byte-at.ts';
import { ByteSource, CR, Gather, INCOMPLETE, LF, malformed } from './bytes.ts';
import { parseBigNumber, parseBoolean, parseDouble, parseInteger, parseNull } from './scalars.ts';
import { OK, type RespAggregate, type RespValue } from './value.ts';

export interface RespReaderOptions {
  /** The longest bulk string in bytes. Default: Redis's proto-max-bulk-len, 512 MiB. */
  readonly maxBulkBytes?: number;
  /** How many bytes of one reply's content to keep; the rest is counted and dropped. Default: all. */
  readonly keepBytes?: number;
  /** How many bytes of a reply to keep for `raw`. Default: none. */
  readonly keepRaw?: number;
}

/** The largest number of items in one aggregate, as in hiredis. */
const MAX_ITEMS = 2 ** 32 - 1;
/** How deep aggregates may nest. */
const MAX_DEPTH = 1024;
/** The longest number, in characters, that is read. */
const MAX_NUMBER_CHARS = 4096;
/** What is kept at least of a push inside EXEC's reply, so that it is known as one. */
const PUSH_BYTES = 256;
const PUSH_ITEMS = 4;
/** One item is kept per so many bytes of `keepBytes`. */
const ITEM_COST = 2;
/** A string that is no longer is kept with its item, whatever stood before it: ids are, and names of keys. */
const SHORT_BYTES = 40;

type Body = 'bulk' | 'verbatim' | 'bulk-error' | 'simple' | 'error';
type Open = {
  readonly type: RespAggregate['type'] | 'attribute';
  readonly items: RespValue[];
  readonly length: number;
  /** Whether it is kept itself: then it is so with as much of it as is kept. */
  readonly kept: boolean;
  /** How many of them come. */
  readonly coming: number;
  left: number;
};

const NULL_BULK: RespValue = Object.freeze({ type: 'null-bulk' });
const NULL_ARRAY: RespValue = Object.freeze({ type: 'null-array' });
const SMALL: readonly RespValue[] = Array.from({ length: 128 }, (_, value) =>
  Object.freeze({ type: 'integer', value }),
);

/** Answer of a step that needs more bytes, and of one that opened an aggregate. */
const MORE = Symbol('more');
const OPENED = Symbol('opened');

/** Push chunks, then call `next` until it answers undefined. `next` throws a ProtocolError at the first malformed byte. */
export class RespReader extends ByteSource {
  readonly #maxBulkBytes: number;
  readonly #keepBytes: number;
  readonly #gather = new Gather();
  readonly #stack: Open[] = [];
  /**
   * Asked of each value that is complete directly inside an outermost array, with how many items went before: whether
   * it is an item at all. EXEC's reply holds values that are not counted.
   */
  inside: ((value: RespValue, index: number) => boolean) | undefined;
  /** So many items of an outermost array are counted in its length, and do not come. */
  missing = 0;
  #budget: number;
  #itemsLeft: number;
  /** What was left before a push inside an outermost array. */
  #before: { readonly budget: number; readonly itemsLeft: number } | undefined;
  /** The body that spans chunks: its type, its whole length (-1: up to CRLF), and what is still to come. */
  #body: Body | undefined;
  #bodyLength = 0;
  #bodyLeft = 0;
  #bodyLimit = 0;

  constructor(options: RespReaderOptions = {}) {
    super(options.keepRaw ?? 0);
    this.#maxBulkBytes = options.maxBulkBytes ?? 512 * 1024 * 1024;
    this.#keepBytes = options.keepBytes ?? Number.POSITIVE_INFINITY;
    this.#budget = this.#keepBytes;
    this.#itemsLeft = this.#keepBytes / ITEM_COST;
  }

  /** The next complete value. Its bytes alias the chunk where they lie in one. */
  next(): RespValue | undefined {
    for (;;) {
      const step = this.#body === undefined ? this.#read() : this.#readBody();
      if (step === MORE) {
        this.suspend();
        return undefined;
      }
      if (step === OPENED) continue;
      const value = this.#stack.length === 0 ? step : this.#attach(step);
      if (value !== undefined) {
        this.#budget = this.#keepBytes;
        this.#itemsLeft = this.#keepBytes / ITEM_COST;
        this.finish();
        return value;
      }
    }
  }

  /** Puts a value into the innermost open aggregate; answers the outermost one once that is complete. */
  #attach(value: RespValue): RespValue | undefined {
    let done = value;
    let kept = --this.#itemsLeft >= 0;
    for (;;) {
      const top = this.#stack.at(-1);
      if (top === undefined) return done;
      if (this.#before !== undefined && this.#stack.length === 1) {
        this.#budget = Math.min(this.#budget, this.#before.budget);
        this.#itemsLeft = Math.min(this.#itemsLeft, this.#before.itemsLeft);
        this.#before = undefined;
      }
      if (this.inside !== undefined && this.#stack.length === 1 && top.type === 'array') {
        if (!this.inside(done, top.coming - top.left)) return undefined;
      }
      top.left--;
      if (top.left > 0) {
        if (kept) top.items.push(done);
        return undefined;
      }
      this.#stack.pop();
      if (top.type === 'attribute') {
        done = { type: 'attribute', items: top.items, length: top.length, value: done };
      } else {
        if (kept) top.items.push(done);
        done = { type: top.type, items: top.items, length: top.length };
      }
      kept = top.kept;
    }
  }

  #read(): RespValue | typeof MORE | typeof OPENED {
    const { chunk, at } = this;
    if (at >= chunk.length) return MORE;
    switch (chunk[at]) {
      case 43: // +
        if (chunk[at + 1] === 79 && chunk[at + 2] === 75 && chunk[at + 3] === CR && chunk[at + 4] === LF) {
          this.at = at + 5;
          return OK;
        }
        return this.#openLine('simple');
      case 45: // -
        return this.#openLine('error');
      case 58: // :
        return this.#integer();
      case 36: // $
        return this.#openBody('bulk');
      case 61: // =
        return this.#openBody('verbatim');
      case 33: // !
        return this.#openBody('bulk-error');
      case 42: // *
        return this.#open('array', 1);
      case 37: // %
        return this.#open('map', 2);
      case 126: // ~
        return this.#open('set', 1);
      case 62: // >
        return this.#open('push', 1);
      case 124: // |
        return this.#open('attribute', 2);
      case 95: // _
        return this.#number(parseNull);
      case 35: // #
        return this.#number(parseBoolean);
      case 44: // ,
        return this.#number(parseDouble);
      case 40: // (
        return this.#number(parseBigNumber);
      default:
        throw malformed(`'${String.fromCharCode(byteAt(chunk, at))}' begins no type`, 'RESP protocol description');
    }
  }

  #integer(): RespValue | typeof MORE {
    const begin = this.at;
    const value = this.readLength(begin + 1);
    if (value === INCOMPLETE) return MORE;
    if (Number.isSafeInteger(value)) return SMALL[value] ?? { type: 'integer', value };
    this.at = begin; // signed, padded or beyond 2^53: rare, and read as text
    return this.#number(parseInteger);
  }

  /** Reads a short line, which stays in the chunk until it is complete. */
  #number(parse: (text: string) => RespValue): RespValue | typeof MORE {
    const { chunk, at } = this;
    const end = chunk.indexOf(CR, at);
    if ((end < 0 ? chunk.length : end) - at > MAX_NUMBER_CHARS) throw malformed('too long a number', 'RESP3 types');
    if (end < 0 || end + 1 >= chunk.length) return MORE;
    if (chunk[end + 1] !== LF) throw malformed('expected a line feed after a carriage return', 'lines');
    this.at = end + 2;
    return parse(chunk.toString('latin1', at + 1, end));
  }

  #openLine(type: 'simple' | 'error'): RespValue | typeof MORE {
    const { chunk, at } = this;
    const end = chunk.indexOf(CR, at + 1);
    if (end >= 0 && end + 1 < chunk.length && end - at <= this.#budget) {
      if (chunk[end + 1] !== LF) throw malformed('a line holds a carriage return', 'Simple strings');
      this.at = end + 2;
      this.#budget -= end - at;
      return { type, bytes: chunk.subarray(at + 1, end), length: end - at - 1 };
    }
    this.#body = type;
    this.#bodyLength = -1;
    this.#bodyLeft = 0;
    this.#bodyLimit = Math.max(0, Math.min(this.#budget, this.#maxBulkBytes));
    this.at = at + 1;
    return this.#readBody();
  }

  #openBody(type: 'bulk' | 'verbatim' | 'bulk-error'): RespValue | typeof MORE {
    const { chunk, at } = this;
    if (chunk[at + 1] === 63) throw malformed('streamed strings are not supported', 'RESP3 streamed strings');
    const length = this.readLength(at + 1);
    if (length === INCOMPLETE) return MORE;
    if (length === -1 && type === 'bulk') return NULL_BULK;
    if (!(length >= 0 && length <= this.#maxBulkBytes)) throw malformed('invalid bulk length', 'Bulk strings');
    const from = this.at;
    const isShort = length <= SHORT_BYTES && this.#itemsLeft > 0;
    if ((length <= this.#budget || isShort) && from + length + 2 <= chunk.length) {
      this.at = from + length;
      this.endOfBody();
      this.#budget = Math.max(0, this.#budget - length);
      return textValue(type, chunk.subarray(from, this.at - 2), length);
    }
    this.#body = type;
    this.#bodyLength = length;
    this.#bodyLeft = length;
    this.#bodyLimit = isShort ? length : Math.max(0, Math.min(length, this.#budget));
    if (type === 'bulk' && this.#bodyLimit < length) this.#gather.digestAll();
    return this.#readBody();
  }

  /** Reads on in a body or a line that spans chunks, or that is too long to keep whole. */
  #readBody(): RespValue | typeof MORE {
    const type = present(this.#body);
    const { chunk, at: from } = this;
    let to: number;
    if (this.#bodyLength < 0) {
      const end = chunk.indexOf(CR, from);
      to = end < 0 ? chunk.length : end;
      this.#bodyLeft += to - from; // a line counts up
      if (this.#bodyLeft > this.#maxBulkBytes) throw malformed('too long a line', 'Simple strings');
    } else {
      to = Math.min(chunk.length, from + this.#bodyLeft);
      this.#bodyLeft -= to - from;
    }
    this.#gather.append(chunk, from, to, this.#bodyLimit);
    this.at = to;
    if ((this.#bodyLength >= 0 && this.#bodyLeft > 0) || !this.endOfBody()) return MORE;
    const length = this.#bodyLength < 0 ? this.#bodyLeft : this.#bodyLength;
    const bytes = this.#gather.take();
    const digest = this.#gather.digest();
    this.#budget = Math.max(0, this.#budget - bytes.length);
    this.#body = undefined;
    return digest === undefined ? textValue(type, bytes, length) : { type: 'bulk', bytes, length, digest };
  }

  #open(type: Open['type'], perEntry: 1 | 2): RespValue | typeof MORE | typeof OPENED {
    if (this.chunk[this.at + 1] === 63)
      throw malformed('streamed aggregates are not supported', 'RESP3 streamed types');
    const count = this.readLength(this.at + 1);
    if (count === INCOMPLETE) return MORE;
    if (count === -1 && type === 'array') return NULL_ARRAY;
    if (!(count >= 0 && count <= MAX_ITEMS)) throw malformed('invalid multibulk length', 'Arrays');
    const length = count * perEntry;
    const extra = type === 'attribute' ? 1 : 0; // an attribute ends with the value it belongs to
    const missing = type === 'array' && this.#stack.length === 0 ? Math.min(this.missing, length) : 0;
    const left = length + extra - missing;
    if (left === 0) return { type: type as RespAggregate['type'], items: [], length };
    if (this.inside !== undefined && this.#stack.length === 1 && mayBePush(type, length)) {
      this.#before = { budget: this.#budget, itemsLeft: this.#itemsLeft };
      this.#budget = Math.max(this.#budget, PUSH_BYTES);
      this.#itemsLeft = Math.max(this.#itemsLeft, PUSH_ITEMS);
    }
    if (this.#stack.length >= MAX_DEPTH) throw malformed('nested too deep', 'Arrays');
    const kept = --this.#itemsLeft >= 0;
    this.#stack.push({ type, items: [], length, kept, coming: left, left });
    return OPENED;
  }
}

/** In RESP2 a push is an array. */
function mayBePush(type: Open['type'], length: number): boolean {
  return type === 'push' || (type === 'array' && (length === 3 || length === 4));
}

function textValue(type: Body, bytes: Buffer, length: number): RespValue {
  if (type !== 'verbatim') return { type, bytes, length };
  if (length < 4 || (bytes.length >= 4 && bytes[3] !== 58))
    throw malformed('a verbatim string without format', 'Verbatim strings');
  return { type, format: bytes.toString('latin1', 0, 3), bytes: bytes.subarray(4), length: length - 4 };
}
