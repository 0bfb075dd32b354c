/** What waits to be sent on one connection: gathered while bytes come in, written in one go. */
import { contained } from '../../contain.ts';
import { Pressure, type PressureOwner } from './pressure.ts';
import type { Wire } from './wire.ts';

export interface OutboxSource {
  /** Bytes gathered and not yet taken. */
  readonly size: number;
  take(): Buffer[];
}

export interface OutboxOwner extends PressureOwner {
  /** Called before what was gathered is written; may gather more. */
  beforeWrite(): void;
  /** Something went wrong that nobody foresaw: ends the connection. */
  failed(error: unknown): void;
}

export class Outbox {
  readonly pressure: Pressure;
  readonly #wire: Wire;
  readonly #source: OutboxSource;
  readonly #owner: OutboxOwner;
  readonly #flushLater: () => void;
  readonly #relieveLater: () => void;
  #isScheduled = false;

  constructor(wire: Wire, source: OutboxSource, owner: OutboxOwner) {
    this.pressure = new Pressure(wire, source, owner);
    this.#wire = wire;
    this.#source = source;
    this.#owner = owner;
    const failed = (error: unknown) => owner.failed(error);
    this.#flushLater = contained(() => this.flush(), failed);
    this.#relieveLater = contained(() => this.pressure.relieve(), failed);
  }

  /** Sees to it that what was gathered is written when the current work is done. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#flushLater);
  }

  flush(): void {
    this.#isScheduled = false;
    if (!this.#wire.isOpen) {
      this.#source.take();
      return;
    }
    this.#owner.beforeWrite();
    const parts = this.#source.take();
    if (parts.length > 0) this.#wire.write(parts);
    // Where the wire took everything, it will not tell.
    if (this.pressure.isFelt && !this.#wire.willDrain) setImmediate(this.#relieveLater);
  }
}
