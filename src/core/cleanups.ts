import { within } from './time/patience.ts';

interface Cleanup {
  readonly action: () => unknown;
  readonly limitMs: number;
}

/** What has to be undone, in reverse order, whatever happened in between. */
export class Cleanups {
  readonly #limitMs: number;
  readonly #actions: Cleanup[] = [];
  #running: Promise<void> | undefined;

  /** `limitMs`: how long one action may take before the next one gets its turn. */
  constructor(limitMs = Number.POSITIVE_INFINITY) {
    this.#limitMs = limitMs;
  }

  /** Remembers an action; when the cleanup has already begun, it runs at once so that nothing is left behind. */
  add(action: () => unknown, limitMs = this.#limitMs): void {
    if (this.#running) this.#running = this.#running.then(() => this.#drain([{ action, limitMs }]));
    else this.#actions.push({ action, limitMs });
  }

  /**
   * Runs every action, last one first, each after the one before has settled. A failing action does not keep the
   * others from running; at the end the failures are thrown: one as it is, several as an AggregateError.
   */
  run(): Promise<void> {
    this.#running ??= this.#drain(this.#actions);
    return this.#running;
  }

  async #drain(cleanups: Cleanup[]): Promise<void> {
    const failures: unknown[] = [];
    for (let next = cleanups.pop(); next; next = cleanups.pop()) {
      try {
        await within(next.limitMs, next.action());
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures);
  }
}
