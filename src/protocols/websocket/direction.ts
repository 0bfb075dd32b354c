/** Reads one direction of a WebSocket connection: frames, and the messages they make up (RFC 6455 §5.4). */

import { isUtf8 } from 'node:buffer';
import { present } from '../../core/collections/present.ts';
import { cut, digestIfCut, Kept, KeptBody, type KeptBytes } from '../_kept.ts';
import { byteAt } from '../byte-at.ts';
import { KEEP_BYTES, type Side } from '../protocol.ts';
import { type Inflation, MAX_INFLATED_BYTES, tooLarge } from './deflate.ts';
import {
  applyMask,
  type Header,
  headerBytes,
  MAX_HEADER_BYTES,
  OPCODES,
  parseClose,
  parseHeader,
  wsError,
} from './frame.ts';
import { notUtf8, Utf8Check } from './utf8.ts';
import type { MessageView, WebSocketValue } from './values.ts';

const NOTHING = Buffer.alloc(0);
const EMPTY: KeptBytes = { bytes: NOTHING, size: 0 };

/** Receives what has been read. */
export interface Sink {
  frame(header: Header, value: WebSocketValue, raw: Buffer, sizeBytes: number): void;
  /** Whether messages go to a carried protocol instead. */
  readonly carrying: boolean;
  /** Looks whether this first message belongs to a protocol that could be carried; if so, messages go there from now on. */
  recognise(start: Buffer): boolean;
  /** The next bytes of carried messages. */
  carry(data: Buffer): void;
}

/** The message that is being put together. */
interface Assembly {
  readonly type: 'text' | 'binary';
  readonly compressed: boolean;
  carried: boolean;
  /** All begin with the first piece that is taken: most messages lie in one piece and need none. */
  data: KeptBody | undefined;
  deflated: Kept | undefined;
  utf8: Utf8Check | undefined;
}

export class Direction {
  readonly #from: Side;
  readonly #sink: Sink;
  readonly #inflation: Inflation | undefined;
  readonly #partialHeader = new Kept(MAX_HEADER_BYTES);
  #header: Header | undefined;
  #key: Buffer | undefined;
  /** The wire bytes of the frame at hand, as far as they are kept. */
  readonly #wire = new Kept(KEEP_BYTES + MAX_HEADER_BYTES);
  #received = 0;
  #message: Assembly | undefined;
  #closed = false;

  constructor(from: Side, inflation: Inflation | undefined, sink: Sink) {
    this.#from = from;
    this.#inflation = inflation;
    this.#sink = sink;
  }

  /** Whether this side has said goodbye. */
  get closed(): boolean {
    return this.#closed;
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#header ? this.#readPayload(chunk, at) : this.#readHeader(chunk, at);
  }

