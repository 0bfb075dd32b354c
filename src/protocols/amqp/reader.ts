/** Cuts a stream of bytes into AMQP frames (AMQP 0-9-1 §4.2.3), without copying what arrived whole. */
import { byteAt } from '../byte-at.ts';
import { Growing } from '../growing.ts';
import { FRAME, FRAME_END, FRAME_OVERHEAD, PROTOCOL_HEADER } from './encode.ts';
import { FrameFault, frameError } from './faults.ts';

/** Who is told what was read. `bytes` is only valid during the call: the reader may use it again. */
export interface FrameSink {
  /** The eight bytes `AMQP` and a version, whichever. Only at the very beginning. */
  protocolHeader(header: Buffer): void;
  /** A whole frame of any type but body; its payload stands between `start` and `end`, its envelope around it. */
  frame(type: number, channel: number, bytes: Buffer, start: number, end: number): void;
  /**
   * A part of a body frame's payload, as it arrives: `size` is the payload's whole length, `offset` where this part
   * begins in it. An empty frame has no part.
   */
  body(channel: number, size: number, offset: number, bytes: Buffer, start: number, end: number): void;
  /** The body frame whose parts were told is whole and ended as it must, with the octet at `end`. */
  bodyEnd(channel: number, bytes: Buffer, end: number): void;
}

export interface ReaderOptions {
  /** Whether the stream must begin, or only may begin, with a protocol header. */
  readonly header: 'must' | 'may';
  /** The longest frame, envelope included; 0 for none. May be changed after tuning. */
  readonly frameMax: number;
  /** Whether frames of types that there are none of are read, too, and told as others are. Default: they are an error. */
  readonly anyType?: boolean;
}

/** Frames other than body frames are held until they are whole, so they are limited even where nothing was agreed. */
const HELD_MAX = 1024 * 1024;
const ENVELOPE = 7;
/** So many octets of a payload are kept to tell what was wrong with it. */
const START = 17;
const NOTHING = Buffer.alloc(0);

export class FrameReader {
  frameMax: number;
  readonly #sink: FrameSink;
  readonly #header: 'must' | 'may';
  readonly #anyType: boolean;
  #begun = false;
  /** The start of a frame whose end has not arrived. */
  #held: Growing | undefined;
  /** Inside a body frame: its channel, its size and how much of it is still to come (its end octet included). */
  #bodyChannel = 0;
  #bodySize = 0;
  #bodyLeft = 0;
  /** How a body frame begins that did not arrive in one piece. */
  #bodyStart = NOTHING;

  constructor(sink: FrameSink, options: ReaderOptions) {
    this.#sink = sink;
    this.#header = options.header;
    this.#anyType = options.anyType ?? false;
    this.frameMax = options.frameMax;
  }

  /** Whether the stream stands between two frames. */
  get atRest(): boolean {
    return this.#held === undefined && this.#bodyLeft === 0;
  }

