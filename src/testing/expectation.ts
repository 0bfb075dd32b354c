/** What is expected of messages. Each assertion waits until it holds. */
import type { EventOf, Stage } from '../core/events.ts';
import { calledFrom } from './failure.ts';
import { described, type Filter } from './filter.ts';
import type { Message } from './messages.ts';
import type { Watching } from './story.ts';

/** Whose doing a step was. */
export interface By {
  /** The name of a peer. */
  readonly by?: string;
}

/** Who got something. */
export interface To {
  /** The name of a peer. */
  readonly to?: string;
}

/** Where dead letters went. */
export interface Into {
  /** The name of a queue. */
  readonly into?: string;
}

interface Expected {
  readonly stages: readonly Stage[];
  /** What it is called in a sentence: `acked`. */
  readonly words: string;
  readonly peer?: string | undefined;
  readonly into?: string | undefined;
}

/**
 * Messages of which something is expected. Each `was…` resolves, with the messages for which it holds, as soon as it
 * does, and rejects with a StoryError that tells what happened instead where it does not in time.
 */
export class Expectation {
  readonly #watching: Watching;
  readonly #filter: Filter;
  readonly #count: number | undefined;
  readonly #withinMs: number;

  /** @internal Whoever wants one asks `lab.story.message`. */
  constructor(watching: Watching, filter: Filter, count?: number, withinMs = watching.timeoutMs) {
    this.#watching = watching;
    this.#filter = filter;
    this.#count = count;
    this.#withinMs = withinMs;
  }

  /** It is to hold for exactly so many messages, of all that arrived by then; without it for one or more. */
  times(count: number): Expectation {
    return new Expectation(this.#watching, this.#filter, count, this.#withinMs);
  }

  /** It is to hold for no message, once all that clients have sent by now has arrived. */
  get not(): Expectation {
    return this.times(0);
  }

  /** Waits for so many ms instead of what the lab was started with. */
  within(ms: number): Expectation {
    return new Expectation(this.#watching, this.#filter, this.#count, ms);
  }

  /** A client sent it. */
  wasPublished({ by }: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['published', 'requested', 'sent'], words: 'published', peer: by }, this.wasPublished);
  }

  /** The server told its publisher that it has it. */
  wasConfirmed({ to }: To = {}): Promise<Message[]> {
    return this.#holds({ stages: ['confirmed'], words: 'confirmed', peer: to }, this.wasConfirmed);
  }

  /** No queue took it. */
  wasUnroutable(): Promise<Message[]> {
    return this.#holds({ stages: ['unroutable', 'returned'], words: 'unroutable' }, this.wasUnroutable);
  }

  /** No queue took it, and it came back to its publisher, who had asked for that (`mandatory`). */
  wasReturned({ to }: To = {}): Promise<Message[]> {
    return this.#holds({ stages: ['returned'], words: 'returned', peer: to }, this.wasReturned);
  }

  /** Somebody got it, for the first time or again. */
  wasDelivered({ to }: To = {}): Promise<Message[]> {
    const stages = ['delivered', 'redelivered', 'received', 'pushed', 'responded'] as const;
    return this.#holds({ stages, words: 'delivered', peer: to }, this.wasDelivered);
  }

  /** Somebody got it who was not the first. */
  wasRedelivered({ to }: To = {}): Promise<Message[]> {
    return this.#holds({ stages: ['redelivered'], words: 'redelivered', peer: to }, this.wasRedelivered);
  }

  /** Somebody said that it is done with. */
  wasAcked({ by }: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['acked'], words: 'acked', peer: by }, this.wasAcked);
  }

  /** Somebody refused it for good: by a reject, or a nack, without requeue. */
  wasRejected({ by }: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['rejected'], words: 'rejected', peer: by }, this.wasRejected);
  }

  /** It went back to its queue: somebody gave it back, or was gone before the ack. */
  wasRequeued({ by }: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['requeued'], words: 'requeued', peer: by }, this.wasRequeued);
  }

  /** It died in its queue, and went on to another one. */
  wasDeadLettered({ into }: Into = {}): Promise<Message[]> {
    return this.#holds({ stages: ['dead-lettered'], words: 'dead-lettered', into }, this.wasDeadLettered);
  }

  /** Its time to live was over before anybody got it. */
  expired(): Promise<Message[]> {
    return this.#holds({ stages: ['expired'], words: 'expired' }, this.expired);
  }

  /** It was thrown away: a full queue, a queue that was deleted, nobody subscribed, a request that was refused. */
  wasDropped(): Promise<Message[]> {
    return this.#holds({ stages: ['dropped', 'discarded'], words: 'dropped' }, this.wasDropped);
  }

  #holds(expected: Expected, caller: (...args: never[]) => unknown): Promise<Message[]> {
    const trace = calledFrom(caller);
    const { peer, into, words } = expected;
    const who = peer === undefined ? '' : WHO.has(words) ? ` by ${peer}` : ` to ${peer}`;
    const what = `${words}${who}${into === undefined ? '' : ` into ${into}`}`;
    return this.#watching.expect({
      count: this.#count,
      withinMs: this.#withinMs,
      found: () => this.#watching.matching(this.#filter, (step) => this.#isStep(step, expected)),
      sentence: (found) => {
        const subject = described(this.#filter, this.#count || undefined);
        if (this.#count === 0) return `Expected that no ${subject.replace(/^a /, '')} is ${what}, but ${those(found)}.`;
        const be = this.#count === undefined || this.#count === 1 ? 'is' : 'are';
        const instead = those(found);
        return `Expected that ${subject} ${be} ${what}, but ${instead}${found.length === 0 ? `, within ${this.#withinMs / 1000} s` : ''}.`;
      },
      trace,
    });
  }

  #isStep({ stage, peer, route }: EventOf<'message'>, expected: Expected): boolean {
    if (!expected.stages.includes(stage)) return false;
    if (expected.peer !== undefined && peer !== expected.peer) return false;
    return expected.into === undefined || this.#watching.isNamed(route.split(' → ').at(-1) ?? '', expected.into);
  }
}

/** Steps that a client takes. */
const WHO: ReadonlySet<string> = new Set(['published', 'acked', 'rejected', 'requeued']);

/** The most messages that a sentence counts up. */
const MOST_NAMED = 5;

function those(found: readonly Message[]): string {
  if (found.length === 0) return 'none was';
  const names = found.slice(0, MOST_NAMED).map(({ id, steps }) => steps[0]?.name ?? id);
  const more = found.length > MOST_NAMED ? `, … (${found.length} in all)` : '';
  return `${names.join(', ')}${more} ${found.length === 1 ? 'was' : 'were'}`;
}
