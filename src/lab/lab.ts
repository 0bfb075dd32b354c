/** The lab of one run: what a scenario sees of it. */
import type { Endpoint } from '../backends/backend.ts';
import type { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import type { EventBody, TableEvent } from '../core/events.ts';
import type { Pressure } from '../core/pressure.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { redactText } from '../core/urls.ts';
import type { Traffic } from '../tap/tap.ts';
import type { Peers } from './peers.ts';
import type { Lab } from './scenario.ts';
import type { Trace } from './trace.ts';
import { comesTrue, sleepFor } from './waiting.ts';

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

export class RunningLab implements Lab {
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly #options: LabOptions;
  #checks = 0;
  #failed = 0;
  #ended = false;

  constructor(options: LabOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.random = options.random;
  }

  /** How many checks were made so far. */
  get checks(): number {
    return this.#checks;
  }

  /** How many checks did not hold so far. */
  get failedChecks(): number {
    return this.#failed;
  }

  /** The run is over: whatever still holds the lab can do nothing with it. */
  end(): void {
    this.#ended = true;
  }

  url(service: Service, peer: string): Promise<string> {
    this.#assertRunning();
    this.signal.throwIfAborted();
    return this.#options.peers.url(service, peer);
  }

  name(base: string): string {
    return `${this.#options.prefix}${base}`;
  }

  /** @param limitMs how long the action may take; the run's own limit where none is given */
  defer(action: () => unknown, limitMs?: number): void {
    this.#options.cleanups.add(action, limitMs);
  }

  step(text: string): void {
    this.#tell({ type: 'step', text: redactText(text) });
  }

  note(text: string, peer?: string): void {
    this.#tell({ type: 'note', text: redactText(text), ...(peer === undefined ? {} : { peer }) });
  }

  check(title: string, passed: boolean, detail?: string): void {
    this.#tell({
      type: 'check',
      title,
      passed,
      ...(detail === undefined ? {} : { detail: redactText(detail) }),
    });
    this.#checks++;
    if (!passed) this.#failed++;
  }

  table(table: Omit<TableEvent, 'type'>): void {
    this.#tell({ type: 'table', ...table });
  }

  async until(what: string, condition: () => boolean, withinMs = 10_000): Promise<void> {
    if (await comesTrue(condition, withinMs, this.signal, () => this.heldMs())) return;
    throw this.unmet(what, withinMs);
  }

  /** For how long a slow reader has held the run back so far, in ms. */
  heldMs(): number {
    return this.#options.pressure?.heldMs ?? 0;
  }

  /** States that a promise did not come true in time; gives what to end the scenario with. */
  unmet(what: string, withinMs: number): Unmet {
    this.check(what, false, `not within ${withinMs / 1000} s`);
    return new Unmet(what);
  }

  sleep(durationMs: number): Promise<void> {
    return sleepFor(durationMs, this.signal);
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

  #tell(event: EventBody): void {
    this.#assertRunning();
    this.#options.trace.tell(event);
  }

  #assertRunning(): void {
    if (this.#ended) throw new Error('the run has ended: its lab can no longer be used');
  }
}
