/** What waits to be sent on one connection: gathered while bytes come in, written in one go. */
import type { Duplex } from 'node:stream';

/** Deliveries stop while more than this waits, in bytes. */
const CONGESTED = 512 * 1024;
/** Nothing is read from a client any more while more than this waits: it asks and does not listen. */
const OVERFULL = 8 * 1024 * 1024;

export interface OutboxSource {
  /** Bytes gathered and not yet taken. */
  readonly size: number;
  take(): Buffer[];
}

export interface OutboxEvents {
  /** Called before what was gathered is written; may gather more. */
  beforeWrite(): void;
  /** Deliveries were held back, and need not be any more. */
  relieved(): void;
}

export class Outbox {
  readonly #stream: Duplex;
  readonly #source: OutboxSource;
  readonly #events: OutboxEvents;
  #isScheduled = false;
  #heldBack = false;

  constructor(stream: Duplex, source: OutboxSource, events: OutboxEvents) {
    this.#stream = stream;
    this.#source = source;
    this.#events = events;
    stream.on('drain', () => this.#relieve());
  }

  /** Whether there is room for another delivery; whoever is told no is called when there is. */
  get canTake(): boolean {
    if (this.#source.size + this.#stream.writableLength < CONGESTED) return true;
    this.#heldBack = true;
    return false;
  }

  get isOverfull(): boolean {
    return this.#source.size + this.#stream.writableLength > OVERFULL;
  }

  /** Sees to it that what was gathered is written when the current work is done. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    this.#isScheduled = false;
    if (this.#stream.destroyed || this.#stream.writableEnded) {
      this.#source.take();
      return;
    }
    this.#events.beforeWrite();
    const parts = this.#source.take();
    if (parts.length === 1) this.#stream.write(parts[0]);
    else if (parts.length > 1) {
      this.#stream.cork();
      for (const part of parts) this.#stream.write(part);
      this.#stream.uncork();
    }
    // Where the stream took everything, no drain will come.
    if (this.#heldBack && !this.#stream.writableNeedDrain) setImmediate(() => this.#relieve());
  }

  #relieve(): void {
    if (this.#stream.destroyed) return;
    this.#heldBack = false;
    this.#events.relieved();
  }
}
