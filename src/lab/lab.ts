/** The lab of one run: what a scenario sees of it. */

import { setImmediate } from 'node:timers/promises';
import type { Endpoint } from '../backends/backend.ts';
import type { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import type { EventBody, Told } from '../core/events.ts';
import { inEnglish, isText, say, type Text } from '../core/language.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import type { Pressure } from '../core/time/pressure.ts';
import type { Reader } from './plan.ts';
import { type Choices, chosen, textsOf } from './scenario/choices.ts';
import { demandBoolean, demandTable, demandTexts } from './scenario/said.ts';
import type { Lab, Prediction, Table } from './scenario/scenario.ts';
import { type Dictionaries, english, type Texts, translationsOf } from './scenario/texts.ts';
import { type StompConfig, stompConfig } from './stomp-config.ts';
import { type Endable, ended } from './using.ts';
import { comesTrue, sleepFor } from './waiting.ts';
import { type Accept, type Answer, type OwnServer, socketsOnly, startOwn, type WebServer } from './web-server.ts';
import type { Peers, PeerTraffic } from './wire/peers.ts';
import type { Trace } from './wire/trace.ts';

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
  /** What the scenario says, in other languages. */
  readonly dictionaries: Dictionaries;
  /** Whoever is asked to predict; undefined where the run goes on by itself. */
  readonly reader: Reader | undefined;
  readonly pressure?: Pressure | undefined;
}

/** What is written now has been read by the tap after so many turns of the event loop without anything new. */
const CALM_TURNS = 4;
/** Where clients don't stop sending, nothing is waited for. */
const MOST_TURNS = 50;

export class RunningLab implements Lab {
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly #options: LabOptions;
  #servers = 0;
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

  async stomp(peer: string): Promise<StompConfig> {
    return stompConfig(await this.url('stomp', peer));
  }

