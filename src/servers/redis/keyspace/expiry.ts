/** Lets keys expire on time: one timer, for whichever key expires next. */
import type { Clock } from '../../../core/time/clock.ts';
import { type Deadline, ExpiryQueue } from './expiry-queue.ts';

/** So many keys expire before other work gets its turn. */
const BATCH = 500;

export class Expiry {
  readonly #queue = new ExpiryQueue();
  readonly #clock: Clock;
  readonly #due: () => void;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  #paused = false;
  #held = false;

  /** `due` is called when keys are due, and calls `expireDue`. */
  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** A key, or a part of its value, got a time to live. */
  add(deadline: Deadline): void {
    this.#queue.add(deadline);
    this.#arm();
  }

  /** Lets keys expire whose time was over before `now`, in Unix milliseconds. */
  expireDue(now: number): void {
    // To look for a key lets go what is over.
    for (const { db, key } of this.#queue.takeDue(now, BATCH)) db.find(key);
  }

  /** Whether what is over stays: it is not to be seen, but not let go either. */
  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  /** Lets nothing go until `release`. */
  hold(): void {
    this.#held = true;
    this.#disarm();
  }

  release(): void {
    this.#held = false;
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    const { next } = this.#queue;
    if (next === undefined || next >= this.#timerAt || this.#closed || this.#paused || this.#held) return;
    this.#cancelTimer?.();
    this.#timerAt = next;
    const delay = Math.max(0, next + 1 - this.#clock.wall());
    this.#cancelTimer = this.#clock.after(delay, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#due();
      this.#arm();
    });
  }
}
