/** Reads along with an AMQP connection: one frame per method, with the content that belongs to it. */
import { digestFrom, type RunningDigest } from '../_digest.ts';
import type { Conversation, Converse, Frame, Phase, Side } from '../protocol.ts';
import { KEEP_BYTES } from '../protocol.ts';
import { decoderOf } from './compile.ts';
import { FRAME, FRAME_OVERHEAD } from './encode.ts';
import { frameError, syntaxError, unexpectedFrame, unknownMethod } from './faults.ts';
import type { AmqpValue } from './frame.ts';
import { type AmqpArgs, type AmqpMethodName, carriesContent, methodById } from './methods.ts';
import { Pieces } from './pieces.ts';
import { type AmqpProperties, decodeProperties } from './properties.ts';
import { PublishNumbers } from './publish-numbers.ts';
import { FrameReader, type FrameSink } from './reader.ts';

/** The most bytes of unfinished content that one direction keeps, however many channels it spreads them over. */
const PENDING_MAX = 8 * 1024 * 1024;

export class AmqpConversation implements Conversation {
  readonly #sides: Record<Side, Direction>;
  readonly #emit: (frame: Frame<AmqpValue>) => void;
  readonly #publishNumbers = new PublishNumbers();
  #phase: Phase = 'opening';

  constructor(options: Converse) {
    this.#emit = options.emit;
    this.#sides = {
      client: new Direction('must', (value, raw, size) => this.#tell('client', value, raw, size)),
      server: new Direction('may', (value, raw, size) => this.#tell('server', value, raw, size)),
    };
  }

  push(from: Side, chunk: Buffer): void {
    this.#sides[from].push(chunk);
  }

  end(from: Side): void {
    this.#sides[from].end();
  }

  #tell(from: Side, value: AmqpValue, raw: Buffer, sizeBytes: number): void {
    if (value.method === 'connection.close') this.#phase = 'closing';
    const told = numbered(value, this.#publishNumbers.of(from, value));
    this.#emit({ protocol: 'amqp', from, phase: this.#phase, name: value.method, sizeBytes, raw, value: told });
    if (value.method === 'connection.open-ok') this.#phase = 'open';
    if (value.method === 'connection.tune-ok') {
      this.#sides.client.reader.frameMax = value.args.frameMax;
      this.#sides.server.reader.frameMax = value.args.frameMax;
    }
  }
}

function numbered(value: AmqpValue, publishNumber: number | undefined): AmqpValue {
  if (publishNumber === undefined || !value.content) return value;
  return { ...value, content: { ...value.content, publishNumber } } as AmqpValue;
}

type Emit = (value: AmqpValue, raw: Buffer, sizeBytes: number) => void;

/** A method whose content has not arrived in full. */
class Pending {
  readonly channel: number;
  readonly method: AmqpMethodName;
  readonly args: AmqpArgs[AmqpMethodName];
  properties: AmqpProperties | undefined;
  /** The encoded properties, as long as they are only lent. */
  header: Buffer | undefined;
  bodySize = 0;
  readonly body = new Pieces();
  /** Of a body that is not kept whole. */
  digest: RunningDigest | undefined;
  readonly raw = new Pieces();

  constructor(channel: number, method: AmqpMethodName, args: AmqpArgs[AmqpMethodName]) {
    this.channel = channel;
    this.method = method;
    this.args = args;
  }

  /** Copies what must outlive the bytes that it came in. */
  own(): void {
    this.body.own();
    this.raw.own();
    if (!this.header) return;
    const header = Buffer.from(this.header);
    this.properties = decodeProperties(header, 0, header.length);
    this.header = undefined;
  }
}

class Direction implements FrameSink {
  readonly reader: FrameReader;
  readonly #emit: Emit;
  /** The content that began last, and those of other channels that began before it: mostly there are none. */
  #latest: Pending | undefined;
  readonly #others = new Map<number, Pending>();
  #kept = 0;

  constructor(header: 'must' | 'may', emit: Emit) {
    this.#emit = emit;
    this.reader = new FrameReader(this, { header, frameMax: 0 });
  }

