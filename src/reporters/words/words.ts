/** What reporters say by themselves, in each language: one type, so that none of it can be missing. */
import type { Outcome, Stage } from '../../core/events.ts';
import type { Language } from '../../core/language.ts';
import type { Service } from '../../core/services.ts';
import type { Term } from '../page/head/terms.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

/** A word of the page, and what it means. */
export type Meaning = readonly [word: string, meaning: string];

/** Stages that are told as conclusions, and what is said of a message then; `place` may be empty. */
export type Concluded = Record<Stage, (place: string) => string>;

export type Sign = '↳' | '↻' | '✗' | '※';

/**
 * What became of requests, by how many. Responses that were `cutOff` answer none; `upgrades` became WebSockets, `refusals`
 * asked for that in vain, and neither are among the requests.
 */
export interface Requested {
  readonly answered: number;
  readonly cutOff: number;
  /** Of these it can't be told. */
  readonly unread: number;
  readonly upgrades: number;
  readonly refusals: number;
}

export interface Words {
  /** What the server of a service is called. */
  readonly servers: Record<Service, string>;
  /** The same where a URL named it: of `stomp` it need not be RabbitMQ, of `ws` no echo. */
  readonly foreignServers: { readonly [service in Service]?: string };
  readonly seed: (seed: number) => string;
  readonly prefix: (prefix: string) => string;
  readonly legend: {
    readonly client: string;
    readonly server: string;
    /** What an arrow is. */
    readonly wire: string;
    readonly fromClient: string;
    readonly fromServer: string;
    readonly event: string;
    readonly checked: string;
    readonly time: string;
    readonly after: string;
  };
  /** Signs that not every page has: of what was not on the wire, of what went wrong, of what a scenario says of itself. */
  readonly signs: { readonly [sign in Sign]: string };
  /** What a reader has to know, by the protocols' words; the stages of messages stand for what follows by itself. */
  readonly meanings: { readonly [word: string]: string };
  /** What the words of statements mean. */
  readonly terms: { readonly [term in Term]: Meaning };
  /** Words that say something else where the broker says them to a publisher, or a reader of a stream to the broker. */
  readonly toPublisher: { readonly nack: Meaning };
  readonly ofStream: { readonly ack: Meaning };
  /** What the arrow behind a Redis command is. */
  readonly answer: Meaning;
  /** What nil says of a command that was to write only where nothing is. */
  readonly nilOfNx: Meaning;
  /** The same of Redis commands that carry no message, of their options, and of the reply that there is nothing. */
  readonly commands: { readonly [command: string]: string };
  readonly commandOptions: { readonly [option: string]: string };
  readonly prefetch: (count: number) => Meaning;
  readonly concluded: Concluded;
  /** Where it came from: a queue, a channel, a destination. */
  readonly from: (place: string) => string;
  readonly again: string;
  readonly echo: string;
  readonly either: (names: readonly string[]) => string;
  /** `isCut` says that there may be more than are counted. */
  readonly oneOf: (count: number, isCut: boolean, first: string, last: string) => string;
  readonly why: (reason: string) => string;
  readonly same: (names: readonly string[]) => string;
  /** The same, on the lanes of those who did it. */
  readonly sameHere: string;
  /** The same peer or another did the same, but for these. */
  readonly sameWith: (changed: string) => string;
  /** So many more times, by the same peer. */
  readonly repeated: (times: number) => string;
  readonly leaves: string;
  readonly withheld: string;
  readonly moreBytes: (count: number) => string;
  readonly predicted: {
    readonly right: (answer: string, why: string) => string;
    readonly wrong: (said: string, answer: string, why: string) => string;
  };
  /** A check that does not hold. */
  readonly unmet: {
    readonly expected: string;
    readonly found: string;
    /** Where the check does not say what was found. */
    readonly nothing: string;
    /** What happened right before. */
    readonly before: string;
  };
  readonly account: {
    readonly of: (server: string) => string;
    readonly messages: (count: number) => string;
    readonly outside: (count: number) => string;
    readonly allReached: string;
    readonly reached: (count: number) => string;
    /** The same where a consumer said of each that it is done with it. */
    readonly allAcked: string;
    readonly acked: (count: number) => string;
    /** So many were given to a consumer that acks nothing. */
    readonly withoutAck: (count: number) => string;
    /** What follows for them. */
    readonly notSaid: string;
    /** Who was given how many, `a: 1, b: 7`; and in how many deliveries, where that is more than one for each message. */
    readonly takers: (list: string, deliveries: number | undefined) => string;
    /** The same of all that was delivered, as a sentence. */
    readonly deliveries: (count: number, list: string) => string;
    readonly waits: (count: number, places: string) => string;
    /** So many in that place. */
    readonly inPlace: (count: number, place: string) => string;
    readonly elsewhere: (count: number) => string;
    readonly ended: (count: number, stage: Stage, reason: string) => string;
    readonly endedOtherwise: (count: number) => string;
    readonly unknown: (count: number, reason: string) => string;
    readonly unknownOtherwise: (count: number) => string;
    readonly again: (count: number) => string;
    /** The longest time between a publish and its delivery where each message has one taker. */
    readonly took: (ms: string) => string;
    readonly requests: (count: number, fates: Requested) => string;
    readonly pushed: (count: number) => string;
    readonly spoken: (sent: number, received: number) => string;
    readonly commands: (count: number) => string;
  };
  readonly got: { readonly title: string; readonly nobody: string; readonly count: (count: number) => string };
  readonly outcome: Record<Outcome, (duration: string) => string>;
  readonly next: string;
}

const WORDS: Record<Language, Words> = { en, ko };

export function wordsIn(language: Language): Words {
  return WORDS[language];
}
