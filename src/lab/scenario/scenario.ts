/** What a scenario is: a named program that drives real clients, written as data plus one function. */
import { UsageError } from '../../core/errors.ts';
import { type Dictionary, isText, type Language, type Text } from '../../core/language.ts';
import { SERVICES, type Service } from '../../core/services.ts';
import type { StompConfig } from '../stomp-config.ts';
import type { Endable } from '../using.ts';
import type { Accept, Answer, WebServer } from '../web-server.ts';
import type { Explanation, Guide } from './guide.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/** A column of figures. */
export type Column = { readonly title: Text; readonly unit?: string; readonly bar?: boolean };

/** What a table shows: a text in each place where a reader reads one. */
export interface Table {
  readonly title: Text;
  /** The title of each column, with its unit, and whether its figures are drawn as bars, too. */
  readonly columns: readonly (Text | Column)[];
  readonly rows: readonly (readonly (Text | number)[])[];
}

/** A question that was asked with `predict`. */
export interface Prediction<Choice = Text> {
  /** The choice that came true (one of those that were offered; its name, where they have names), and the reason. */
  answer(choice: Choice, why: Text): void;
}

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
   * How a client of stompjs reaches the service stomp as the named peer: the URL, user and password of
   * `lab.url('stomp', peer)` as its constructor takes them. Such a client does not reconnect.
   *
   * @example
   * const client = lab.using(new Client(await lab.stomp('alice')));
   * await new Promise<unknown>((resolve) => {
   *   client.onConnect = resolve;
   *   client.activate();
   * });
   */
  stomp(peer: string): Promise<StompConfig>;
  /**
   * Starts a web server of the scenario's own on loopback: `answer` gets each request and gives the response, both as
   * the Fetch standard has them. A lane of the trace bears its name. A response is sent whole, with its length, or as
   * it comes where its type is `text/event-stream` or `application/x-ndjson`. What `answer` throws is answered with
   * 500. `accept` gets each WebSocket; without it an upgrade is answered as if it had not been asked for.
   *
   * @example
   * const shop = await lab.serve('shop', () => Response.json({ price: 5 }));
   * const response = await fetch(`${await shop.url('client')}/price`);
   */
  serve(name: string, answer: Answer, accept?: Accept): Promise<WebServer>;
  /**
   * Starts a server of the scenario's own that takes WebSockets only: `accept` gets each one. Whoever asks for anything
   * else is answered with 426.
   *
   * @example
   * const echo = await lab.accept('echo', (socket) => socket.on('message', (data) => socket.send(String(data))));
   * const client = lab.using(new WebSocket(await echo.url('client')));
   */
  accept(name: string, accept: Accept): Promise<WebServer>;
  /**
   * A name for a queue, exchange, channel, key or destination. On a server of the run's own it stays as it is; on one
   * that others share it gets a prefix, so that two runs don't meet, and is removed when the run ends.
   */
  name(base: string): string;
  /** Remembers how to end something; all are called when the run ends, however it ends, the last one first. */
  defer(action: () => unknown): void;
  /**
   * Gives back the client, and ends it when the run ends, as `defer` would: with the first that it has of `quit`
   * (ioredis), `deactivate` (stompjs), `close` (amqplib, ws) and `terminate`. One that is over by then needs nothing.
   *
   * @example
   * const redis = lab.using(new Redis(await lab.url('redis', 'web')));
   */
  using<Client extends Endable>(client: Client): Client;
  /** Says what happens next, and resolves at once; where a run is played step by step, when the reader goes on. */
  step(text: Text): Promise<void>;
  /** Says what is worth noticing. */
  note(text: Text, peer?: string): void;
  /** States what the scenario promises; a run passes when all its checks hold. */
  check(title: Text, passed: boolean, detail?: Text): void;
  /** Shows figures side by side. */
  table(table: Table): void;
  /**
   * Asks the reader what the run will show, one of the choices, where the run is played step by step; goes on at once
   * where it is not. `answer` then tells which was true, as this run showed it, and why; whoever was not asked is told
   * why, as a note. A number that is there twice is one choice.
   *
   * @example
   * const guess = await lab.predict('Who gets the job of the worker that crashed?', ['worker-2', 'nobody']);
   * …
   * guess.answer(done.get(job).worker, 'it was not acked, so it went back to the queue');
   *
   * @example
   * const fate = await lab.predict('What becomes of the job?', { kept: 'it is done by another', lost: 'it is lost' });
   * …
   * fate.answer(done.has(job) ? 'kept' : 'lost', 'it was not acked, so it went back to the queue');
   */
  predict(question: Text, choices: readonly (Text | number)[]): Promise<Prediction<Text | number>>;
  predict<Name extends string | number>(
    question: Text,
    choices: { readonly [name in Name]: Text },
  ): Promise<Prediction<Name extends number ? number : NoInfer<Name>>>;
  /**
   * Waits until the condition holds, which may ask a server, and what clients had sent by then is in the trace. If that
   * takes longer than `withinMs` (default 10,000 ms, in which this process could go on), the run fails with the check
   * `what`.
   */
  until(what: Text, condition: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** Waits; rejects when the run is aborted. */
  sleep(durationMs: number): Promise<void>;
  /**
   * Cuts the peer's connections as a crash would; resolves when they have ended, which is told in the trace by then. It
   * may connect again.
   */
  cut(peer: string): Promise<void>;
  /**
   * Stops a server and starts it again at the same URL; what it keeps is up to it. Resolves when it is up and the
   * connections that it had have ended. Rejects with a BackendError for a server that a URL names: that one is not
   * msgplay's to stop.
   */
  restart(service: Service): Promise<void>;
  /**
   * The bytes that went over the peer's connections so far, both directions; and how many connections there were, and
   * are. One that has ended is told in the trace by then. `fromClientAt` and `fromServerAt` are when the last frame of each
   * side passed, as the trace dates it, in ms since the run began; 0 where there was none.
   */
  traffic(peer: string): {
    readonly connections: number;
    readonly openConnections: number;
    readonly fromClientBytes: number;
    readonly fromServerBytes: number;
    readonly fromClientAt: number;
    readonly fromServerAt: number;
  };
  /** From 0 (included) to 1 (excluded); the same seed gives the same numbers. */
  random(): number;
  /** Milliseconds since the run began. */
  now(): number;
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
}