  push(chunk: Buffer): void {
    this.reader.push(chunk);
    this.#latest?.own();
    for (const pending of this.#others.values()) pending.own();
  }

  end(): void {
    if (!this.reader.atRest) throw frameError('4.2.3', 'the connection ended within a frame');
  }

  protocolHeader(header: Buffer): void {
    const version = [...header.subarray(header[4] === 0 ? 5 : 4)].join('-');
    this.#emit({ channel: 0, method: 'protocol-header', args: { version } }, header, header.length);
  }

  frame(type: number, channel: number, bytes: Buffer, start: number, end: number): void {
    if (type === FRAME.method) this.#method(channel, bytes, start, end);
    else if (type === FRAME.header) this.#header(channel, bytes, start, end);
    else if (end > start) throw frameError('4.2.7', 'a heartbeat has no payload');
    else this.#emit({ channel: 0, method: 'heartbeat', args: {} }, bytes.subarray(start - 7, end + 1), FRAME_OVERHEAD);
  }

  #method(channel: number, bytes: Buffer, start: number, end: number): void {
    if (this.#pendingOn(channel)) {
      throw unexpectedFrame(`a method on channel ${channel}, whose content is not complete`);
    }
    if (end - start < 4) throw syntaxError('4.2.4', 'a method frame has no method');
    const method = methodById(bytes.readUInt32BE(start));
    if (method === undefined) throw unknownMethod(bytes.readUInt16BE(start), bytes.readUInt16BE(start + 2));
    const args = decoderOf(method)(bytes, start + 4, end);
    if (carriesContent(method)) {
      const pending = new Pending(channel, method, args);
      if (this.#latest) this.#others.set(this.#latest.channel, this.#latest);
      this.#latest = pending;
      this.#keep(pending.raw, bytes, start - 7, end + 1);
      return;
    }
    const size = end - start + FRAME_OVERHEAD;
    const raw = bytes.subarray(start - 7, start - 7 + Math.min(size, KEEP_BYTES));
    this.#emit({ channel, method, args } as AmqpValue, raw, size);
  }

  #header(channel: number, bytes: Buffer, start: number, end: number): void {
    const pending = this.#pendingOn(channel);
    if (!pending || pending.properties) {
      throw unexpectedFrame(`a content header on channel ${channel} without its method`);
    }
    if (end - start < 14) throw syntaxError('4.2.6.1', 'a content header is too short');
    if (bytes.readUInt16BE(start) !== 60) {
      throw frameError('4.2.6.1', 'a content header of another class than its method');
    }
    pending.properties = decodeProperties(bytes, start + 12, end);
    pending.header = bytes.subarray(start + 12, end);
    pending.bodySize = bytes.readUInt32BE(start + 4) * 0x1_0000_0000 + bytes.readUInt32BE(start + 8);
    this.#keep(pending.raw, bytes, start - 7, end + 1);
    if (pending.bodySize === 0) this.#complete(pending);
  }

  body(channel: number, size: number, offset: number, bytes: Buffer, start: number, end: number): void {
    const pending = this.#contentOf(channel);
    if (offset === 0) this.#keepEnvelope(pending.raw, channel, size, bytes, start);
    if (pending.body.size + end - start > pending.bodySize) {
      throw frameError('4.2.6.2', 'a body is longer than its content header says');
    }
    this.#digest(pending, bytes, start, end);
    this.#keep(pending.body, bytes, start, end);
    this.#keep(pending.raw, bytes, start, end);
  }

  bodyEnd(channel: number, bytes: Buffer, end: number): void {
    const pending = this.#contentOf(channel);
    this.#keep(pending.raw, bytes, end, end + 1);
    if (pending.body.size === pending.bodySize) this.#complete(pending);
  }

  #pendingOn(channel: number): Pending | undefined {
    return this.#latest?.channel === channel ? this.#latest : this.#others.get(channel);
  }

  #contentOf(channel: number): Pending {
    const pending = this.#pendingOn(channel);
    if (!pending?.properties) throw unexpectedFrame(`a body on channel ${channel} without its content header`);
    return pending;
  }

  /** Keeps the seven bytes before a body frame's payload: where they lie, or, where that is gone, made anew. */
  #keepEnvelope(pieces: Pieces, channel: number, size: number, bytes: Buffer, start: number): void {
    const at = start - 7;
    const isThere =
      at >= 0 &&
      bytes[at] === FRAME.body &&
      bytes.readUInt16BE(at + 1) === channel &&
      bytes.readUInt32BE(at + 3) === size;
    if (isThere) this.#keep(pieces, bytes, at, start);
    else this.#keep(pieces, envelope(channel, size), 0, 7);
  }

  /** From the first part on that is not kept, a digest stands for the whole body. */
  #digest(pending: Pending, bytes: Buffer, start: number, end: number): void {
    const { body } = pending;
    if (end - start > this.#room(body)) pending.digest ??= digestFrom(body.whole());
    pending.digest?.add(bytes.subarray(start, end));
  }

  /** Keeps the bytes as far as the limits allow, and counts the rest. */
  #keep(pieces: Pieces, bytes: Buffer, start: number, end: number): void {
    this.#kept += pieces.add(bytes, start, end, this.#room(pieces));
  }

  #room(pieces: Pieces): number {
    return Math.min(KEEP_BYTES - pieces.kept, PENDING_MAX - this.#kept);
  }

  #complete(pending: Pending): void {
    if (pending === this.#latest) this.#latest = undefined;
    else this.#others.delete(pending.channel);
    this.#kept -= pending.body.kept + pending.raw.kept;
    const { channel, method, args, properties, bodySize } = pending;
    const digest = pending.digest?.value();
    const body = pending.body.whole();
    const content = digest ? { properties, bodySize, body, digest } : { properties, bodySize, body };
    this.#emit({ channel, method, args, content } as AmqpValue, pending.raw.whole(), pending.raw.size);
  }
}

function envelope(channel: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(7);
  bytes[0] = FRAME.body;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(size, 3);
  return bytes;
}
