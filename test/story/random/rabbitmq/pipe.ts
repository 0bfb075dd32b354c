/** The server's end of a connection without a socket: what it is given arrives at once, and what it says is handed on. */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

export interface PipeEvents {
  said(bytes: Buffer): void;
  /** The server says no more. */
  ended(): void;
}

/** As much of a stream as the server uses. */
export class Pipe extends EventEmitter {
  readonly #events: PipeEvents;
  destroyed = false;
  writableEnded = false;
  readonly writableLength = 0;
  readonly writableNeedDrain = false;

  constructor(events: PipeEvents) {
    super();
    this.#events = events;
  }

  get stream(): Duplex {
    return this as unknown as Duplex;
  }

  /** The server gets these bytes now. */
  give(bytes: Buffer): void {
    if (!this.destroyed) this.emit('data', bytes);
  }

  cork(): void {}

  uncork(): void {}

  pause(): void {}

  resume(): void {}

  write(bytes: Buffer): boolean {
    if (!this.writableEnded && !this.destroyed) this.#events.said(bytes);
    return true;
  }

  end(): void {
    if (this.writableEnded) return;
    this.writableEnded = true;
    this.#events.ended();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.end();
    this.emit('close');
  }
}
