/** Writes AMQP frames (AMQP 0-9-1 §4.2.3). */
import { encoderOf, type Target } from './compile.ts';
import type { AmqpArgs, AmqpMethodName, ContentMethodName } from './methods.ts';
import { type AmqpProperties, encodeProperties } from './properties.ts';

/** What a client says first: AMQP 0-9-1. A server answers anything else with it and hangs up (§4.2.2). */
export const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
export const FRAME_END = 0xce;
/** Type, channel and size before a frame's payload, and the end octet behind it. */
export const FRAME_OVERHEAD = 8;
/** The smallest frame-max that may be negotiated (§4.2.3). */
export const FRAME_MIN_SIZE = 4096;

const HEARTBEAT = Buffer.of(FRAME.heartbeat, 0, 0, 0, 0, 0, 0, FRAME_END);
const BASIC_CLASS = 60;
/** Blocks are handed out whole and never written again, so what a socket still holds stays as it was. */
const BLOCK = 64 * 1024;
/** A body from this size on is passed along rather than copied next to its frames. */
const COPY_BELOW = 8 * 1024;

/** Gathers frames, so that many of them leave in one write. */
export class FrameWriter implements Target {
  buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #ready: Buffer[] = [];
  #readySize = 0;

  /** Bytes gathered and not yet taken. */
  get size(): number {
    return this.#readySize + this.#end - this.#start;
  }

  reserve(length: number): number {
    if (this.buffer.length - this.#end < length) {
      this.#cut();
      this.buffer = Buffer.allocUnsafeSlow(Math.max(BLOCK, length));
      this.#start = 0;
      this.#end = 0;
    }
    return this.#end;
  }

  method<M extends AmqpMethodName>(channel: number, method: M, args: Partial<AmqpArgs[M]>): void {
    this.#end = encoderOf(method)(this, channel, args);
  }

  /** A content method with its header and body. `properties` may be given encoded, flags included. */
  content<M extends ContentMethodName>(
    channel: number,
    method: M,
    args: Partial<AmqpArgs[M]>,
    properties: Buffer,
    body: Buffer,
    frameMax: number,
  ): void {
    this.method(channel, method, args);
    const size = properties.length + 12;
    let at = this.reserve(size + FRAME_OVERHEAD);
    const { buffer } = this;
    at = this.#open(FRAME.header, channel, size, at);
    at = buffer.writeUInt32BE(BASIC_CLASS << 16, at);
    at = buffer.writeUInt32BE(Math.floor(body.length / 0x1_0000_0000), at);
    at = buffer.writeUInt32BE(body.length % 0x1_0000_0000, at);
    at += properties.copy(buffer, at);
    this.#close(at);
    const most = frameMax === 0 ? body.length : frameMax - FRAME_OVERHEAD;
    for (let from = 0; from < body.length; from += most)
      this.#body(channel, body, from, Math.min(body.length, from + most));
  }

  #body(channel: number, body: Buffer, from: number, to: number): void {
    const size = to - from;
    const copied = size < COPY_BELOW;
    let at = this.#open(FRAME.body, channel, size, this.reserve(FRAME_OVERHEAD + (copied ? size : 0)));
    if (copied) at += body.copy(this.buffer, at, from, to);
    else {
      this.#end = at;
      this.#cut();
      this.#ready.push(body.subarray(from, to));
      this.#readySize += size;
    }
    this.#close(at);
  }

  #open(type: number, channel: number, size: number, at: number): number {
    const { buffer } = this;
    buffer[at] = type;
    buffer.writeUInt16BE(channel, at + 1);
    return buffer.writeUInt32BE(size, at + 3);
  }

  #close(at: number): void {
    this.buffer[at] = FRAME_END;
    this.#end = at + 1;
  }

  heartbeat(): void {
    const at = this.reserve(FRAME_OVERHEAD);
    this.#end = at + HEARTBEAT.copy(this.buffer, at);
  }

  #cut(): void {
    if (this.#end === this.#start) return;
    this.#ready.push(this.buffer.subarray(this.#start, this.#end));
    this.#readySize += this.#end - this.#start;
    this.#start = this.#end;
  }

  /** Everything gathered since the last call, in order. */
  take(): Buffer[] {
    this.#cut();
    const ready = this.#ready;
    this.#ready = [];
    this.#readySize = 0;
    return ready;
  }
}

/** One method frame. Throws a RangeError where an argument does not fit its type. */
export function encodeMethod<M extends AmqpMethodName>(
  channel: number,
  method: M,
  args: Partial<AmqpArgs[M]> = {},
): Buffer {
  const writer = new FrameWriter();
  writer.method(channel, method, args);
  return Buffer.concat(writer.take());
}

/** A content method with its header and as many body frames as `frameMax` (0: no limit) makes necessary. */
export function encodeContent<M extends ContentMethodName>(
  channel: number,
  method: M,
  args: Partial<AmqpArgs[M]>,
  properties: AmqpProperties,
  body: Buffer,
  frameMax = 0,
): Buffer {
  const writer = new FrameWriter();
  writer.content(channel, method, args, encodeProperties(properties), body, frameMax);
  return Buffer.concat(writer.take());
}

export function encodeHeartbeat(): Buffer {
  return Buffer.from(HEARTBEAT);
}
