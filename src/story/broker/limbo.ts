/** Messages that left the run's sight: others may have sent them on, and then they may turn up again. */
import type { Message, Place } from '../ledger/index.ts';
import type { Entry } from './entry.ts';

export class OutOfSight implements Place {
  readonly #byKey = new Map<string, Entry[]>();

  add(entry: Entry): void {
    const same = this.#byKey.get(entry.publication.key);
    if (same) same.push(entry);
    else this.#byKey.set(entry.publication.key, [entry]);
  }

  /** Takes out the first of that key that was last seen in that queue. */
  take(key: string, queue: string): Entry | undefined {
    const entry = this.#byKey.get(key)?.find((one) => one.queue.name === queue);
    if (entry) this.forget(entry.message, key);
    return entry;
  }

  forget(message: Message, key?: string): void {
    const keys = key === undefined ? [...this.#byKey.keys()] : [key];
    for (const one of keys) {
      const others = this.#byKey.get(one)?.filter((entry) => entry.message !== message) ?? [];
      if (others.length > 0) this.#byKey.set(one, others);
      else this.#byKey.delete(one);
    }
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const entries of this.#byKey.values()) yield* entries;
  }
}
