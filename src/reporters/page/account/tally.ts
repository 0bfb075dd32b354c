/** Who took what, as far as the steps of messages tell. */
import type { EventOf, Stage, TraceEvent } from '../../../core/events.ts';

/** Of so many messages is remembered who took them. */
const REMEMBERED = 20_000;
const NEW = { isPublished: false, isAcked: false, isLost: false, again: false };
/** Commands of Redis that take an element out of a list. */
const TAKES = /POP$/;
const LOSSES: ReadonlySet<Stage> = new Set(['unroutable', 'returned', 'expired', 'dropped', 'discarded', 'rejected']);

interface Taken {
  readonly name: string;
  /** Who was given it. */
  readonly by: Set<string>;
  isPublished: boolean;
  isAcked: boolean;
  isLost: boolean;
  again: boolean;
}

/** What happened at one server. */
export class Tally {
  readonly messages = new Map<string, Taken>();
  readonly #places = new Map<string, Set<string>>();
  /** How often each was given something. */
  readonly deliveries = new Map<string, number>();
  again = 0;
  /** Some were taken out of a list, where nothing is acked. */
  isTaken = false;
  /** There were more messages than are remembered. */
  isCut = false;
  /** Of some steps it can't be told which message they were of. */
  isUnsure = false;
  longestMs = 0;

  meet(event: EventOf<'message'>): void {
    const { id, name = id, stage, peer, route, latencyMs = 0, verb, among } = event;
    const taken = this.messages.get(id) ?? { name, by: new Set(), ...NEW };
    if (this.messages.size < REMEMBERED) this.messages.set(id, taken);
    else if (!this.messages.has(id)) this.isCut = true;
    if (among) this.isUnsure = true;
    if (stage === 'published') taken.isPublished = true;
    if (stage === 'acked') taken.isAcked = true;
    // What comes again was not acked, or the broker had not read it.
    if (stage === 'redelivered' && !among) taken.isAcked = false;
    if (stage === 'delivered' && TAKES.test(verb)) this.isTaken = true;
    if (LOSSES.has(stage)) taken.isLost = true;
    if (stage === 'redelivered' && !taken.again) {
      taken.again = true;
      this.again++;
    }
    if (stage !== 'delivered' && stage !== 'redelivered') return;
    taken.by.add(peer);
    this.deliveries.set(peer, (this.deliveries.get(peer) ?? 0) + 1);
    this.longestMs = Math.max(this.longestMs, stage === 'delivered' ? latencyMs : 0);
    const places = this.#places.get(peer) ?? new Set();
    this.#places.set(peer, places.add(route));
  }

  /** Who was given something, in the order in which they first were. */
  get receivers(): string[] {
    return [...this.#places.keys()];
  }

  /** So many of those that are remembered were given to somebody. */
  get given(): number {
    return [...this.messages.values()].filter(({ by }) => by.size > 0).length;
  }

  /** Each message is for one of them: they share the work. */
  get isWork(): boolean {
    return this.acked > 0 && [...this.messages.values()].every(({ by, again }) => by.size <= 1 || again);
  }

  /** So many of those that were seen published were given to somebody, and acked. */
  get acked(): number {
    return [...this.messages.values()].filter(
      ({ isPublished, isAcked, by }) => isPublished && isAcked && (by.size > 0 || this.isUnsure),
    ).length;
  }

  /** What somebody got says something about how messages find their way, and not only about who was free. */
  get isRouted(): boolean {
    const places = [...this.#places.values()].map((one) => [...one].sort().join('\n'));
    return new Set(places).size > 1 || [...this.messages.values()].some(({ by, again }) => by.size > 1 && !again);
  }
}

/** The tallies of a run, one for each server of which messages were told. */
export class Tallies {
  readonly of = new Map<string, Tally>();
  /** The run showed figures of its own. */
  hasTable = false;
  /** Requests that became WebSockets, and those that asked for that in vain: they are not counted as requests. */
  upgrades = 0;
  refusals = 0;
  /** Responses that were cut off: nobody was answered with them. */
  cutOff = 0;
  /** Requests of which it can't be told whether they were answered. */
  unread = 0;

  meet(event: TraceEvent): void {
    if (event.type === 'table') this.hasTable = true;
    if (event.type === 'note') {
      if (event.statement?.code === 'UPGRADED') this.upgrades++;
      if (event.statement?.code === 'UPGRADE_REFUSED' || event.statement?.code === 'UPGRADE_UNANSWERED')
        this.refusals++;
      if (event.statement?.code === 'RESPONSE_UNREAD') this.unread++;
    }
    if (event.type !== 'message') return;
    if (event.reason?.code === 'RESPONSE_TRUNCATED') this.cutOff++;
    this.#homeOf(event).meet(event);
  }

  /** Where it counts: what was published by one protocol may be taken by another one that shares its broker. */
  #homeOf({ id, stage, server, service }: EventOf<'message'>): Tally {
    const key = server ?? service;
    const own = this.of.get(key);
    if (stage !== 'published' && !own?.messages.has(id))
      for (const other of this.of.values()) if (other.messages.has(id)) return other;
    const tally = own ?? new Tally();
    this.of.set(key, tally);
    return tally;
  }
}
