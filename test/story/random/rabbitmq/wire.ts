/** One connection of a client, as a program drives it: through a tap in memory, or through a real one. */

import type { Ender } from '../../../../src/core/events.ts';
import type { Frame } from '../../../../src/protocols/protocol.ts';

/** Bytes that a client writes in one go: one frame. */
export interface Unit {
  readonly bytes: Buffer;
  /** The AMQP channel that they belong to. */
  readonly channel: number;
  /** Called with the frame's number when the server is about to read it: the publishes that may become messages then. */
  readonly publishes: (seq: number) => number[];
}

export interface Wire {
  /** Something is under way, in either direction. */
  readonly isBusy: boolean;
  readonly isClosed: boolean;
  write(unit: Unit): void;
  /** The server reads up to so many of what the client wrote, where that is for the program to say. */
  read(count: number): Promise<void>;
  /** What has come from the server by now. */
  hear(): Frame[];
  /** The client, or the tap, ends it. */
  end(by: Ender, how?: Ending): Promise<void>;
  /** The server notices an end that it did not notice at once. */
  notice(): Promise<void>;
}

/** How an end reaches the server, where that is for the program to say. */
export interface Ending {
  /** Nothing of what is under way to it gets there. */
  readonly unread?: boolean;
  /** It does not notice until it is told to. */
  readonly late?: boolean | undefined;
}

/** What a wire tells of itself. */
export interface WireEvents {
  /** The tap saw a frame; returns its number. */
  saw(frame: Frame): number;
  /** The server reads a unit now, by `read`; the tap saw it as that frame. */
  reads(unit: Unit, seq: number, read: () => void): void;
  /** The tap saw that both ends are closed. */
  closed(by: Ender): void;
  /** The server notices now, by `notice`. */
  notices(notice: () => void): void;
}
