/** Reads what a client sends: commands as arrays of bulk strings, and inline commands. */
import { byteAt } from '../byte-at.ts';
import { ByteSource, Gather, INCOMPLETE, LF, malformed } from './bytes.ts';
import { splitInline } from './inline.ts';

export interface CommandReaderOptions {
  /** The longest argument in bytes. Default: Redis's proto-max-bulk-len, 512 MiB. */
  readonly maxBulkBytes?: number;
  /** The largest number of arguments. Default: Redis's, 2^31 - 1. */
  readonly maxArgs?: number;
  /** How many bytes of one command's arguments to keep; the rest is counted and dropped. Default: all. */
  readonly keepBytes?: number;
  /** How many bytes of a command to keep for `raw`. Default: none. */
  readonly keepRaw?: number;
}

/** Redis's PROTO_INLINE_MAX_SIZE. */
const MAX_INLINE_BYTES = 64 * 1024;
/** What an argument costs of `keepBytes` beside its bytes, so that millions of empty ones are bounded too. */
const ARG_COST = 32;
/** Room for so many arguments is made at once; more of them take memory as they come, not as they are announced. */
const MAX_ROOM = 64;
/** In place of arguments that were handed over: the reader must not keep them alive. */
const NONE: never[] = [];
/** V8 copies what it cuts out of a text up to this length; anything longer would keep the whole text alive. */
const MAX_CUT_CHARS = 12;
/** Larger chunks are not decoded as a whole. */
const MAX_DECODED_BYTES = 8192;
/** Of so many arguments of one command that were not kept whole, size and digest are told. */
const MAX_CUT_ARGS = 16_384;

/** An argument that was not kept whole. */
export interface CutArg {
  /** Bytes on the wire. */
  readonly length: number;
  /** SHA-1 in base64 of all of it. */
  readonly digest: string;
}

/**
 * Push chunks, then call `next` until it answers undefined. `next` throws a ProtocolError, worded as Redis words it,
 * at the first malformed byte; the reader is dead then.
 */
abstract class ArgumentReader<Argument> extends ByteSource {
  /** Limits that a server changes when a client has authenticated. */
  maxBulkBytes: number;
  maxArgs: number;
  /** Of the command that `next` returned last: how many arguments it had, its name included. */
  argCount = 0;
  /** Of the command that `next` returned last: whether `keepBytes` cut it. */
  cut = false;
  /** Of the command that `next` returned last: the arguments that were not kept whole, by index; the name is the first. */
  cutArgs: ReadonlyMap<number, CutArg> | undefined;

  readonly #keepBytes: number;
  readonly #gather = new Gather();
  #args: Argument[] = NONE;
  #cutArgs: Map<number, CutArg> | undefined;
  /** How many arguments of the current command were kept so far. */
  #kept = 0;
  /** Arguments still to come of the current command. */
  #left = 0;
  /** Bytes still to come of the current argument; -1 while its header is. */
  #bodyLeft = -1;
  #bodyLength = 0;
  #bodyLimit = 0;
  #budget = 0;
  /** What the arguments of the current command take that are there. */
  #argBytes = 0;

  constructor(options: CommandReaderOptions = {}) {
    super(options.keepRaw ?? 0);
    this.maxBulkBytes = options.maxBulkBytes ?? 512 * 1024 * 1024;
    this.maxArgs = options.maxArgs ?? 2 ** 31 - 1;
    this.#keepBytes = options.keepBytes ?? Number.POSITIVE_INFINITY;
  }

  /** What arrived and was not handed over yet, in bytes: of a command that is not complete, too. */
  get heldBytes(): number {
    return this.unread + this.#gather.length + this.#argBytes;
  }

  /** Makes an argument of `source[from, to)`. */
  protected abstract argument(source: Buffer, from: number, to: number): Argument;

