/**
 * Entries of which a delivery may be seen only after what came of it: their client gave them back, or was gone, before
 * its tap had seen them, and the server did something else with them then.
 */
import type { Home, SeenEntry } from '../queues/entry.ts';

/** The most that are remembered. */
const REMEMBERED = 1_000;
/** The most of those that have left whose delivery may still be on its way. */
const LEFT = 64;

export class UnseenDeliveries {
  /** Whether it is the first delivery that is missing, else any; and whether it is sure that one is. */
  readonly #entries = new Map<SeenEntry, { readonly isFirst: boolean; readonly isSure: boolean }>();

  /** It was delivered again before its first delivery was seen, if it is not another one like it. */
  overtaken(entry: SeenEntry): void {
    this.#add(entry, { isFirst: true, isSure: entry.delivered === 'no' });
  }

  /** It ended in its queue, and may have been on its way to somebody before. */
  ended(entry: SeenEntry): void {
    this.#add(entry, { isFirst: false, isSure: false });
  }

  /** The latest last. */
  readonly #left: SeenEntry[] = [];

  /** It has left its queue for good, or for another one. */
  leaves(entry: SeenEntry): void {
    if (this.#left.push(entry) > LEFT) this.#left.shift();
  }

  /** It was never in its queue. */
  wasNever(entry: SeenEntry): void {
    const index = this.#left.indexOf(entry);
    if (index >= 0) this.#left.splice(index, 1);
  }

  /** Those of this key that left a queue, and not by a delivery on this very channel, which nothing can follow there. */
  left(queue: Home | undefined, key: string, channel: object): readonly SeenEntry[] {
    return this.#left.filter(
      (entry) => entry.queue === queue && entry.publication.key === key && entry.takenOn !== channel,
    );
  }

  /** The entry that was delivered again before its first delivery, which may be seen now. */
  awaitsFirst(queue: Home | undefined, key: string): SeenEntry | undefined {
    for (const [entry, { isFirst, isSure }] of this.#entries) {
      if (isFirst && isSure && entry.queue === queue && entry.publication.key === key) return entry;
    }
    return undefined;
  }

  /** Its delivery is no longer expected. */
  forget(entry: SeenEntry): void {
    this.#entries.delete(entry);
  }

  /** The entry that is delivered only now, where there is one; it is no longer expected. */
  seen(queue: Home | undefined, key: string, redelivered: boolean): SeenEntry | undefined {
    for (const [entry, { isFirst }] of this.#entries) {
      if (entry.queue !== queue || entry.publication.key !== key) continue;
      if (isFirst ? redelivered : redelivered !== (entry.delivered !== 'no')) continue;
      this.#entries.delete(entry);
      return entry;
    }
    return undefined;
  }

  #add(entry: SeenEntry, missing: { readonly isFirst: boolean; readonly isSure: boolean }): void {
    this.#entries.set(entry, missing);
    const [oldest] = this.#entries.size > REMEMBERED ? this.#entries.keys() : [];
    if (oldest) this.#entries.delete(oldest);
  }
}
