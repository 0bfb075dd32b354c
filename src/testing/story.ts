/** The story of a lab: what became of every message, as data and as assertions that wait. */
import type { EventOf } from '../core/events.ts';
import { Expectation } from './expectation.ts';
import { calledFrom, StoryError, storyOf } from './failure.ts';
import { assertFilter, type Filter, Matcher } from './filter.ts';
import type { Message, Seen } from './messages.ts';

/** What an assertion waits for. */
interface Awaited {
  /** Exactly so many; undefined is one or more. */
  readonly count: number | undefined;
  readonly withinMs: number;
  readonly found: () => Message[];
  readonly sentence: (found: readonly Message[]) => string;
  readonly trace: Pick<Error, 'stack'>;
}

/** What assertions need to know of their lab. */
export interface Watched {
  readonly seen: Seen;
  readonly timeoutMs: number;
  /** What every name begins with on servers that others share. */
  readonly prefix: string;
  /** Waits until what was sent by now has arrived, for so many ms at most, and concludes what follows. */
  catchUp(withinMs: number): Promise<void>;
  /** The ids of messages that somebody was given and has not acknowledged. */
  unsettled(): ReadonlySet<string>;
  /** Why nothing more will come: the lab is closed, or a server went away. */
  over(): Error | undefined;
}

/** How long is waited before it is looked again, in ms. */
const LOOK_AGAIN_MS = 5;
/** How long is waited for it to become quiet before it is looked again, in ms. */
const MOMENT_MS = 50;

export class Watching {
  readonly #watched: Watched;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  get timeoutMs(): number {
    return this.#watched.timeoutMs;
  }

  /** Messages that are meant and have a step that fits. */
  matching(filter: Filter, isStep: (step: EventOf<'message'>) => boolean): Message[] {
    const matcher = new Matcher(filter, this.#watched.prefix);
    return [...this.#watched.seen.messages].filter(
      (message) => matcher.matches(message) && message.steps.some((step) => isStep(step) && matcher.isOfPlace(step)),
    );
  }

  isNamed(name: string, wanted: string): boolean {
    return name === wanted || name === this.#watched.prefix + wanted;
  }

  async expect({ count, withinMs, found, sentence, trace }: Awaited): Promise<Message[]> {
    const { seen } = this.#watched;
    const deadline = performance.now() + withinMs;
    for (;;) {
      // Of exactly so many there may be one more on its way.
      if (count !== undefined) await this.#watched.catchUp(withinMs);
      const messages = found();
      const isEnough = count === undefined ? messages.length > 0 : messages.length === count;
      const isTooMany = count !== undefined && messages.length > count;
      if (isEnough) return messages;
      const over = this.#watched.over();
      if (over) throw over;
      if (isTooMany || performance.now() > deadline) throw new StoryError(sentence(messages), seen.events, trace);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      // What is awaited may be what follows from what is there.
      if (count === undefined) await this.#watched.catchUp(MOMENT_MS);
    }
  }
}

/** What became of the messages that this lab saw. */
export class LabStory {
  readonly #watched: Watched;
  readonly #watching: Watching;

  /** @internal It comes with a lab. */
  constructor(watched: Watched) {
    this.#watched = watched;
    this.#watching = new Watching(watched);
  }

  /**
   * Messages of which something is expected.
   *
   * @example
   * await lab.story.message({ queue: 'mail', body: { order: 1 } }).wasAcked({ by: 'worker' });
   */
  message(filter: Filter = {}): Expectation {
    return new Expectation(this.#watching, assertFilter(filter));
  }

  /** The messages that are meant, as far as they are known by now, in the order in which they were first seen. */
  messages(filter: Filter = {}): Message[] {
    return this.#watching.matching(assertFilter(filter), () => true);
  }

  /**
   * Resolves as soon as nobody holds a message that is not acknowledged: consumers of RabbitMQ and STOMP, and groups of
   * Redis streams. Rejects with a StoryError where that does not come true in time.
   */
  async nothingUnacked({ withinMs = this.#watched.timeoutMs } = {}): Promise<void> {
    const trace = calledFrom(this.nothingUnacked);
    const { seen } = this.#watched;
    const found = (): Message[] => [...this.#watched.unsettled()].flatMap((id) => seen.message(id) ?? []);
    const sentence = (held: readonly Message[]): string =>
      `Expected that nothing is unacked, but after ${withinMs / 1000} s ${held.map(heldBy).join(', ')}.`;
    await this.#until(found, withinMs, sentence, trace);
  }

  /** Rejects with a StoryError where a message found no queue, of all that clients have sent by now. */
  async nothingUnroutable(): Promise<void> {
    const trace = calledFrom(this.nothingUnroutable);
    await this.#watched.catchUp(this.#watched.timeoutMs);
    const lost = [...this.#watched.seen.messages].flatMap((message) => {
      const step = message.steps.find(({ stage }) => stage === 'unroutable' || stage === 'returned');
      return step ? [`${step.name ?? message.id} to ${step.route} found no queue`] : [];
    });
    if (lost.length === 0) return;
    throw new StoryError(
      `Expected that nothing is unroutable, but ${lost.join(', ')}.`,
      this.#watched.seen.events,
      trace,
    );
  }

  /** What happened so far, as `msgplay run` prints it. */
  text(): string {
    return storyOf(this.#watched.seen.events).join('\n');
  }

  async #until(
    found: () => Message[],
    withinMs: number,
    sentence: (found: readonly Message[]) => string,
    trace: Pick<Error, 'stack'>,
  ): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      await this.#watched.catchUp(withinMs);
      const messages = found();
      if (messages.length === 0) return;
      const over = this.#watched.over();
      if (over) throw over;
      if (performance.now() > deadline) throw new StoryError(sentence(messages), this.#watched.seen.events, trace);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** `order 3 (delivered to worker from mail)`. */
function heldBy({ id, steps }: Message): string {
  const step = steps.findLast(({ stage }) => stage === 'delivered' || stage === 'redelivered');
  const name = steps[0]?.name ?? id;
  return step ? `${step.peer} holds ${name} from ${step.route}` : `${name} is held`;
}
