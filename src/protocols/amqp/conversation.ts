/** Reads along with an AMQP connection: one frame per method, with the content that belongs to it. */
import type { Conversation, Converse, Frame, Phase, Side } from '../protocol.ts';
import { KEEP_BYTES } from '../protocol.ts';
import { decoderOf } from './compile.ts';
import { FRAME, FRAME_OVERHEAD } from './encode.ts';
import { frameError, syntaxError, unexpectedFrame, unknownMethod } from './faults.ts';
import type { AmqpValue } from './frame.ts';
import { type AmqpArgs, type AmqpMethodName, carriesContent, methodById } from './methods.ts';
import { type AmqpProperties, decodeProperties } from './properties.ts';
import { FrameReader, type FrameSink } from './reader.ts';

/** The most bytes of unfinished content that one direction keeps, however many channels it spreads them over. */
const PENDING_MAX = 8 * 1024 * 1024;

export class AmqpConversation implements Conversation {
  readonly #sides: Record<Side, Direction>;
  readonly #emit: (frame: Frame<AmqpValue>) => void;
  #phase: Phase = 'opening';

  constructor(options: Converse) {
    this.#emit = options.emit;
    this.#sides = {
      client: new Direction('must', (...unit) => this.#tell('client', ...unit)),
      server: new Direction('may', (...unit) => this.#tell('server', ...unit)),
    };
  }

  push(from: Side, chunk: Buffer): void {
    this.#sides[from].reader.push(chunk);
  }

  end(from: Side): void {
    this.#sides[from].end();
  }

  #tell(from: Side, value: AmqpValue, raw: Buffer, sizeBytes: number): void {
    if (value.method === 'connection.close') this.#phase = 'closing';
    this.#emit({ protocol: 'amqp', from, phase: this.#phase, name: value.method, sizeBytes, raw, value });
    if (value.method === 'connection.open-ok') this.#phase = 'open';
    if (value.method === 'connection.tune-ok') {
      this.#sides.client.reader.frameMax = value.args.frameMax;
      this.#sides.server.reader.frameMax = value.args.frameMax;
    }
  }
}

type Emit = (value: AmqpValue, raw: Buffer, sizeBytes: number) => void;

/** A method whose content has not arrived in full. */
interface Pending {
  readonly method: AmqpMethodName;
  readonly args: AmqpArgs[AmqpMethodName];
  properties: AmqpProperties | undefined;
  bodySize: number;
  received: number;
  readonly body: Pieces;
  readonly raw: Pieces;
}

class Direction implements FrameSink {
  readonly reader: FrameReader;
  readonly #emit: Emit;
  readonly #pending = new Map<number, Pending>();
  #kept = 0;

  constructor(header: 'must' | 'may', emit: Emit) {
    this.#emit = emit;
    this.reader = new FrameReader(this, { header, frameMax: 0 });
  }

  end(): void {
    if (!this.reader.atRest) throw frameError('4.2.3', 'the connection ended within a frame');
  }

  protocolHeader(header: Buffer): void {
    const version = [...header.subarray(header[4] === 0 ? 5 : 4)].join('-');
    this.#emit({ channel: 0, method: 'protocol-header', args: { version } }, copy(header), header.length);
  }

  frame(type: number, channel: number, bytes: Buffer, start: number, end: number): void {
    const raw = bytes.subarray(start - 7, end + 1);
    if (type === FRAME.method) this.#method(channel, raw);
    else if (type === FRAME.header) this.#header(channel, raw);
    else if (end > start) throw frameError('4.2.7', 'a heartbeat has no payload');
    else this.#emit({ channel: 0, method: 'heartbeat', args: {} }, copy(raw), raw.length);
  }