  /** Throws a ProtocolError when the bytes can't be frames; everything before the fault has been told by then. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) at = this.#continueBody(chunk, at);
      else if (this.#held) at = this.#fill(this.#held, chunk, at);
      else at = this.#readWhole(chunk, at);
    }
  }

  /** Reads one unit that begins at `at`, or holds what there is of it. */
  #readWhole(chunk: Buffer, at: number): number {
    const left = chunk.length - at;
    const need = this.#need(chunk, at, left);
    if (need > left) {
      // Not more than has arrived, however long the frame says it is.
      this.#held = new Growing(Math.max(ENVELOPE, left));
      this.#held.append(chunk.subarray(at));
      return chunk.length;
    }
    this.#tell(chunk, at, need);
    return at + need;
  }

  /** Adds to the held start until the unit is whole. */
  #fill(held: Growing, chunk: Buffer, at: number): number {
    // What is needed may only become known as more arrives, so this takes no more than is known to be needed.
    const need = this.#need(held.view(), 0, held.length);
    const to = Math.min(chunk.length, at + need - held.length);
    held.append(chunk.subarray(at, to));
    if (held.length >= need && this.#need(held.view(), 0, held.length) <= held.length) {
      this.#held = undefined;
      this.#tell(held.view(), 0, held.length);
    }
    return to;
  }

  /** How many bytes the unit at `at` needs to be told, as far as the `have` bytes there are can say. */
  #need(bytes: Buffer, at: number, have: number): number {
    if (!this.#begun && (this.#header === 'must' || bytes[at] === PROTOCOL_HEADER[0])) {
      for (let index = 0; index < Math.min(have, 4); index += 1) {
        if (bytes[at + index] !== PROTOCOL_HEADER[index]) throw frameError('4.2.2', 'no AMQP protocol header');
      }
      return PROTOCOL_HEADER.length;
    }
    const type = byteAt(bytes, at);
    if (!this.#anyType && !isType(type)) throw frameError('4.2.3', `unknown frame type ${type}`);
    if (have < ENVELOPE) return ENVELOPE;
    const size = bytes.readUInt32BE(at + 3);
    // The envelope ought to count, too; RabbitMQ lets it pass.
    if (this.frameMax > 0 && size > this.frameMax) {
      const text = `a frame of ${size} bytes, where ${this.frameMax - FRAME_OVERHEAD} is the most`;
      throw new FrameFault(text, type, NOTHING, { size, frameMax: this.frameMax });
    }
    if (type === FRAME.body) return ENVELOPE;
    if (size > HELD_MAX) throw frameError('4.2.3', `a frame of ${size} bytes that is not a body`);
    return size + FRAME_OVERHEAD;
  }

  #tell(bytes: Buffer, at: number, size: number): void {
    if (!this.#begun) {
      this.#begun = true;
      if (bytes[at] === PROTOCOL_HEADER[0]) {
        this.#sink.protocolHeader(bytes.subarray(at, at + size));
        return;
      }
    }
    const type = byteAt(bytes, at);
    const channel = bytes.readUInt16BE(at + 1);
    if (type === FRAME.body) {
      this.#bodyChannel = channel;
      this.#bodySize = bytes.readUInt32BE(at + 3);
      this.#bodyLeft = this.#bodySize + 1;
      this.#bodyStart = NOTHING;
      return;
    }
    const [start, end] = [at + ENVELOPE, at + size - 1];
    if (byteAt(bytes, end) !== FRAME_END) throw wrongEnd(type, bytes.subarray(start, end), byteAt(bytes, end));
    this.#sink.frame(type, channel, bytes, start, end);
  }

  #continueBody(chunk: Buffer, at: number): number {
    const left = this.#bodyLeft - 1;
    const end = Math.min(chunk.length, at + left);
    if (end > at) {
      this.#bodyLeft -= end - at;
      this.#sink.body(this.#bodyChannel, this.#bodySize, this.#bodySize - left, chunk, at, end);
    }
    if (this.#bodyLeft > 1 || end === chunk.length) {
      if (this.#bodyStart.length < START) this.#keepStart(chunk, at, end);
      return end;
    }
    if (byteAt(chunk, end) !== FRAME_END) {
      this.#keepStart(chunk, at, end);
      throw wrongEnd(FRAME.body, this.#bodyStart, byteAt(chunk, end));
    }
    this.#bodyLeft = 0;
    this.#sink.bodyEnd(this.#bodyChannel, chunk, end);
    return end + 1;
  }

  #keepStart(chunk: Buffer, at: number, end: number): void {
    const more = chunk.subarray(at, Math.min(end, at + START));
    this.#bodyStart = Buffer.concat([this.#bodyStart, more]).subarray(0, START);
  }
}

function isType(type: number): boolean {
  return type === FRAME.method || type === FRAME.header || type === FRAME.body || type === FRAME.heartbeat;
}

function wrongEnd(type: number, payload: Buffer, end: number): FrameFault {
  const text = `a frame ends with ${end} in place of ${FRAME_END}`;
  return new FrameFault(text, type, payload.subarray(0, START), { end });
}
