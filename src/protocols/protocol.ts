/** The contract of a protocol folder: what the tap needs in order to read somebody else's bytes. */
import type { Phase, Side } from '../core/events.ts';
import type { Json } from '../core/json.ts';

export type { Phase, Side };

/**
 * One decoded protocol unit.
 *
 * `value` is the protocol's own typed view. It may alias `raw`, which may alias the chunk it was read from; whoever
 * keeps a frame beyond the current turn copies what it needs.
 */
export interface Frame<Value = unknown> {
  readonly protocol: string;
  readonly from: Side;
  readonly phase: Phase;
  /** The protocol's own word for the unit: `basic.publish`, `SET`, `MESSAGE`, `text`, `GET /events`. */
  readonly name: string;
  /** Bytes on the wire, this protocol's envelope included. */
  readonly sizeBytes: number;
  /** The bytes themselves, cut at KEEP_BYTES; `sizeBytes` tells the whole. */
  readonly raw: Buffer;
  readonly value: Value;
}

/** The longest body, in bytes, that a conversation keeps of one frame; a longer one is counted and cut. */
export const KEEP_BYTES = 64 * 1024;

/** How one frame is told to a person (`summary`, without the name, in one line) and to a program (`fields`). */
export interface Description {
  readonly summary: string;
  readonly fields: { [key: string]: Json };
  /** The frame holds a secret, which summary and fields leave out: its bytes must not be shown. */
  readonly secret?: boolean;
}

/**
 * Reads along with one connection, both directions. It is pure: no socket, no timer, no clock.
 *
 * `push` throws a ProtocolError when a direction breaks the specification; after that the caller gives this
 * conversation no more bytes of that direction. Every frame before the fault has been emitted by then.
 * What a conversation holds between calls is bounded, whatever it is fed.
 */
export interface Conversation {
  push(from: Side, chunk: Buffer): void;
  /** That side will send no more; emits what only the end of the stream completes. */
  end(from: Side): void;
  /** That side will send no more because the connection broke: emits what there was of what is not complete. Never throws. */
  cut?(from: Side): void;
}

/** What both sides agreed on before a carried protocol began: the headers of an HTTP upgrade, names in lower case. */
export interface Handshake {
  readonly request: ReadonlyMap<string, string>;
  readonly response: ReadonlyMap<string, string>;
}

export interface Converse {
  /** Called for each frame, in the order in which their last byte arrived. */
  readonly emit: (frame: Frame) => void;
  /**
   * Opens the conversation of a protocol carried inside this one: `websocket` after an HTTP upgrade, `stomp` inside
   * WebSocket. Protocols don't know each other; the caller does.
   */
  readonly carry?: (protocol: string, handshake: Handshake) => Conversation | undefined;
  /** What this protocol was carried by, where it was. */
  readonly handshake?: Handshake;
}

/** A protocol that can be read off the wire. The default export of `protocols/<name>/index.ts`. */
export interface Protocol {
  readonly name: string;
  /** Starts reading one connection. */
  converse(options: Converse): Conversation;
  /** Tells a frame that this protocol emitted. Never throws, and never tells a secret (a password, a token). */
  describe(frame: Frame): Description;
}
