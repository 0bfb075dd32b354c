/** Messages that left the run's sight: others may have sent them on, and then they may turn up again. */
import type { Message, Place } from '../ledger/index.ts';
import type { Entry } from './entry.ts';

export class OutOfSight implements Place {
  readonly #byIdentity = new Map<string, Entry[]>();

  add(entry: Entry): void {
    const same = this.#byIdentity.get(entry.publication.identity);
    if (same) same.push(entry);
    else this.#byIdentity.set(entry.publication.identity, [entry]);
  }

  /** Takes out the first of that identity that was last seen in that queue. */
  take(identity: string, queue: string): Entry | undefined {
    const entry = this.#byIdentity.get(identity)?.find((one) => one.queue.name === queue);
    if (entry) this.forget(entry.message, identity);
    return entry;
  }

  forget(message: Message, identity?: string): void {
    const keys = identity === undefined ? [...this.#byIdentity.keys()] : [identity];
    for (const one of keys) {
      const others = this.#byIdentity.get(one)?.filter((entry) => entry.message !== message) ?? [];
      if (others.length > 0) this.#byIdentity.set(one, others);
      else this.#byIdentity.delete(one);
    }
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const entries of this.#byIdentity.values()) yield* entries;
  }
}
