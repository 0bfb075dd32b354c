/** Cuts a stream of bytes into STOMP frames, under any chunking and within limits. */
import { ProtocolError } from '../../core/errors.ts';
import { digestFrom, type RunningDigest } from '../_digest.ts';
import { Growing } from '../growing.ts';
import { KEEP_BYTES } from '../protocol.ts';
import { ContentLengthError } from './content-length-error.ts';
import type { StompHeader, StompValue, StompVersion } from './frame.ts';
import { parseHead } from './head.ts';

export interface StompLimits {
  /** The longest command and headers together, in bytes. */
  readonly headMax: number;
  readonly headersMax: number;
  /** The longest body that is accepted, in bytes. */
  readonly bodyMax: number;
  /** How much of a body is kept, in bytes; the rest is counted. */
  readonly bodyKeep: number;
}

export const STOMP_LIMITS: StompLimits = {
  headMax: 64 * 1024,
  headersMax: 1000,
  bodyMax: 64 * 1024 * 1024,
  bodyKeep: Number.POSITIVE_INFINITY,
};

/** Called for each frame when its NUL arrived. `raw` is cut at KEEP_BYTES; `value` and `raw` may alias the chunk. */
export type OnStompFrame = (value: StompValue, sizeBytes: number, raw: Buffer) => void;

const LF = 10;
const CR = 13;
const NUL = Buffer.of(0);
const NOTHING = Buffer.alloc(0);
const HEART_BEAT: StompValue = { command: 'heart-beat', headers: [], body: NOTHING, bodySize: 0 };

export class StompReader {
  /** How the escapes of the frames to come are read; CONNECT and CONNECTED have none in any version. */
  version: StompVersion = '1.2';
  readonly #limits: StompLimits;
  readonly #onFrame: OnStompFrame;
  #state: 'between' | 'head' | 'body' | 'end' = 'between';
  /** Set by a NUL: an end of line behind a frame belongs to it and is no heart-beat. */
  #justEnded = false;
  #carriageReturn = false;
  /** The head as far as earlier chunks held it, then the whole of it. */
  #held: Growing | undefined;
  #head: Buffer = NOTHING;
  #command = '';
  #headers: readonly StompHeader[] = [];
  #bodyLength: number | undefined;
  #bodySize = 0;
  /** The body where one chunk holds all of it; else what there is of it so far. */
  #body: Buffer = NOTHING;
  #bodyHeld: Growing | undefined;
  #digest: RunningDigest | undefined;
  /** Where the current frame begins in the current chunk, or -1 when that was in an earlier one. */
  #start = -1;

  constructor(onFrame: OnStompFrame, limits: Partial<StompLimits> = {}) {
    this.#onFrame = onFrame;
    this.#limits = { ...STOMP_LIMITS, ...limits };
  }

  /** Whether the stream stands between two frames. */
  get atRest(): boolean {
    return this.#state === 'between' && !this.#carriageReturn;
  }

