/** CLIENT PAUSE: holds commands back until its time is up. https://redis.io/docs/latest/commands/client-pause/ */
import type { Clock } from '../../../core/time/clock.ts';
import type { Clients } from '../clients/clients.ts';

export class Pause {
  readonly #clock: Clock;
  readonly #clients: Clients;
  #current: { readonly until: number; readonly writesOnly: boolean; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, clients: Clients) {
    this.#clock = clock;
    this.#clients = clients;
  }

  /** Holds commands back, or only those that write, for some milliseconds; never for less than it was told before. */
  begin(delayMs: number, writesOnly: boolean): void {
    const { now } = this.#clients.keyspace;
    const until = Math.max(now + delayMs, this.#current?.until ?? 0);
    this.#current?.cancel();
    this.#clients.keyspace.expiry.pause();
    const cancel = this.#clock.after(until - now, () => this.end());
    this.#current = { until, writesOnly, cancel };
  }

  get active(): boolean {
    return this.#current !== undefined;
  }

  /** Whether a command has to wait, given whether it writes. */
  holds(write: boolean): boolean {
    return this.#current !== undefined && (write || !this.#current.writesOnly);
  }

  /** Lets held commands go on. */
  end(): void {
    this.#current?.cancel();
    this.#current = undefined;
    const { blocking, expiry } = this.#clients.keyspace;
    expiry.resume();
    for (const session of this.#clients.sessions.values()) {
      const { blocked } = session;
      if (blocked?.kind !== 'pause') continue;
      blocking.forget(session);
      try {
        blocked.retry();
      } catch (error) {
        session.connection?.fail(error);
      }
    }
  }

  close(): void {
    this.#current?.cancel();
  }
}
