/** Something that was published on a topic. */
export interface Update {
  /** Its place in its topic, counted from 1. */
  readonly number: number;
  readonly data: string;
}

/** What topics hold at most; whoever asks for more is refused, and the oldest updates of a topic give way. */
export const MAX_TOPICS = 100;
export const MAX_UPDATES = 1000;
export const MAX_TOPIC_CHARS = 1024 * 1024;
export const MAX_UPDATE_BYTES = 64 * 1024;
/** Clients that wait for updates: long polls, event streams and WebSockets together. */
export const MAX_WAITING = 1000;
export const MAX_TOPIC_NAME_CHARS = 100;

type Listener = (update: Update) => void;

interface Topic {
  readonly updates: Update[];
  readonly listeners: Set<Listener>;
  chars: number;
  last: number;
}

/** The updates of every topic, kept in memory, and those who wait for more. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  #waiting = 0;

  /** The update's number, or undefined when there is no room for another topic. */
  publish(name: string, data: string): number | undefined {
    const topic = this.#topic(name);
    if (!topic) return undefined;
    const update = { number: ++topic.last, data };
    topic.updates.push(update);
    topic.chars += data.length;
    while (topic.updates.length > MAX_UPDATES || topic.chars > MAX_TOPIC_CHARS) {
      topic.chars -= present(topic.updates.shift()).data.length;
    }
    for (const listener of [...topic.listeners]) listener(update);
    return update.number;
  }

  /** What is kept of a topic behind the given number, oldest first. */
  after(name: string, number: number): readonly Update[] {
    return this.#topics.get(name)?.updates.filter((update) => update.number > number) ?? [];
  }

  /** Whether one more may listen to a topic. */
  hasRoom(name: string): boolean {
    return this.#waiting < MAX_WAITING && (this.#topics.has(name) || this.#topics.size < MAX_TOPICS);
  }

  /** Calls back for each later update; the result ends it. Undefined when there is no room for another listener. */
  listen(name: string, listener: Listener): (() => void) | undefined {
    const topic = this.#waiting < MAX_WAITING ? this.#topic(name) : undefined;
    if (!topic) return undefined;
    this.#waiting++;
    topic.listeners.add(listener);
    return () => {
      if (topic.listeners.delete(listener)) this.#waiting--;
      if (topic.last === 0 && topic.listeners.size === 0) this.#topics.delete(name);
    };
  }

  #topic(name: string): Topic | undefined {
    const known = this.#topics.get(name);
    if (known || this.#topics.size >= MAX_TOPICS) return known;
    const topic: Topic = { updates: [], listeners: new Set(), chars: 0, last: 0 };
    this.#topics.set(name, topic);
    return topic;
  }
}

import { present } from '../../core/collections/present.ts';