  /** What is kept of a frame that is not complete, in bytes. */
  get heldBytes(): number {
    return (this.#state === 'head' ? this.#held?.length : this.#bodyHeld?.length) ?? 0;
  }

  /** Throws a ProtocolError when the bytes can't be frames; every frame before the fault has been told by then. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'between') at = this.#between(chunk, at);
      else if (this.#state === 'head') at = this.#readHead(chunk, at);
      else if (this.#state === 'body') at = this.#readBody(chunk, at);
      else at = this.#end(chunk, at);
    }
    if (this.#state !== 'between') this.#leaveChunk(chunk);
    this.#start = -1;
  }

  #between(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (byte === CR && !this.#carriageReturn) {
      this.#carriageReturn = true;
      return at + 1;
    }
    if (byte === LF) {
      const raw = this.#carriageReturn ? '\r\n' : '\n';
      this.#carriageReturn = false;
      if (this.#justEnded) this.#justEnded = false;
      else this.#onFrame(HEART_BEAT, raw.length, Buffer.from(raw));
      return at + 1;
    }
    if (this.#carriageReturn) throw malformed('a carriage return without a line feed between frames');
    this.#justEnded = false;
    this.#state = 'head';
    this.#start = at;
    this.#held = undefined;
    return at;
  }

  /** Looks for the empty line that ends the head. */
  #readHead(chunk: Buffer, at: number): number {
    const from = Math.max(this.#start, 0);
    for (let line = chunk.indexOf(LF, at); line >= 0; line = chunk.indexOf(LF, line + 1)) {
      if (!endsHead(this.#held?.view() ?? NOTHING, chunk, from, line)) continue;
      this.#head = chunk.subarray(from, line + 1);
      if (this.#held) {
        this.#held.append(this.#head);
        this.#head = this.#held.view();
      }
      this.#checkHead(this.#head.length);
      this.#begin(parseHead(this.#head, this.version, this.#limits.headersMax));
      return line + 1;
    }
    this.#checkHead((this.#held?.length ?? 0) + chunk.length - from);
    return chunk.length;
  }

  #checkHead(size: number): void {
    if (size > this.#limits.headMax) throw malformed(`command and headers longer than ${this.#limits.headMax} bytes`);
  }

  #begin(head: { command: string; headers: readonly StompHeader[]; bodyLength: number | undefined }): void {
    this.#command = head.command;
    this.#headers = head.headers;
    this.#bodyLength = head.bodyLength;
    this.#bodySize = 0;
    this.#body = NOTHING;
    this.#bodyHeld = undefined;
    this.#digest = undefined;
    this.#checkBody(head.bodyLength ?? 0);
    this.#state = head.bodyLength === 0 ? 'end' : 'body';
  }

  #readBody(chunk: Buffer, at: number): number {
    if (this.#bodyLength === undefined) {
      const nul = chunk.indexOf(0, at);
      const end = nul < 0 ? chunk.length : nul;
      this.#addBody(chunk, at, end);
      if (nul >= 0) this.#state = 'end';
      return end;
    }
    const end = Math.min(chunk.length, at + this.#bodyLength - this.#bodySize);
    this.#addBody(chunk, at, end);
    if (this.#bodySize === this.#bodyLength) this.#state = 'end';
    return end;
  }

  #addBody(chunk: Buffer, from: number, to: number): void {
    this.#bodySize += to - from;
    this.#checkBody(this.#bodySize);
    const kept = this.#bodyHeld?.view() ?? this.#body;
    const room = this.#limits.bodyKeep - kept.length;
    if (to - from > room) {
      this.#digest ??= digestFrom(kept);
      this.#digest.add(chunk.subarray(from, to));
    }
    const part = chunk.subarray(from, from + Math.min(to - from, room));
    if (this.#bodyHeld) this.#bodyHeld.append(part);
    else this.#body = part;
  }

  #checkBody(size: number): void {
    if (size > this.#limits.bodyMax) throw malformed(`a body longer than ${this.#limits.bodyMax} bytes`);
  }

  #end(chunk: Buffer, at: number): number {
    if (chunk[at] !== 0) throw new ContentLengthError('a body goes on where its content-length says that it ends');
    const body = this.#bodyHeld?.view() ?? this.#body;
    const size = this.#head.length + this.#bodySize + 1;
    const raw =
      this.#start >= 0
        ? chunk.subarray(this.#start, Math.min(at + 1, this.#start + KEEP_BYTES))
        : Buffer.concat([this.#head, body, NUL]).subarray(0, KEEP_BYTES);
    this.#state = 'between';
    this.#justEnded = true;
    this.#bodyHeld = undefined;
    const digest = this.#digest?.value();
    const value = { command: this.#command, headers: this.#headers, body, bodySize: this.#bodySize };
    this.#onFrame(digest === undefined ? value : { ...value, digest }, size, raw);
    return at + 1;
  }

  /** What has to outlive the chunk is copied: the caller may use its memory again. */
  #leaveChunk(chunk: Buffer): void {
    if (this.#state === 'head') {
      this.#held ??= new Growing();
      this.#held.append(chunk.subarray(Math.max(this.#start, 0)));
      return;
    }
    if (this.#bodyHeld) return;
    this.#head = Buffer.from(this.#head);
    this.#bodyHeld = new Growing();
    this.#bodyHeld.append(this.#body);
  }
}

/** Whether the line feed at `line` ends an empty line: what stands before it is a line feed, or one and a carriage return. */
function endsHead(held: Buffer, chunk: Buffer, from: number, line: number): boolean {
  const before = (back: number): number | undefined => {
    const at = line - back;
    return at >= from ? chunk[at] : held[held.length + at - from];
  };
  return before(1) === LF || (before(1) === CR && before(2) === LF);
}

function malformed(message: string): ProtocolError {
  return new ProtocolError(message, { clause: 'STOMP 1.2, Augmented BNF' });
}