  async serve(name: string, answer: Answer, accept?: Accept): Promise<WebServer> {
    this.signal.throwIfAborted();
    const taps = { url: this.ownUrl.bind(this), stops: this.ownStops.bind(this) };
    const server = await startOwn({ number: ++this.#servers, name }, taps, answer, accept);
    this.defer(server.stop);
    return server;
  }

  accept(name: string, accept: Accept): Promise<WebServer> {
    return this.serve(name, socketsOnly, accept);
  }

  /** The URL at which the named peer reaches a server of the scenario's own. */
  ownUrl(server: OwnServer, peer: string): Promise<string> {
    return this.#options.peers.ownUrl(server, peer);
  }

  /** From here on nobody reaches that server. */
  ownStops(server: OwnServer): void {
    this.#options.peers.ownStops(server);
  }

  name(base: string): string {
    return `${this.#options.prefix}${base}`;
  }

  /** @param limitMs how long the action may take; the run's own limit where none is given */
  defer(action: () => unknown, limitMs?: number): void {
    this.#options.cleanups.add(action, limitMs);
  }

  using<Client extends Endable>(client: Client): Client {
    this.defer(() => ended(client));
    return client;
  }

  async step(text: Text): Promise<void> {
    demandTexts('lab.step', { text });
    this.#say({ type: 'step' }, { text });
    await this.#options.reader?.pause();
  }

  note(text: Text, peer?: string): void {
    demandTexts('lab.note', { text, ...(peer === undefined ? {} : { peer }) });
    this.#say({ type: 'note', ...(peer === undefined ? {} : { peer }) }, { text });
  }

  check(title: Text, passed: boolean, detail?: Text): void {
    demandTexts('lab.check', { title, ...(detail === undefined ? {} : { detail }) });
    demandBoolean('lab.check', 'passed', passed);
    this.#say({ type: 'check', passed }, { title, ...(detail === undefined ? {} : { detail }) });
    this.#checks++;
    if (!passed) this.#failed++;
  }

  table(table: Table): void {
    demandTable(table);
    const { title, columns, rows } = table;
    const full = columns.map((column) => (isText(column) ? { title: column } : column));
    this.#say({ type: 'table' }, { title, columns: full, rows });
  }

  async predict(question: Text, choices: Choices): Promise<Prediction<Text | number>> {
    const predicted = await this.ask(question, textsOf(choices));
    return { answer: (answer, why) => this.answered(question, chosen(choices, answer), predicted, why) };
  }

  /** What the reader predicts; undefined where there is none to be asked. */
  async ask(question: Text, choices: readonly Text[]): Promise<Text | undefined> {
    const { reader } = this.#options;
    if (!reader?.choose) return undefined;
    this.#say({ type: 'question' }, { text: question, choices });
    return choices[await reader.choose(question, choices)];
  }

  /** Tells what came of a question; where nobody was asked, why it is so. */
  answered(question: Text, answer: Text, predicted: Text | undefined, why: Text): void {
    if (predicted === undefined) {
      this.note(why);
      return;
    }
    const right = inEnglish(answer) === inEnglish(predicted);
    this.#say({ type: 'answer', right }, { question, answer, predicted, why });
  }

  async until(what: Text, condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
    if (!(await comesTrue(condition, withinMs, this.signal, () => this.heldMs()))) throw this.unmet(what, withinMs);
    await this.quiet();
  }

  /** Waits until what clients have sent by now has passed their taps: an ack of this part does not open the next. */
  async quiet(): Promise<void> {
    let seen = -1;
    for (let turns = 0, calm = 0; calm < CALM_TURNS && turns < MOST_TURNS; turns++) {
      const { fromClientBytes } = this.#options.peers.traffic();
      calm = fromClientBytes === seen ? calm + 1 : 0;
      seen = fromClientBytes;
      await setImmediate();
    }
  }

  /** Tells of programs that the scenario started, which were still there at its end and were ended. */
  tellEnded(programs: readonly string[]): void {
    if (this.#ended) return;
    const values = { programs: [...new Set(programs)].sort().join(', ') };
    this.#options.trace.tell({ type: 'note', statement: { code: 'PROCESSES_ENDED', values } });
  }

  /** For how long a slow reader has held the run back so far, in ms. */
  heldMs(): number {
    return this.#options.pressure?.heldMs ?? 0;
  }

  /** States that a promise did not come true in time; gives what to end the scenario with. */
  unmet(what: Text, withinMs: number): Unmet {
    this.check(what, false, say`not within ${withinMs / 1000} s`);
    return new Unmet(inEnglish(what));
  }

  sleep(durationMs: number): Promise<void> {
    return sleepFor(durationMs, this.signal);
  }

  cut(peer: string): Promise<void> {
    return this.#options.peers.cut(peer);
  }

  async restart(service: Service): Promise<void> {
    const endpoint = this.#options.endpoints.get(service);
    if (!endpoint?.restart) {
      const title = SERVICE_TITLES[service];
      throw new BackendError(`This run can't restart ${title}: it did not start it.`, {
        hint: `Use --backend ${service}=embedded or ${service}=local.`,
      });
    }
    await this.#options.peers.restart(service, endpoint.restart.bind(endpoint));
  }

  traffic(peer: string): PeerTraffic {
    return this.#options.peers.traffic(peer);
  }

  now(): number {
    return this.#options.trace.now();
  }

  /** Tells an event whose texts stand in it in English, and in other languages beside it. */
  #say(rest: Partial<EventBody>, texts: { readonly [field: string]: Texts }): void {
    this.#assertRunning();
    const { trace, dictionaries } = this.#options;
    const translations = translationsOf(texts, dictionaries);
    const told = { ...rest, ...(english(texts) as object), ...(translations ? { translations } : {}) };
    trace.tell(told as unknown as Told);
  }

  #assertRunning(): void {
    if (this.#ended) throw new Error('the run has ended: its lab can no longer be used');
  }
}
