/** Whose turn it is: the consumers of one queue, served in turn within the highest priority that can take a message. */
import type { Consumer } from './consumer.ts';

export class Rotation {
  readonly #all = new Set<Consumer>();
  /** Those who can take a message as far as is known, by priority, the highest first. */
  #levels: { readonly priority: number; readonly waiting: Consumer[] }[] = [];
  readonly #isSingleActive: boolean;
  /** Who is served where only one is served at a time. */
  #active: Consumer | undefined;

  constructor(isSingleActive: boolean) {
    this.#isSingleActive = isSingleActive;
  }

  get size(): number {
    return this.#all.size;
  }

  get all(): ReadonlySet<Consumer> {
    return this.#all;
  }

  get hasExclusive(): boolean {
    for (const consumer of this.#all) return consumer.isExclusive;
    return false;
  }

  add(consumer: Consumer): void {
    this.#all.add(consumer);
    this.#join(consumer);
    if (this.#isSingleActive) this.#active ??= consumer;
  }

  /** Returns whether the consumer was known. */
  remove(consumer: Consumer): boolean {
    if (!this.#all.delete(consumer)) return false;
    this.#leave(consumer);
    if (this.#active === consumer) this.#active = this.#nextActive();
    return true;
  }

  /** The consumer whose turn it is, sent to the end of the row; undefined when nobody can take a message. */
  next(): Consumer | undefined {
    if (this.#isSingleActive) {
      const active = this.#active;
      if (!active || active.canTake) return active;
      this.#block(active);
      return undefined;
    }
    for (const { waiting } of this.#levels) {
      for (let consumer = waiting[0]; consumer; consumer = waiting[0]) {
        if (consumer.canTake) {
          if (waiting.length > 1) {
            waiting.shift();
            waiting.push(consumer);
          }
          return consumer;
        }
        this.#block(consumer);
      }
    }
    return undefined;
  }

  /** A consumer that could not take a message may be able to now; returns whether it can. */
  unblock(consumer: Consumer): boolean {
    if (!this.#all.has(consumer) || !consumer.canTake) return false;
    if (consumer.isBlocked) this.#join(consumer);
    return true;
  }

  #join(consumer: Consumer): void {
    consumer.isBlocked = false;
    let level = this.#levels.find(({ priority }) => priority === consumer.priority);
    if (!level) {
      level = { priority: consumer.priority, waiting: [] };
      this.#levels.push(level);
      this.#levels.sort((a, b) => b.priority - a.priority);
    }
    level.waiting.push(consumer);
  }

  /** It said no, and is asked again when it can take a message. */
  #block(consumer: Consumer): void {
    this.#drop(consumer);
    consumer.isBlocked = true;
  }

  #drop(consumer: Consumer): void {
    const level = this.#levels.find(({ priority }) => priority === consumer.priority);
    const index = level?.waiting.indexOf(consumer) ?? -1;
    if (index >= 0) level?.waiting.splice(index, 1);
  }

  #leave(consumer: Consumer): void {
    this.#drop(consumer);
    for (const other of this.#all) if (other.priority === consumer.priority) return;
    this.#levels = this.#levels.filter(({ priority }) => priority !== consumer.priority);
  }

  #nextActive(): Consumer | undefined {
    for (const { waiting } of this.#levels) if (waiting.length > 0) return waiting[0];
    return undefined;
  }
}
