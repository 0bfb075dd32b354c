/** Heartbeats (AMQP 0-9-1 §4.2.7): says that we are there, and notices when the client no longer is. */
import type { Clock } from '../../core/clock.ts';

export class Heartbeat {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #beat: () => void;
  readonly #lost: () => void;
  #stop: () => void;
  #hasSent = false;
  #silent = 0;

  /** `seconds` as the client asked for them. `beat` is called when nothing was sent for half of that time. */
  constructor(clock: Clock, seconds: number, beat: () => void, lost: () => void) {
    this.#clock = clock;
    this.#everyMs = (seconds * 1000) / 2;
    this.#beat = beat;
    this.#lost = lost;
    this.#stop = clock.after(this.#everyMs, () => this.#tick());
  }

  sent(): void {
    this.#hasSent = true;
  }

  received(): void {
    this.#silent = 0;
  }

  stop(): void {
    this.#stop();
  }

  /** A client is lost that was silent for twice the agreed time. */
  #tick(): void {
    this.#silent += 1;
    if (this.#silent > 4) {
      this.#lost();
      return;
    }
    if (!this.#hasSent) this.#beat();
    this.#hasSent = false;
    this.#stop = this.#clock.after(this.#everyMs, () => this.#tick());
  }
}
