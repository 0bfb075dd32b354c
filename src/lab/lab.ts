/** The lab of one run: what a scenario sees of it. */
import type { Endpoint } from '../backends/backend.ts';
import type { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import type { TableEvent } from '../core/events.ts';
import type { Pressure } from '../core/pressure.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { redactText } from '../core/urls.ts';
import type { Traffic } from '../tap/tap.ts';
import type { Peers } from './peers.ts';
import type { Lab } from './scenario.ts';
import type { Trace } from './trace.ts';

/** A promise of the scenario did not come true in time; its check is in the trace already. */
export class Unmet extends Error {}

export interface LabOptions {
  readonly trace: Trace;
  readonly peers: Peers;
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  readonly cleanups: Cleanups;
  /** Put before every name; empty on servers of the run's own. */
  readonly prefix: string;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly pressure?: Pressure | undefined;
}

/** How often a condition is looked at again, in ms. */
const LOOK_AGAIN_MS = 2;

export class RunningLab implements Lab {
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly #options: LabOptions;
  #failed = 0;

  constructor(options: LabOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.random = options.random;
  }

  /** How many checks did not hold so far. */
  get failedChecks(): number {
    return this.#failed;
  }

  url(service: Service, peer: string): Promise<string> {
    this.signal.throwIfAborted();
    return this.#options.peers.url(service, peer);
  }

  name(base: string): string {
    return `${this.#options.prefix}${base}`;
  }

  defer(action: () => unknown): void {
    this.#options.cleanups.add(action);
  }

  step(text: string): void {
    this.#options.trace.tell({ type: 'step', text: redactText(text) });
  }

  note(text: string, peer?: string): void {
    this.#options.trace.tell({ type: 'note', text: redactText(text), ...(peer === undefined ? {} : { peer }) });
  }

  check(title: string, passed: boolean, detail?: string): void {
    if (!passed) this.#failed++;
    this.#options.trace.tell({
      type: 'check',
      title,
      passed,
      ...(detail === undefined ? {} : { detail: redactText(detail) }),
    });
  }

  table(table: Omit<TableEvent, 'type'>): void {
    this.#options.trace.tell({ type: 'table', ...table });
  }

  async until(what: string, condition: () => boolean, withinMs = 10_000): Promise<void> {
    // While a slow reader holds the run back, nothing that is waited for can happen.
    const heldMs = (): number => this.#options.pressure?.heldMs ?? 0;
    const deadline = this.now() - heldMs() + withinMs;
    while (!condition()) {
      if (this.now() - heldMs() > deadline) {
        this.check(what, false, `not within ${withinMs / 1000} s`);
        throw new Unmet(what);
      }
      await this.sleep(LOOK_AGAIN_MS);
    }
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(this.signal.reason);
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', stop);
        resolve();
      }, durationMs);
      if (this.signal.aborted) stop();
      else this.signal.addEventListener('abort', stop, { once: true });
    });
  }

  cut(peer: string): void {
    this.#options.peers.cut(peer);
  }

  async restart(service: Service): Promise<void> {
    const endpoint = this.#options.endpoints.get(service);
    if (!endpoint?.restart) {
      const title = SERVICE_TITLES[service];
      throw new BackendError(`This run can't restart ${title}: it did not start it.`, {
        hint: `Use --backend ${service}=embedded or ${service}=local.`,
      });
    }
    await this.#options.peers.restart(service, () => endpoint.restart!());
  }

  traffic(peer: string): Traffic {
    return this.#options.peers.traffic(peer);
  }

  now(): number {
    return this.#options.trace.now();
  }
}