  /** The next complete command: its name and arguments, at least one. */
  next(): Argument[] | undefined {
    for (;;) {
      if (this.#left === 0) {
        const inline = this.#begin();
        if (inline !== undefined) return inline;
        if (this.#left === 0) return undefined;
      }
      if (!this.#readArgs()) {
        this.suspend();
        return undefined;
      }
      const args = this.#args;
      if (this.#kept < args.length) args.length = this.#kept;
      this.#args = NONE;
      this.#argBytes = 0;
      this.finish();
      return args;
    }
  }

  /** Reads the header of a command, or an inline command; nothing is opened when more bytes are needed. */
  #begin(): Argument[] | undefined {
    while (this.at < this.chunk.length) {
      if (this.chunk[this.at] !== 42) {
        const inline = this.#inline();
        if (inline === undefined) return undefined;
        if (inline.length > 0) return inline;
        continue;
      }
      const count = this.readLength(this.at + 1);
      if (count === INCOMPLETE) return undefined;
      if (!(count <= this.maxArgs)) {
        const open = Number.isNaN(count) || this.maxArgs > 1024;
        throw malformed(open ? 'invalid multibulk length' : 'unauthenticated multibulk length', 'Sending commands');
      }
      if (count > 0) {
        this.#left = count;
        this.argCount = count;
        this.#args = new Array(Math.min(count, MAX_ROOM));
        this.#kept = 0;
        this.cut = false;
        this.#cutArgs = undefined;
        this.cutArgs = undefined;
        this.#budget = this.#keepBytes;
        return undefined;
      }
      this.skip(); // an empty command is no command, and gets no reply
    }
    return undefined;
  }

  #readArgs(): boolean {
    while (this.#left > 0) {
      if (this.#bodyLeft < 0) {
        const { chunk, at } = this;
        if (at >= chunk.length) return false;
        if (chunk[at] !== 36) {
          throw malformed(`expected '$', got '${String.fromCharCode(byteAt(chunk, at))}'`, 'Sending commands');
        }
        const length = this.readLength(at + 1);
        if (length === INCOMPLETE) return false;
        if (!(length >= 0 && length <= this.maxBulkBytes)) {
          const open = !(length >= 0) || this.maxBulkBytes > 16384;
          throw malformed(open ? 'invalid bulk length' : 'unauthenticated bulk length', 'Bulk strings');
        }
        if (length <= this.#budget && this.at + length + 2 <= this.chunk.length) {
          const from = this.at;
          this.at = from + length;
          this.endOfBody();
          this.#args[this.#kept++] = this.argument(this.chunk, from, from + length);
          this.#budget -= length + ARG_COST;
          this.#argBytes += length + ARG_COST;
          this.#left--;
          continue;
        }
        this.#bodyLimit = Math.max(0, Math.min(length, this.#budget));
        this.#bodyLength = length;
        this.#bodyLeft = length;
        if (this.#bodyLimit < length || this.#budget <= 0) this.#gather.digestAll();
      }
      if (!this.#readBody()) return false;
    }
    return true;
  }

  /** Reads on in an argument that spans chunks, or that is too long to keep whole. */
  #readBody(): boolean {
    const from = this.at;
    const to = Math.min(this.chunk.length, from + this.#bodyLeft);
    this.#gather.append(this.chunk, from, to, this.#bodyLimit);
    this.#bodyLeft -= to - from;
    this.at = to;
    if (this.#bodyLeft > 0 || !this.endOfBody()) return false;
    const body = this.#gather.take();
    const digest = this.#gather.digest();
    if (digest !== undefined) this.#cutAt(this.argCount - this.#left, { length: this.#bodyLength, digest });
    // The name and whatever the budget allows are kept; afterwards arguments are only counted.
    if (this.#budget > 0) this.#args[this.#kept++] = this.argument(body, 0, body.length);
    if (this.#budget <= 0 || this.#bodyLength > this.#bodyLimit) this.cut = true;
    this.#budget -= this.#bodyLimit + ARG_COST;
    this.#argBytes += body.length + ARG_COST;
    this.#bodyLeft = -1;
    this.#left--;
    return true;
  }

  #cutAt(index: number, arg: CutArg): void {
    this.#cutArgs ??= new Map();
    this.cutArgs = this.#cutArgs;
    if (this.#cutArgs.size < MAX_CUT_ARGS) this.#cutArgs.set(index, arg);
  }

  /** One inline command; empty for an empty line, undefined while the line is not complete. */
  #inline(): Argument[] | undefined {
    const end = this.chunk.indexOf(LF, this.at);
    if (end < 0) {
      if (this.unread > MAX_INLINE_BYTES) throw malformed('too big inline request', 'Inline commands');
      return undefined;
    }
    if (end - this.at > MAX_INLINE_BYTES) throw malformed('too big inline request', 'Inline commands');
    const args = splitInline(this.chunk, this.at, end);
    this.at = end + 1;
    if (args === undefined) throw malformed('unbalanced quotes in request', 'Inline commands');
    if (args.length === 0) this.skip();
    else this.finish();
    this.argCount = args.length;
    this.cut = false;
    this.cutArgs = undefined;
    return args.map((arg) => this.argument(arg, 0, arg.length));
  }
}

/** Reads commands as buffers, which alias the chunk where they lie in one. */
export class CommandReader extends ArgumentReader<Buffer> {
  protected argument(source: Buffer, from: number, to: number): Buffer {
    return source.subarray(from, to);
  }
}

/**
 * Reads commands as texts whose characters are the bytes (latin1), which alias nothing. Calls into the decoder cost
 * more than short texts do: a chunk is decoded once, and short arguments are cut out of it.
 */
export class TextCommandReader extends ArgumentReader<string> {
  #source: Buffer | undefined;
  #text = '';

  protected argument(source: Buffer, from: number, to: number): string {
    if (to - from > MAX_CUT_CHARS || source.length > MAX_DECODED_BYTES) return source.toString('latin1', from, to);
    if (source !== this.#source) {
      this.#source = source;
      this.#text = source.toString('latin1');
    }
    return this.#text.slice(from, to);
  }
}
