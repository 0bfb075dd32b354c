/** What a scenario is: a named program that drives real clients, written as data plus one function. */
import type { TableEvent } from '../core/events.ts';
import type { Service } from '../core/services.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/**
 * All that a scenario may touch. It hands out URLs; the clients are the scenario's own, and whatever they send and
 * receive at such a URL is traced.
 */
export interface Lab {
  /**
   * The URL at which the named peer reaches a service. One peer is one lane of the trace; asking twice gives the same
   * URL. The URL carries user and password where the service needs them.
   */
  url(service: Service, peer: string): Promise<string>;
  /**
   * A name for a queue, exchange, channel, key or destination. On a server of the run's own it stays as it is; on one
   * that others share it gets a prefix, so that two runs don't meet, and is removed when the run ends.
   */
  name(base: string): string;
  /** Remembers how to end something; all are called when the run ends, however it ends, the last one first. */
  defer(action: () => unknown): void;
  /** Says what happens next. */
  step(text: string): void;
  /** Says what is worth noticing. */
  note(text: string, peer?: string): void;
  /** States what the scenario promises; a run passes when all its checks hold. */
  check(title: string, passed: boolean, detail?: string): void;
  /** Shows figures side by side. */
  table(table: Omit<TableEvent, 'type'>): void;
  /**
   * Waits until the condition holds. If that takes longer than `withinMs` (default 10,000 ms), the run fails with the
   * check `what`.
   */
  until(what: string, condition: () => boolean, withinMs?: number): Promise<void>;
  /** Waits; rejects when the run is aborted. */
  sleep(durationMs: number): Promise<void>;
  /** Cuts the peer's connections as a crash would. It may connect again. */
  cut(peer: string): void;
  /**
   * Stops a server and starts it again at the same URL; what it keeps is up to it. Rejects with a BackendError for a
   * server that a URL names: that one is not msgplay's to stop.
   */
  restart(service: Service): Promise<void>;
  /** The bytes that went over the peer's connections so far, both directions. */
  traffic(peer: string): {
    readonly connections: number;
    readonly fromClientBytes: number;
    readonly fromServerBytes: number;
  };
  /** From 0 (included) to 1 (excluded); the same seed gives the same numbers. */
  random(): number;
  /** Milliseconds since the run began. */
  now(): number;
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
}

/** What `msgplay explain` tells. */
export interface Explanation {
  /** The idea in a few sentences, for somebody who never met it. */
  readonly idea: string;
  /** A picture in text. */
  readonly picture: string;
  /** What to look for in the trace. */
  readonly look: readonly string[];
  /** Command lines to try, each with what it shows. */
  readonly try: readonly { readonly command: string; readonly shows: string }[];
}

/** A named program that drives real clients. */
export interface Scenario<Specs extends OptionSpecs = OptionSpecs> {
  /** As in `msgplay run <name>`; equals the file's name. */
  readonly name: string;
  /** A short sentence: what it shows. */
  readonly title: string;
  /** The heading it is listed under. */
  readonly group: string;
  readonly options: Specs;
  /** The services a run with these options uses. */
  readonly needs: readonly Service[] | ((options: OptionValues<Specs>) => readonly Service[]);
  /** One line about a run with these options. */
  readonly about: (options: OptionValues<Specs>) => string;
  /** What is wrong with these options taken together, and what would do; nothing where they are fine. */
  readonly validate?: (options: OptionValues<Specs>) => string | undefined;
  /** Whether handshakes belong to what it teaches, and are shown unasked. */
  readonly handshakes?: boolean;
  readonly explain: Explanation;
  run(lab: Lab, options: OptionValues<Specs>): Promise<void>;
}

/**
 * Declares a scenario; the types of its options follow from their declarations.
 *
 * @example
 * export default defineScenario({
 *   name: 'hello',
 *   title: 'One message through one queue',
 *   group: 'First steps',
 *   options: { times: { type: 'integer', default: 1, min: 1, max: 10, help: 'how many messages' } },
 *   needs: ['rabbitmq'],
 *   about: ({ times }) => `${times} messages`,
 *   explain: { idea: '…', picture: '…', look: [], try: [] },
 *   async run(lab, { times }) {
 *     const amqp = await import('amqplib');
 *     const connection = await amqp.connect(await lab.url('rabbitmq', 'producer'));
 *     lab.defer(() => connection.close());
 *   },
 * });
 */
export function defineScenario<const Specs extends OptionSpecs>(scenario: Scenario<Specs>): Scenario<Specs> {
  return scenario;
}

/** The services that a run with these options uses. */
export function needsOf(scenario: Scenario, options: OptionValues<OptionSpecs>): readonly Service[] {
  return typeof scenario.needs === 'function' ? scenario.needs(options) : scenario.needs;
}
