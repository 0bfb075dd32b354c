/** When a queue was last used: one that nobody uses for as long as its x-expires says goes. https://www.rabbitmq.com/docs/ttl#queue-ttl */
import { LATE_MS } from './expiry.ts';

export class LastUse {
  /** Between these times, in ms of the run: between a request and what proved it. */
  #fromMs: number;
  #toMs: number;

  constructor(atMs: number) {
    this.#fromMs = atMs;
    this.#toMs = atMs;
  }

  at(fromMs: number, toMs: number): void {
    this.#fromMs = Math.max(this.#fromMs, fromMs);
    this.#toMs = Math.max(this.#toMs, toMs);
  }

  /** Whether it may be so long ago; `usedMs` is when somebody who consumes used it for certain. */
  mayBeOver(expiresMs: number, atMs: number, usedMs = 0): boolean {
    return Math.max(this.#fromMs, usedMs) + expiresMs - LATE_MS <= atMs;
  }

  /** Whether it is, where nobody consumes. */
  isOver(expiresMs: number, atMs: number): boolean {
    return this.#toMs + expiresMs + LATE_MS <= atMs;
  }
}
