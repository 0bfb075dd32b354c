/** Lets keys expire on time: one timer, for whichever key expires next. */
import type { Clock } from '../../../core/clock.ts';
import type { Value } from '../values/value.ts';
import type { Database } from './database.ts';
import { ExpiryQueue } from './expiry-queue.ts';

/** So many keys expire before other work gets its turn. */
const BATCH = 500;

export class Expiry {
  readonly #queue: ExpiryQueue;
  readonly #clock: Clock;
  readonly #due: () => void;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  /** `due` is called when keys are due, and calls `expireDue`. `live` answers how many keys expire. */
  constructor(clock: Clock, live: () => number, due: () => void) {
    this.#clock = clock;
    this.#queue = new ExpiryQueue(live);
    this.#due = due;
  }

  /** A key got a time to live. */
  add(db: Database, key: string, value: Value): void {
    this.#queue.add(db, key, value);
    this.#arm();
  }

  /** Lets keys expire whose time was over before `now`, in Unix milliseconds. */
  expireDue(now: number): void {
    for (const { db, key } of this.#queue.takeDue(now, BATCH)) db.expire(key);
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
  }

  #arm(): void {
    const { next } = this.#queue;
    if (next === undefined || next >= this.#timerAt || this.#closed) return;
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
