/** Numbers the messages of a run, dates them, counts their stages, tells each step, and accounts for all of them. */

import { obtain } from '../../core/collections/maps.ts';
import type { Account, Basis, MessageEvent, NoteEvent, Phase, Side, Stage, Stats } from '../../core/events.ts';
import type { Service } from '../../core/services.ts';
import type { Statement } from '../../core/statements/index.ts';
import { Accountant, type Fate, sum } from './account.ts';
import { type Content, preview } from './content.ts';
import { Latencies } from './latencies.ts';
import { type Place, SeenMessage } from './message.ts';
import { Naming } from './naming.ts';

/** One frame of a connection, as the tap saw it: where, when, and under which number it stands in the trace. */
export interface Sighting {
  readonly seq: number;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly peer: string;
  readonly service: Service;
  /** The scenario's own server that the connection leads to, where it does. */
  readonly server?: string | undefined;
  /** Tells the connections of a run apart; undefined where it follows from what others did, too. */
  readonly connection?: number | undefined;
  /** Where in the connection's life it is. */
  readonly phase: Phase;
}

/** Messages that can't be told apart; there are more where that is cut. */
export interface Among extends Iterable<SeenMessage> {
  readonly isCut?: boolean;
}

/** What is told of a step, besides the message and the sighting. */
export interface Step {
  readonly stage: Stage;
  readonly verb: string;
  readonly from: Side;
  readonly route: string;
  readonly reason?: Statement | undefined;
  /** Others that the message may be instead. */
  readonly among?: Among | undefined;
  /** What arrived, where it is not what was sent: a response to a request. */
  readonly answer?: Content | undefined;
  /** When it arrived, where that is told later. */
  readonly arrivedAt?: number;
}

/** The frame of a sighting, where it is of one. */
interface Shown {
  readonly frame?: { readonly from: Side };
}

/** Gets each event as it becomes clear, with its number and the time of what it was read from. */
export type Tell = (event: (MessageEvent | NoteEvent) & Numbered) => void;

interface Numbered {
  readonly seq: number;
  readonly at: number;
}

/** Gets what became of a message, by its number in the run. */
export type Settled = (id: string, fate: Fate) => void;

/** The most messages that are followed at a time; of more, the oldest are no longer followed. */
const FOLLOWED = 100_000;
const BEGINNINGS: ReadonlySet<Stage> = new Set(['published', 'requested', 'sent']);
const ARRIVALS: ReadonlySet<Stage> = new Set(['delivered', 'redelivered', 'responded', 'pushed', 'received']);
const UNEXPLAINED: Fate = { kind: 'unknown', reason: { code: 'UNEXPLAINED', values: {} } };
const NOT_FOLLOWED: Fate = { kind: 'unknown', reason: { code: 'NO_LONGER_FOLLOWED', values: {} } };

/** An event that is being made. */
type Draft = { -readonly [Key in keyof MessageEvent]: MessageEvent[Key] } & Numbered;
type DraftNote = { -readonly [Key in keyof NoteEvent]: NoteEvent[Key] } & Numbered;

const newAccountant = (): Accountant => new Accountant();

export class Ledger {
  readonly #tell: Tell;
  readonly #number: () => number;
  readonly #stages: { [stage in Stage]?: number } = {};
  readonly #latencies = new Latencies();
  readonly #accountants = new Map<Service, Accountant>();
  /** Every message that is in some place, the oldest first. */
  readonly #open = new Set<SeenMessage>();
  readonly #followed: number;
  readonly #settled: Settled | undefined;
  readonly #naming: Naming;
  #count = 0;
  /** Redis commands that carry no message. */
  commands = 0;

  /** `settled` is told of each message what became of it, once that is accounted for; for `names` see `Naming`. */
  constructor(tell: Tell, number: () => number, followed = FOLLOWED, settled?: Settled, names: readonly string[] = []) {
    this.#tell = tell;
    this.#number = number;
    this.#followed = followed;
    this.#settled = settled;
    this.#naming = new Naming(names);
  }

  /** A message enters the run, at `place`. It is accounted for when it has left every place. */
  publish(at: Sighting, content: Content, place: Place, verb: string, route: string): SeenMessage {
    const message = this.#create(at, content, at.at);
    this.#accountant(at.service).published++;
    this.enter(message, place);
    this.step(at, message, { stage: 'published', verb, from: 'client', route });
    return message;
  }

  /** A message that was published where no tap was listening. */
  foreign(at: Sighting, content: Content): SeenMessage {
    this.#accountant(at.service).foreign++;
    return this.#create(at, content, undefined);
  }

  /**
   * What is no message of a broker, but is numbered as one: a request, something said on a socket. What follows it,
   * follows so long after `since`, in ms; undefined where nothing was seen before it.
   */
  unaccounted(at: Sighting, content: Content, since: number | undefined): SeenMessage {
    return this.#create(at, content, since);
  }

