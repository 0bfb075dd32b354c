/**
 * When a queue looks anew for what has expired. What set it may be gone by then: it rings nevertheless, and finds what
 * has expired meanwhile.
 */
import type { Clock } from '../../../core/time/clock.ts';

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings then, unless it rings sooner anyway. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#stop?.();
    this.#at = at;
    this.#stop = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  stop(): void {
    this.#stop?.();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
