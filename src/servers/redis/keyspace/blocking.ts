/** Who waits, and who is served first when a key is ready: those who have waited longest. */
import type { Clock } from '../../../core/time/clock.ts';
import { ReplyError } from '../errors.ts';
import type { Database } from './database.ts';
import type { Blocked, KeyWait, Waiter } from './waiter.ts';

export class Blocking {
  readonly #clock: Clock;
  #ready: { db: Database; key: string }[] = [];
  #readySet = new Set<string>();
  /** How many clients wait, for whatever. */
  count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Makes a client wait for keys. `timeoutMs` of 0 is for ever. */
  block(waiter: Waiter, db: Database, wait: KeyWait, timeoutMs: number): void {
    const cancelTimer =
      timeoutMs > 0 ? this.#clock.after(timeoutMs, () => this.#release(waiter, () => wait.timeout())) : undefined;
    this.hold(waiter, { kind: 'keys', db, cancelTimer, ...wait });
    for (const key of wait.keys) {
      let waiting = db.waiting.get(key);
      if (waiting === undefined) {
        waiting = new Set();
        db.waiting.set(key, waiting);
      }
      waiting.add(waiter);
    }
  }

  /** Makes a client wait until `forget`. */
  hold(waiter: Waiter, blocked: Blocked): void {
    waiter.blocked = blocked;
    this.count++;
  }

  ready(db: Database, key: string): void {
    const name = `${db.index}:${key}`;
    if (this.#readySet.has(name)) return;
    this.#readySet.add(name);
    this.#ready.push({ db, key });
  }

  /** Serves whoever can be served; to be called when no command is running. */
  serve(): void {
    while (this.#ready.length > 0) {
      const ready = this.#ready;
      this.#ready = [];
      this.#readySet.clear();
      for (const { db, key } of ready) {
        for (const waiter of [...(db.waiting.get(key) ?? [])]) {
          if (waiter.blocked?.kind === 'keys' && this.#served(waiter, waiter.blocked, key)) this.#release(waiter);
        }
      }
    }
  }

  #served(waiter: Waiter, wait: KeyWait, key: string): boolean {
    try {
      return wait.serve(key);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      waiter.error(error.message);
      return true;
    }
  }

  /** Ends a wait for keys: as if its time were up, or with an error. False where the client waits for none. */
  unblock(waiter: Waiter, error?: string): boolean {
    const { blocked } = waiter;
    if (blocked?.kind !== 'keys') return false;
    this.#release(waiter, () => (error === undefined ? blocked.timeout() : waiter.error(error)));
    return true;
  }

  /** Ends the wait of a client, for whatever, without an answer. */
  forget(waiter: Waiter): void {
    const { blocked } = waiter;
    if (blocked === undefined) return;
    waiter.blocked = undefined;
    this.count--;
    if (blocked.kind !== 'keys') return;
    blocked.cancelTimer?.();
    for (const key of blocked.keys) {
      const waiting = blocked.db.waiting.get(key);
      waiting?.delete(waiter);
      if (waiting?.size === 0) blocked.db.waiting.delete(key);
    }
  }

  #release(waiter: Waiter, reply?: () => void): void {
    reply?.();
    this.forget(waiter);
    waiter.resume();
  }
}