  /** The message may now be there, too. */
  enter(message: SeenMessage, place: Place): void {
    if (message.places.length === 0) {
      this.#open.add(message);
      if (this.#open.size > this.#followed) this.#forgetOldest();
    }
    message.enter(place);
  }

  /** The message is no longer there. Once it is nowhere, the weightiest of its fates is what became of it. */
  leave(message: SeenMessage, place: Place, fate?: Fate): void {
    if (message.leave(place, fate)) this.#close(message);
  }

  /** A frame shows a step. */
  step(at: Sighting, message: SeenMessage, step: Step): void {
    this.#step(at, message, step, 'seen');
  }

  /** A step follows from what was seen. */
  conclude(at: Sighting, message: SeenMessage, step: Step): void {
    this.#step(at, message, step, 'concluded');
  }

  /** A step follows that is the server's own doing: told of whoever published the message. */
  concludeAtServer({ seq, at }: Sighting, message: SeenMessage, step: Step): void {
    const { peer, service } = message;
    this.#step({ seq, at, peer, service, phase: 'open' }, message, step, 'concluded');
  }

  /** What a frame shows besides messages: then it says which side sent that. */
  note({ at, peer, service, server, connection, phase, seq, frame }: Sighting & Shown, statement: Statement): void {
    const event: DraftNote = {
      seq: this.#number(),
      at,
      type: 'note',
      peer,
      service,
      phase,
      statement,
      frames: [seq],
    };
    if (server) event.server = server;
    if (connection !== undefined) event.connection = connection;
    if (frame) event.from = frame.from;
    this.#tell(event);
  }

  /** A model of a server and what the server did don't agree: for whoever works on msgplay. */
  contradiction({ at, peer, service, phase, seq }: Sighting, what: string): void {
    const statement = { code: 'CONTRADICTION', values: { what } } as const;
    const frames = [seq];
    this.#tell({ seq: this.#number(), at, type: 'note', peer, service, phase, statement, frames, debug: true });
  }

  /** What nobody accounted for is not known. */
  stats(): Omit<Stats, 'frames' | 'bytes'> {
    for (const message of [...this.#open]) {
      for (const place of [...message.places]) this.leave(message, place, UNEXPLAINED);
    }
    const accounts: { [service in Service]?: Account } = {};
    for (const [service, accountant] of this.#accountants) accounts[service] = accountant.account();
    const latencyMs = this.#latencies.summary();
    return {
      stages: { ...this.#stages },
      account: sum(Object.values(accounts)),
      accounts,
      commands: this.commands,
      ...(latencyMs ? { latencyMs } : {}),
    };
  }

  #step(at: Sighting, message: SeenMessage, step: Step, basis: Basis): void {
    const { stage } = step;
    this.#stages[stage] = (this.#stages[stage] ?? 0) + 1;
    const { publishedAt } = message;
    const isFirst = BEGINNINGS.has(stage);
    const event = eventOf(this.#number(), at, message, step, basis);
    // Of one of several it can't be told when it was sent.
    const hasLatency = !isFirst && !event.among && publishedAt !== undefined;
    const latencyMs = hasLatency ? toMicroseconds((step.arrivedAt ?? at.at) - publishedAt) : undefined;
    if (stage === 'delivered' && latencyMs !== undefined) this.#latencies.add(latencyMs);
    if (isFirst || ARRIVALS.has(stage)) event.body = step.answer ? preview(step.answer) : message.body;
    const carries = step.answer ? this.#naming.all(step.answer) : [];
    if (carries.length > 0) event.carries = carries;
    if (latencyMs !== undefined) event.latencyMs = latencyMs;
    this.#tell(event);
  }

  #create(at: Sighting, content: Content, publishedAt: number | undefined): SeenMessage {
    return new SeenMessage(`#${++this.#count}`, at, content, publishedAt, this.#naming.of(content));
  }

  #close(message: SeenMessage): void {
    this.#open.delete(message);
    if (message.publishedAt === undefined || message.isCounted) return;
    message.isCounted = true;
    const fate = message.fate ?? UNEXPLAINED;
    this.#accountant(message.service).count(fate);
    this.#settled?.(message.id, fate);
  }

  #forgetOldest(): void {
    for (const message of this.#open) {
      for (const place of [...message.places]) {
        place.forget(message);
        this.leave(message, place, NOT_FOLLOWED);
      }
      return;
    }
  }

  #accountant(service: Service): Accountant {
    return obtain(this.#accountants, service, newAccountant);
  }
}

/** A step as the trace tells it. It is made for every step, so what does not apply is left out without spreading. */
function eventOf(
  number: number,
  { seq, at, peer, service, server }: Sighting,
  message: SeenMessage,
  { stage, verb, from, route, reason, among }: Step,
  basis: Basis,
): Draft {
  const event: Draft = {
    seq: number,
    at,
    type: 'message',
    id: message.id,
    stage,
    basis,
    peer,
    service,
    from,
    verb,
    route,
    frames: [seq],
  };
  if (among) {
    const others = [...among].flatMap((other) => (other === message ? [] : other.id));
    if (others.length > 0) event.among = among.isCut ? [...others, '…'] : others;
  }
  if (message.name !== undefined) event.name = message.name;
  if (server) event.server = server;
  if (reason) event.reason = reason;
  return event;
}

/** Without the digits that only the arithmetic made. */
function toMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}
