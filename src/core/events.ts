/**
 * The events of a run: plain JSON, so that a saved run replays through any reporter.
 *
 * Every event has `seq` (its number in the run, from 1) and `at` (milliseconds since the run began).
 */
import type { Json } from './json.ts';
import type { Language } from './language.ts';
import type { Service } from './services.ts';
import type { Statement } from './statements/index.ts';

/** Which end of a connection sent something. */
export type Side = 'client' | 'server';

/** How a connection ended: which side ended it first; `cut` where msgplay itself did. */
export type Ender = Side | 'cut';

/** Where in a connection's life a frame stands. Handshakes are `opening`, goodbyes are `closing`. */
export type Phase = 'opening' | 'open' | 'closing';

/**
 * What happened to a message, in the words of the protocols. The last five are what is said where nothing is published:
 * a request and its response, what a server sends unasked, and what either side of a WebSocket says.
 */
export type Stage =
  | 'published'
  | 'routed'
  | 'unroutable'
  | 'returned'
  | 'confirmed'
  | 'queued'
  | 'delivered'
  | 'acked'
  | 'nacked'
  | 'requeued'
  | 'redelivered'
  | 'rejected'
  | 'dead-lettered'
  | 'expired'
  | 'dropped'
  | 'discarded'
  | 'requested'
  | 'responded'
  | 'pushed'
  | 'sent'
  | 'received';

/**
 * How a step is known: a frame says it (`seen`), or it follows from all that was seen and from how the server works
 * (`concluded`). What is concluded was not on the wire.
 */
export type Basis = 'seen' | 'concluded';

export type Outcome = 'passed' | 'failed' | 'aborted' | 'timed-out';

export interface RunStart {
  readonly type: 'run-start';
  /** The version of the trace's format; see docs/trace-format.md. */
  readonly format: number;
  /** When the run began, as ISO 8601 in UTC. */
  readonly date: string;
  readonly versions: { readonly msgplay: string; readonly node: string };
  readonly scenario: string;
  readonly title: string;
  /** One line about this run, made from its options: `6 jobs · 2 workers`. */
  readonly about: string;
  readonly options: { readonly [name: string]: Json };
  /** Handshakes belong to what the scenario teaches, and are shown unasked. */
  readonly handshakes?: true;
  readonly seed: number;
  /** What every name of this run begins with on servers that others share; empty on the run's own. */
  readonly prefix: string;
  /** What serves each need. */
  readonly backends: { readonly [service: string]: { readonly backend: string; readonly version: string } };
}

/** A named connection joins the trace; reporters may give it a lane. */
export interface PeerEvent {
  readonly type: 'peer';
  readonly peer: string;
  readonly service: Service;
  /** The scenario's own server that it speaks with; see `Lab.serve`. */
  readonly server?: string;
}

/** A peer connects to a service, or is gone from there. It may have several connections at a time. */
export interface ConnectionEvent {
  readonly type: 'connection';
  readonly state: 'opened' | 'closed';
  readonly peer: string;
  readonly service: Service;
  /** The scenario's own server that it speaks with; see `Lab.serve`. */
  readonly server?: string;
  /** Tells the connections of a run apart. */
  readonly connection: number;
  /** `closing` once the scenario is over. */
  readonly phase: Phase;
  /** Who ended it, with a goodbye or by hanging up, whichever came first; where it is closed. */
  readonly by?: Ender;
}

/** What the scenario says it is about to do. */
export interface StepEvent {
  readonly type: 'step';
  readonly text: string;
}

/** Something worth noticing; with a peer, it happened there. It has a text of its own, or is a statement. */
export interface NoteEvent {
  readonly type: 'note';
  /** What the scenario says. */
  readonly text?: string;
  /** What the story says; see `worded`. */
  readonly statement?: Statement;
  readonly peer?: string;
  /** The service whose connection told it. */
  readonly service?: Service;
  /** The scenario's own server that it speaks with; see `Lab.serve`. */
  readonly server?: string;
  /** The connection that told it. */
  readonly connection?: number;
  /** Which side sent the frame that shows it. */
  readonly from?: Side;
  /** Where in the connection's life it happened; what belongs to a handshake may be hidden. */
  readonly phase?: Phase;
  /** The frames it was derived from. */
  readonly frames?: readonly number[];
  /** Only for whoever works on msgplay: the story found itself contradicted. */
  readonly debug?: true;
}

/** One decoded protocol unit, as it was on the wire. */
export interface FrameEvent {
  readonly type: 'frame';
  readonly protocol: string;
  readonly service: Service;
  /** The scenario's own server that it speaks with; see `Lab.serve`. */
  readonly server?: string;
  readonly peer: string;
  /** Tells the connections of a run apart: a peer that reconnects has two. */
  readonly connection: number;
  readonly from: Side;
  readonly phase: Phase;
  readonly name: string;
  /** One line for people; the name is not repeated in it. */
  readonly summary: string;
  readonly sizeBytes: number;
  readonly fields: { readonly [name: string]: Json };
  /** The first bytes in hexadecimal; only where the bytes layer was asked for. */
  readonly bytes?: string;
  /** Set instead of `bytes` where they hold a secret. */
  readonly bytesWithheld?: true;
}

