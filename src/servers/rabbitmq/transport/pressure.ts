/** Who has to wait: deliveries for a client that does not keep up, and a client that asks for more than it takes. */
import type { Wire } from './wire.ts';

/** Deliveries stop while so much waits to be sent, in bytes. */
const CONGESTED = 512 * 1024;
/** Nothing is read from a client any more while more than this waits: it asks and does not listen. */
const OVERFULL = 8 * 1024 * 1024;

/** What a connection decides, and has to know. */
export interface PressureOwner {
  /** Whether its client may go on sending, as far as memory goes. */
  readonly mayRead: boolean;
  /** Deliveries were held back, and need not be any more. */
  relieved(): void;
}

export class Pressure {
  readonly #wire: Wire;
  readonly #gathered: { readonly size: number };
  readonly #owner: PressureOwner;
  #hasHeldBack = false;
  #isPaused = false;

  /** `gathered` is what waits to be written, beside what the wire holds. */
  constructor(wire: Wire, gathered: { readonly size: number }, owner: PressureOwner) {
    this.#wire = wire;
    this.#gathered = gathered;
    this.#owner = owner;
  }

  /** Whether there is room for another delivery; whoever is told no is relieved when there is. */
  get canTake(): boolean {
    if (this.#waitingBytes < CONGESTED) return true;
    this.#hasHeldBack = true;
    return false;
  }

  /** Whether somebody waits for something to leave. */
  get isFelt(): boolean {
    return this.#hasHeldBack || this.#isPaused;
  }

  /** Stops reading or reads on: called when something was received, and when what stood against reading is over. */
  regulate(): void {
    const isPaused = !this.#owner.mayRead || this.#waitingBytes > OVERFULL;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#wire.pause();
    else this.#wire.resume();
  }

  /** Something has left. */
  relieve(): void {
    if (!this.isFelt || !this.#wire.isOpen || this.#waitingBytes >= CONGESTED) return;
    this.regulate();
    if (!this.#hasHeldBack) return;
    this.#hasHeldBack = false;
    this.#owner.relieved();
  }

  get #waitingBytes(): number {
    return this.#gathered.size + this.#wire.bufferedBytes;
  }
}