  #method(channel: number, raw: Buffer): void {
    if (this.#pending.has(channel))
      throw unexpectedFrame(`a method on channel ${channel}, whose content is not complete`);
    if (raw.length < FRAME_OVERHEAD + 4) throw syntaxError('4.2.4', 'a method frame has no method');
    const method = methodById(raw.readUInt32BE(7));
    if (method === undefined) throw unknownMethod(raw.readUInt16BE(7), raw.readUInt16BE(9));
    // The reader may use its bytes again, and arguments may point into them.
    const kept = copy(raw);
    const args = decoderOf(method)(kept, 11, kept.length - 1);
    if (!carriesContent(method)) {
      this.#emit({ channel, method, args } as AmqpValue, cut(kept), raw.length);
      return;
    }
    const pending = {
      method,
      args,
      properties: undefined,
      bodySize: 0,
      received: 0,
      body: new Pieces(),
      raw: new Pieces(),
    };
    this.#pending.set(channel, pending);
    this.#keep(pending.raw, kept);
  }

  #header(channel: number, raw: Buffer): void {
    const pending = this.#pending.get(channel);
    if (!pending || pending.properties)
      throw unexpectedFrame(`a content header on channel ${channel} without its method`);
    if (raw.length < FRAME_OVERHEAD + 14) throw syntaxError('4.2.6.1', 'a content header is too short');
    if (raw.readUInt16BE(7) !== 60) throw frameError('4.2.6.1', 'a content header of another class than its method');
    const kept = copy(raw);
    pending.properties = decodeProperties(kept, 19, kept.length - 1);
    pending.bodySize = raw.readUInt32BE(11) * 0x1_0000_0000 + raw.readUInt32BE(15);
    this.#keep(pending.raw, kept);
    if (pending.bodySize === 0) this.#complete(channel, pending);
  }

  body(channel: number, size: number, offset: number, bytes: Buffer, start: number, end: number): void {
    const pending = this.#pending.get(channel);
    if (!pending?.properties) throw unexpectedFrame(`a body on channel ${channel} without its content header`);
    if (offset === 0) this.#keep(pending.raw, envelope(channel, size));
    pending.received += end - start;
    if (pending.received > pending.bodySize)
      throw frameError('4.2.6.2', 'a body is longer than its content header says');
    const part = bytes.subarray(start, end);
    this.#keep(pending.body, part);
    this.#keep(pending.raw, part);
  }

  bodyEnd(channel: number): void {
    const pending = this.#pending.get(channel);
    if (!pending?.properties) throw unexpectedFrame(`a body on channel ${channel} without its content header`);
    this.#keep(pending.raw, END);
    if (pending.received === pending.bodySize) this.#complete(channel, pending);
  }

  /** Keeps a copy of the bytes as far as the limits allow, and counts the rest. */
  #keep(pieces: Pieces, bytes: Buffer): void {
    this.#kept += pieces.add(bytes, Math.min(KEEP_BYTES - pieces.kept, PENDING_MAX - this.#kept));
  }

  #complete(channel: number, pending: Pending): void {
    this.#pending.delete(channel);
    this.#kept -= pending.body.kept + pending.raw.kept;
    const { method, args, properties, bodySize } = pending;
    const content = { properties, bodySize, body: pending.body.whole() };
    this.#emit({ channel, method, args, content } as AmqpValue, pending.raw.whole(), pending.raw.size);
  }
}

/** Bytes that arrive in pieces. */
class Pieces {
  size = 0;
  kept = 0;
  readonly #parts: Buffer[] = [];

  /** Counts all of `bytes`, keeps up to `most` of them, and tells how many it kept. */
  add(bytes: Buffer, most: number): number {
    this.size += bytes.length;
    const kept = Math.max(0, Math.min(bytes.length, most));
    if (kept > 0) this.#parts.push(Buffer.from(bytes.subarray(0, kept)));
    this.kept += kept;
    return kept;
  }

  whole(): Buffer {
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
  }
}

const END = Buffer.of(0xce);

function envelope(channel: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(7);
  bytes[0] = FRAME.body;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(size, 3);
  return bytes;
}

const copy = (bytes: Buffer): Buffer => Buffer.from(bytes);
const cut = (bytes: Buffer): Buffer => (bytes.length > KEEP_BYTES ? bytes.subarray(0, KEEP_BYTES) : bytes);