  #readHeader(chunk: Buffer, at: number): number {
    const before = this.#partialHeader.size;
    const second = before > 1 ? this.#partialHeader.bytes[1] : chunk[at + 1 - before];
    const needed = second === undefined ? 2 : headerBytes(second);
    if (before === 0 && second !== undefined && chunk.length - at >= needed) {
      this.#begin(chunk, at);
      const end = at + needed + present(this.#header).payloadSize;
      if (end <= chunk.length) {
        this.#wholeFrame(chunk.subarray(at, end));
        return end;
      }
      this.#wire.add(chunk.subarray(at, at + needed));
      return at + needed;
    }
    const next = Math.min(chunk.length, at + needed - before);
    this.#partialHeader.add(chunk.subarray(at, next));
    const header = this.#partialHeader.bytes;
    if (header.length > 1 && header.length === headerBytes(byteAt(header, 1))) {
      this.#begin(header, 0);
      this.#wire.add(this.#partialHeader.take());
      if (present(this.#header).payloadSize === 0) this.#endFrame();
    }
    return next;
  }

  #begin(bytes: Buffer, at: number): void {
    const header = parseHeader(bytes, at);
    const keyAt = at + header.headerSize - 4;
    this.#check(header);
    this.#header = header;
    this.#key = header.masked ? Buffer.from(bytes.subarray(keyAt, keyAt + 4)) : undefined;
    this.#received = 0;
    if (header.opcode === OPCODES.text || header.opcode === OPCODES.binary) this.#beginMessage(header);
  }

  #check(header: Header): void {
    const { name, opcode, masked, rsv1, payloadSize } = header;
    if (masked !== (this.#from === 'client')) {
      throw wsError('RFC 6455 §5.1', masked ? 'a server masked a frame' : 'a client sent a frame without a mask');
    }
    const starts = opcode === OPCODES.text || opcode === OPCODES.binary;
    if (rsv1 && !(starts && this.#inflation)) {
      throw wsError('RFC 6455 §5.2', `RSV1 is set on a ${name} frame and nothing agreed on gives it a meaning`);
    }
    if (opcode >= OPCODES.close) return;
    if (this.#closed) throw wsError('RFC 6455 §5.5.1', `a ${name} frame after the close frame`);
    if (starts && this.#message) throw wsError('RFC 6455 §5.4', `a ${name} frame inside a fragmented message`);
    if (!starts && !this.#message) throw wsError('RFC 6455 §5.4', 'a continuation of nothing');
    // Last, since whatever breaks the protocol is the graver fault.
    if (payloadSize > Number.MAX_SAFE_INTEGER) {
      throw wsError('RFC 6455 §7.4.1', 'a frame too large to count', 1009);
    }
  }

  #beginMessage({ opcode, rsv1 }: Header): void {
    const type = opcode === OPCODES.text ? 'text' : 'binary';
    this.#message = {
      type,
      compressed: rsv1,
      carried: this.#sink.carrying,
      data: undefined,
      deflated: undefined,
      utf8: undefined,
    };
  }

  /** A frame that lies in one piece is not copied, but for its mask. */
  #wholeFrame(wire: Buffer): void {
    const { headerSize } = present(this.#header);
    const masked = wire.subarray(headerSize);
    const payload = this.#key ? applyMask(masked, this.#key) : masked;
    this.#received = payload.length;
    this.#finish(payload, payload, wire, wire.length);
  }

  #readPayload(chunk: Buffer, at: number): number {
    const header = present(this.#header);
    const next = Math.min(chunk.length, at + header.payloadSize - this.#received);
    const piece = chunk.subarray(at, next);
    this.#wire.add(piece);
    if (header.opcode < OPCODES.close) this.#addData(piece);
    this.#received += piece.length;
    if (this.#received === header.payloadSize) this.#endFrame();
    return next;
  }

  /** Data is taken as it comes, so that a frame of any size needs no room of its own. */
  #addData(piece: Buffer): void {
    const message = present(this.#message);
    this.#take(message, this.#key ? applyMask(piece, this.#key, this.#received) : piece);
  }

  #take(message: Assembly, piece: Buffer): void {
    if (message.compressed) {
      message.deflated ??= new Kept(MAX_INFLATED_BYTES);
      if (message.deflated.size + piece.length > MAX_INFLATED_BYTES) throw tooLarge();
      message.deflated.add(piece);
      return;
    }
    if (message.type === 'text') {
      message.utf8 ??= new Utf8Check();
      message.utf8.add(piece);
    }
    if (message.carried) this.#sink.carry(piece);
    else {
      message.data ??= new KeptBody();
      message.data.add(piece);
    }
  }

  #endFrame(): void {
    const sizeBytes = this.#wire.size;
    const wire = this.#wire.take();
    const masked = wire.subarray(present(this.#header).headerSize);
    const payload = this.#key ? applyMask(masked, this.#key) : masked;
    this.#finish(payload, undefined, wire, sizeBytes);
  }

  /** `data` is what the message has not taken yet: all of a frame that came in one piece. */
  #finish(payload: Buffer, data: Buffer | undefined, wire: Buffer, sizeBytes: number): void {
    const header = present(this.#header);
    this.#header = undefined;
    const { fin, opcode, rsv1, masked, payloadSize } = header;
    const raw = cut(wire);
    const view = { fin, opcode, rsv1, masked, payload: cut(payload), payloadSize };
    if (opcode < OPCODES.close) {
      const message = this.#finishData(header, data);
      if (message !== 'carried') this.#sink.frame(header, message ? { ...view, message } : view, raw, sizeBytes);
    } else if (opcode === OPCODES.close) {
      const close = parseClose(payload);
      this.#closed = true;
      this.#sink.frame(header, { ...view, close }, raw, sizeBytes);
    } else {
      this.#sink.frame(header, view, raw, sizeBytes);
    }
  }

  #finishData({ fin, opcode }: Header, data: Buffer | undefined): MessageView | 'carried' | undefined {
    const message = present(this.#message);
    const starts = opcode !== OPCODES.continuation;
    if (fin) this.#message = undefined;
    if (fin && starts && data) return this.#complete(message, data);
    if (data) this.#take(message, data);
    if (starts && !message.compressed && !message.carried) this.#recognise(message);
    if (!fin) return message.carried ? 'carried' : undefined;
    if (message.compressed) return this.#complete(message, message.deflated?.bytes ?? NOTHING);
    message.utf8?.end();
    if (message.carried) return 'carried';
    const { bytes: whole, ...rest } = message.data?.take() ?? EMPTY;
    return { type: message.type, data: whole, ...rest };
  }

  /** A message whose content nobody has looked at yet: it lay in one piece, or had to be inflated first. */
  #complete({ type, compressed, carried }: Assembly, data: Buffer): MessageView | 'carried' {
    if (compressed && data.length > MAX_INFLATED_BYTES) throw tooLarge();
    const content = compressed ? present(this.#inflation).inflate(data) : data;
    if (type === 'text' && !isUtf8(content)) throw notUtf8();
    if (carried || this.#sink.recognise(content)) {
      this.#sink.carry(content);
      return 'carried';
    }
    return { type, data: cut(content), size: content.length, ...digestIfCut(content) };
  }

  /** The first frame of the first message tells whether it is a carried protocol's; one that was cut is not asked. */
  #recognise(message: Assembly): void {
    const { data } = message;
    const whole = data !== undefined && data.size <= KEEP_BYTES;
    if (!this.#sink.recognise(whole ? data.bytes : NOTHING)) return;
    message.carried = true;
    this.#sink.carry(present(data).take().bytes);
  }
}
