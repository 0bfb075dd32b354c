/** What is expected of messages. Each assertion waits until it holds. */
import { UsageError } from '../core/errors.ts';
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
  wasPublished(options: By = {}): Promise<Message[]> {
    return this.#holds(
      { stages: ['published', 'requested', 'sent'], words: 'published', peer: only('by', options) },
      this.wasPublished,
    );
  }

  /** The server told its publisher that it has it. */
  wasConfirmed(options: To = {}): Promise<Message[]> {
    return this.#holds({ stages: ['confirmed'], words: 'confirmed', peer: only('to', options) }, this.wasConfirmed);
  }

  /** No queue took it. */
  wasUnroutable(): Promise<Message[]> {
    return this.#holds({ stages: ['unroutable', 'returned'], words: 'unroutable' }, this.wasUnroutable);
  }

  /** No queue took it, and it came back to its publisher, who had asked for that (`mandatory`). */
  wasReturned(options: To = {}): Promise<Message[]> {
    return this.#holds({ stages: ['returned'], words: 'returned', peer: only('to', options) }, this.wasReturned);
  }

  /** Somebody got it, for the first time or again. */
  wasDelivered(options: To = {}): Promise<Message[]> {
    const stages = ['delivered', 'redelivered', 'received', 'pushed', 'responded'] as const;
    return this.#holds({ stages, words: 'delivered', peer: only('to', options) }, this.wasDelivered);
  }

  /** Somebody got it who was not the first. */
  wasRedelivered(options: To = {}): Promise<Message[]> {
    return this.#holds(
      { stages: ['redelivered'], words: 'redelivered', peer: only('to', options) },
      this.wasRedelivered,
    );
  }

  /** Somebody said that it is done with. */
  wasAcked(options: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['acked'], words: 'acked', peer: only('by', options) }, this.wasAcked);
  }

  /** Somebody refused it for good: by a reject, or a nack, without requeue. */
  wasRejected(options: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['rejected'], words: 'rejected', peer: only('by', options) }, this.wasRejected);
  }

  /** It went back to its queue: somebody gave it back, or was gone before the ack. */
  wasRequeued(options: By = {}): Promise<Message[]> {
    return this.#holds({ stages: ['requeued'], words: 'requeued', peer: only('by', options) }, this.wasRequeued);
  }

  /** It died in its queue, and went on to another one. */
  wasDeadLettered(options: Into = {}): Promise<Message[]> {
    return this.#holds(
      { stages: ['dead-lettered'], words: 'dead-lettered', into: only('into', options) },
      this.wasDeadLettered,
    );
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

/** What is asked of a step; a word that says nothing here would leave it out. */
function only<Name extends string>(name: Name, options: { readonly [one in Name]?: string }): string | undefined {
  const other = Object.keys(options).find((one) => one !== name);
  if (other === undefined) return options[name];
  throw new UsageError(`'${other}' means nothing here.`, { hint: `It is called '${name}'.` });
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
