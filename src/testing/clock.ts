/** The clock of a lab: it goes on by itself, and can be moved forward. */

import { UsageError } from '../core/errors.ts';
import { type Clock, systemClock, wallMicros } from '../core/time/clock.ts';

interface Timer {
  /** By this clock. */
  readonly dueAt: number;
  readonly action: () => void;
  /** Stops waiting by the system's clock. */
  stop: () => void;
}

export class MovableClock implements Clock {
  readonly steady = systemClock;
  readonly #timers = new Set<Timer>();
  #offsetMs = 0;

  now(): number {
    return systemClock.now() + this.#offsetMs;
  }

  wall(): number {
    return systemClock.wall() + this.#offsetMs;
  }

  wallMicros(): number {
    return wallMicros(systemClock) + Math.round(this.#offsetMs * 1000);
  }

  after(delayMs: number, action: () => void): () => void {
    const timer: Timer = { dueAt: this.now() + delayMs, action, stop: () => {} };
    this.#timers.add(timer);
    this.#await(timer);
    return () => this.#cancel(timer);
  }

  /**
   * Moves the clock by so many ms. What is due meanwhile happens in its order; `settle` is awaited after each such time
   * and at the end, for what follows from it.
   */
  async advance(ms: number, settle: () => Promise<unknown>): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new UsageError(`A clock is moved forward, by a number of ms from 0 up, not by ${ms}.`);
    }
    await settle();
    let leftMs = ms;
    for (let next = this.#next(leftMs); next; next = this.#next(leftMs)) {
      const waitMs = Math.max(0, next.dueAt - this.now());
      this.#offsetMs += waitMs;
      leftMs -= waitMs;
      for (const timer of this.#due()) {
        this.#cancel(timer);
        timer.action();
      }
      await settle();
    }
    this.#offsetMs += leftMs;
    for (const timer of this.#timers) this.#await(timer);
    await settle();
  }

  /** The timer that is due first, if it is within so many ms. */
  #next(withinMs: number): Timer | undefined {
    const end = this.now() + withinMs;
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.dueAt <= end && timer.dueAt < (first?.dueAt ?? Infinity)) first = timer;
    return first;
  }

  #due(): Timer[] {
    const now = this.now();
    return [...this.#timers].filter(({ dueAt }) => dueAt <= now).sort((one, other) => one.dueAt - other.dueAt);
  }

  #await(timer: Timer): void {
    timer.stop();
    timer.stop = systemClock.after(Math.max(0, timer.dueAt - this.now()), () => {
      this.#timers.delete(timer);
      timer.action();
    });
  }

  #cancel(timer: Timer): void {
    timer.stop();
    this.#timers.delete(timer);
  }
}