/** What a scenario says, in another language. */
export interface Translation {
  /** Everything that it says while it runs, with its options' help. */
  readonly words: Dictionary;
  readonly guide: Guide;
}

/** A named program that drives real clients. */
export interface Scenario<Specs extends OptionSpecs = OptionSpecs> {
  /** As in `msgplay run <name>`; equals the file's name. */
  readonly name: string;
  /** A short sentence: what it shows. */
  readonly title: string;
  /** Where it stands in its chapter of the course: 1 is the first. */
  readonly lesson?: number;
  readonly options: Specs;
  /** The services a run with these options uses. */
  readonly needs: readonly Service[] | ((options: OptionValues<Specs>) => readonly Service[]);
  /**
   * Those of them whose server must be the run's own, because a run with these options restarts it or changes its
   * settings. With a server that a URL names such a run ends with a BackendError before it begins.
   */
  readonly owns?: (options: OptionValues<Specs>) => readonly Service[];
  /** One line about a run with these options. */
  readonly about: (options: OptionValues<Specs>) => Text;
  /**
   * Fields of its messages' bodies (JSON), or headers, by which the trace calls the messages: with `['job']`,
   * `{"job":3}` is `job 3`.
   */
  readonly names?: readonly string[];
  /** What is wrong with these options taken together, and what would do; nothing where they are fine. */
  readonly validate?: (options: OptionValues<Specs>) => Text | undefined;
  /** Whether handshakes belong to what it teaches, and are shown unasked. */
  readonly handshakes?: boolean;
  /** What `msgplay explain` tells. */
  readonly explain?: Explanation;
  readonly translations?: { readonly [language in Exclude<Language, 'en'>]?: Translation };
  run(lab: Lab, options: OptionValues<Specs>): Promise<void>;
}

/**
 * Declares a scenario; the types of its options follow from their declarations.
 *
 * @example
 * export default defineScenario({
 *   name: 'hello',
 *   title: 'One message through one queue',
 *   options: { times: { type: 'integer', default: 1, min: 1, max: 10, help: 'how many messages' } },
 *   needs: ['rabbitmq'],
 *   about: ({ times }) => `${times} messages`,
 *   async run(lab, { times }) {
 *     const amqp = await import('amqplib');
 *     const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', 'producer')));
 *   },
 * });
 */
export function defineScenario<const Specs extends OptionSpecs>(scenario: Scenario<Specs>): Scenario<Specs> {
  return scenario;
}

/** The services that a run with these options uses. Throws a UsageError where a file in JavaScript names others. */
export function needsOf(scenario: Scenario, options: OptionValues<OptionSpecs>): readonly Service[] {
  const needs: unknown = typeof scenario.needs === 'function' ? scenario.needs(options) : scenario.needs;
  if (Array.isArray(needs) && needs.every((one) => SERVICES.includes(one))) return needs;
  throw new UsageError(
    `needs is a list of services (${SERVICES.join(', ')}), not ${JSON.stringify(needs) ?? 'missing'}`,
  );
}

/** The line about a run with these options. Throws a UsageError where a file in JavaScript tells none. */
export function aboutOf({ about }: Scenario, options: OptionValues<OptionSpecs>): Text {
  if (typeof about !== 'function') {
    throw new UsageError(
      "about is missing: a function of the options that gives one line, as in about: () => 'two messages'",
    );
  }
  const told: unknown = about(options);
  if (isText(told)) return told;
  throw new UsageError(`about gives a text, not ${JSON.stringify(told) ?? 'nothing'}`);
}