/** One step in the life of one message. */
export interface MessageEvent {
  readonly type: 'message';
  /** `#7`: the seventh message of the run. */
  readonly id: string;
  /** What the run calls it, where something in it names it: `job 3`. */
  readonly name?: string;
  /**
   * Others that it may be instead: equal in all that the wire shows, and in no order that the wire shows. Of very many,
   * some are told, with the first and the last of them; then the last entry is `…`.
   */
  readonly among?: readonly string[];
  readonly stage: Stage;
  readonly basis: Basis;
  /** The client at whose connection it was seen, or whose doing it follows from. */
  readonly peer: string;
  readonly service: Service;
  /** The scenario's own server that it speaks with; see `Lab.serve`. */
  readonly server?: string;
  /** Which end acted: a client publishes and acks, a server delivers and confirms. */
  readonly from: Side;
  /** What the protocol calls this step: `publish`, `SEND`, `XADD`, `GET`. */
  readonly verb: string;
  /** Where to or from, in the protocol's words: `orders → audit`. */
  readonly route: string;
  /** The message's body for people, cut short. */
  readonly body?: string;
  /** What a response brings, where something in it has a name: `price 1`. */
  readonly carries?: readonly string[];
  /** Milliseconds since the message was published, where that was seen, and where it is no other (`among`). */
  readonly latencyMs?: number;
  /** Why it went this way, where that is not plain to see; see `worded`. */
  readonly reason?: Statement;
  /** The `seq` of the frames it was derived from. */
  readonly frames: readonly number[];
}

/** Something the scenario promises. */
export interface CheckEvent {
  readonly type: 'check';
  readonly title: string;
  readonly passed: boolean;
  /** What was found, where it does not hold; or the figure that shows it does. */
  readonly detail?: string;
}

/** Figures, side by side: one row per thing compared, with small bars where a column asks for them. */
export interface TableEvent {
  readonly type: 'table';
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly unit?: string; readonly bar?: boolean }[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Latencies by their ranks, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** So many messages have this in common. */
export interface Tally {
  readonly count: number;
  readonly stage?: Stage;
  readonly reason: Statement;
}

/** So many messages wait in a place: a queue, a list, a stream; `a + b` where each of them waits in both. */
export interface Waiting {
  readonly place: string;
  readonly count: number;
}

/**
 * What became of the messages that were seen published. It adds up: `published` = `reached` + the counts of `waiting`,
 * of `ended` and of `unknown`. A message that went to several places is counted once: as reached where somebody took
 * it, else as waiting, else as not known, else as ended.
 */
export interface Account {
  readonly published: number;
  /** Somebody took it: it was acknowledged, or delivered where no acknowledgement is asked for. */
  readonly reached: number;
  readonly waiting: readonly Waiting[];
  /** Over without having reached anybody, each with its reason. */
  readonly ended: readonly Tally[];
  /** What became of them can't be told from the wire, each with why. */
  readonly unknown: readonly Tally[];
  /** Messages that were delivered but that nobody was seen to publish: others did, or a script. Not in `published`. */
  readonly foreign: number;
}

/** The figures of a run. */
export interface Stats {
  /** How often each stage was told. */
  readonly stages: { readonly [stage in Stage]?: number };
  /** All services together. */
  readonly account: Account;
  /** Each service that carried messages. */
  readonly accounts: { readonly [service in Service]?: Account };
  /** Redis commands that carry no message. */
  readonly commands: number;
  /** Milliseconds from publishing to delivery. */
  readonly latencyMs?: Latency;
  readonly frames: number;
  /** Bytes on the wire, both directions, all peers. */
  readonly bytes: number;
}

export interface RunEnd {
  readonly type: 'run-end';
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly stats: Stats;
  /** Why, where the outcome is neither passed nor failed by a check. */
  readonly reason?: string;
  /** What to try next: command lines. */
  readonly next?: readonly string[];
}

/** The reader is asked to predict what the run will show; only where a run is played step by step. */
export interface QuestionEvent {
  readonly type: 'question';
  readonly text: string;
  readonly choices: readonly string[];
}

/** What the run showed, and what the reader had said. */
export interface AnswerEvent {
  readonly type: 'answer';
  readonly question: string;
  /** What is true, as this run showed it. */
  readonly answer: string;
  /** The reader's choice. */
  readonly predicted: string;
  readonly right: boolean;
  readonly why: string;
}

export type EventBody =
  | RunStart
  | PeerEvent
  | ConnectionEvent
  | StepEvent
  | NoteEvent
  | FrameEvent
  | MessageEvent
  | CheckEvent
  | TableEvent
  | QuestionEvent
  | AnswerEvent
  | RunEnd;

/** Fields of an event in other languages: in place of its own, where a reader asked for that language. */
export type Translations = { readonly [language in Language]?: { readonly [field: string]: Json } };

/** What a run tells: an event without its number and time, with what a scenario says in other languages, too. */
export type Told = EventBody & {
  /** See `inLanguage`. */
  readonly translations?: Translations;
};

export type TraceEvent = Told & { readonly seq: number; readonly at: number };
export type EventOf<Type extends EventBody['type']> = Extract<TraceEvent, { type: Type }>;

/**
 * The event with its texts in this language, where they were translated.
 *
 * @example
 * const title = inLanguage(event, 'ko').title;
 */
export function inLanguage<Event extends TraceEvent>(event: Event, language: Language): Event {
  const translation = event.translations?.[language];
  return translation === undefined ? event : { ...event, ...translation };
}
