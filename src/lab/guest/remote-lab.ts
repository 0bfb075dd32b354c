/** The lab as a guest sees it: what holds functions stays on its thread, all else is asked of the run's own lab. */
import { setMaxListeners } from 'node:events';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Cleanups } from '../../core/cleanups.ts';
import type { Text } from '../../core/language.ts';
import type { Service } from '../../core/services.ts';
import { CLEANUP_MS } from '../limits.ts';
import { type Choices, chosen, textsOf } from '../scenario/choices.ts';
import type { Lab, Prediction, Table } from '../scenario/scenario.ts';
import { type StompConfig, stompConfig } from '../stomp-config.ts';
import { type Endable, ended } from '../using.ts';
import { comesTrue, sleepFor } from '../waiting.ts';
import {
  type Accept,
  type InFront,
  socketsOnly,
  startOwn,
  type Answer as WebAnswer,
  type WebServer,
} from '../web-server.ts';
import type { PeerTraffic } from '../wire/peers.ts';
import { type Answer, type FromGuest, fromFailure, type GuestData } from './wire.ts';

export class RemoteLab implements Lab {
  readonly cleanups = new Cleanups(CLEANUP_MS);
  /** Put before every name. */
  prefix = '';
  readonly #port: MessagePort;
  readonly #answers: MessagePort;
  readonly #answered: Int32Array;
  readonly #aborted = new AbortController();
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  #servers = 0;
  #calls = 0;

  constructor(port: MessagePort, { answers, answered }: GuestData) {
    this.#port = port;
    this.#answers = answers;
    this.#answered = new Int32Array(answered);
    setMaxListeners(0, this.signal);
  }

  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  abort(reason: unknown): void {
    this.#aborted.abort(reason);
  }

  url(service: Service, peer: string): Promise<string> {
    return this.#ask('url', service, peer) as Promise<string>;
  }

  async stomp(peer: string): Promise<StompConfig> {
    return stompConfig(await this.url('stomp', peer));
  }

  /** The server answers on this thread; its taps are the run's. */
  async serve(name: string, answer: WebAnswer, accept?: Accept): Promise<WebServer> {
    this.signal.throwIfAborted();
    const taps: InFront = {
      url: (server, peer) => this.#ask('ownUrl', server, peer) as Promise<string>,
      stops: (server) => void this.#ask('ownStops', server),
    };
    const server = await startOwn({ number: ++this.#servers, name }, taps, answer, accept);
    this.defer(server.stop);
    return server;
  }

  accept(name: string, accept: Accept): Promise<WebServer> {
    return this.serve(name, socketsOnly, accept);
  }

  name(base: string): string {
    return `${this.prefix}${base}`;
  }

  defer(action: () => unknown): void {
    this.cleanups.add(action);
  }

  using<Client extends Endable>(client: Client): Client {
    this.defer(() => ended(client));
    return client;
  }

  step(text: Text): Promise<void> {
    return this.#ask('step', text) as Promise<void>;
  }

  note(text: Text, peer?: string): void {
    this.#ask('note', text, peer);
  }

  check(title: Text, passed: boolean, detail?: Text): void {
    this.#ask('check', title, passed, detail);
  }

  table(table: Table): void {
    this.#ask('table', table);
  }

  async predict(question: Text, choices: Choices): Promise<Prediction<Text | number>> {
    const predicted = await this.#ask('ask', question, textsOf(choices));
    return {
      answer: (answer, why) => {
        this.#ask('answered', question, chosen(choices, answer), predicted, why);
      },
    };
  }

  async until(what: Text, condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
    const heldMs = (): number => this.#ask('heldMs') as number;
    if (!(await comesTrue(condition, withinMs, this.signal, heldMs))) throw this.#ask('unmet', what, withinMs);
    await this.#ask('quiet');
  }

  sleep(durationMs: number): Promise<void> {
    return sleepFor(durationMs, this.signal);
  }

  cut(peer: string): Promise<void> {
    return this.#ask('cut', peer) as Promise<void>;
  }

  restart(service: Service): Promise<void> {
    return this.#ask('restart', service) as Promise<void>;
  }

  traffic(peer: string): PeerTraffic {
    return this.#ask('traffic', peer) as PeerTraffic;
  }

  random(): number {
    return this.#ask('random') as number;
  }

  now(): number {
    return this.#ask('now') as number;
  }

  /** The answer to a call that took its time has come. */
  settle(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('failure' in answer) waiting?.reject(fromFailure(answer.failure));
    else if ('value' in answer) waiting?.resolve(answer.value);
  }

  /** Stands still until the host has answered this call. */
  #answerTo(id: number): Answer {
    for (let last = Atomics.load(this.#answered, 0); last !== id; last = Atomics.load(this.#answered, 0)) {
      Atomics.wait(this.#answered, 0, last);
    }
    return receiveMessageOnPort(this.#answers)?.message as Answer;
  }

  /** What the run's lab answers; a promise where it does. */
  #ask(method: string, ...args: readonly unknown[]): unknown {
    const id = ++this.#calls;
    this.#port.postMessage({ type: 'call', id, method, args } satisfies FromGuest);
    const answer = this.#answerTo(id);
    if ('failure' in answer) throw fromFailure(answer.failure);
    if ('value' in answer) return answer.value;
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}
