/** The entries of a queue that wait for somebody to take them, in the order in which they are taken. */
import { Deque } from '../../../core/collections/deque.ts';
import { obtain } from '../../../core/collections/maps.ts';
import { isAhead, type SeenEntry } from './entry.ts';

export class Ready {
  #first: SeenEntry | undefined;
  #last: SeenEntry | undefined;
  /** Those that the wire can't tell apart, in their order. */
  readonly #byKey = new Map<string, Alike>();
  size = 0;
  /** The bodies' bytes. */
  sizeBytes = 0;

  get first(): SeenEntry | undefined {
    return this.#first;
  }

  get last(): SeenEntry | undefined {
    return this.#last;
  }

  *[Symbol.iterator](): Generator<SeenEntry> {
    for (let entry = this.#first; entry; ) {
      const { next } = entry;
      yield entry;
      entry = next;
    }
  }

  /** Those of one key, in their order. */
  of(key: string): Alike {
    return this.#byKey.get(key) ?? NONE;
  }

  /** The first of this body and these properties, wherever it was published to. */
  like(identity: string): SeenEntry | undefined {
    for (const entry of this) if (entry.publication.identity === identity) return entry;
    return undefined;
  }

  /** Puts an entry where it belongs: near the end where it is new, near the beginning where it comes back. */
  add(entry: SeenEntry): void {
    // Twice in a chain, it would be its own successor, and who follows the chain would never come to an end.
    this.remove(entry);
    let before: SeenEntry | undefined;
    if (entry.delivered === 'no') {
      before = this.#last;
      while (before && isAhead(entry, before)) before = before.previous;
    } else {
      let after = this.#first;
      while (after && isAhead(after, entry)) after = after.next;
      before = after ? after.previous : this.#last;
    }
    this.#insert(entry, before);
    obtain(this.#byKey, entry.publication.key, newAlike).add(entry);
    entry.isReady = true;
    this.size++;
    this.sizeBytes += entry.publication.sizeBytes;
  }

  remove(entry: SeenEntry): void {
    if (!entry.isReady) return;
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    entry.previous = undefined;
    entry.next = undefined;
    entry.isReady = false;
    this.size--;
    this.sizeBytes -= entry.publication.sizeBytes;
    const { key } = entry.publication;
    const same = this.#byKey.get(key);
    same?.remove(entry);
    if (same?.length === 0) this.#byKey.delete(key);
  }

  #insert(entry: SeenEntry, before: SeenEntry | undefined): void {
    const after = before ? before.next : this.#first;
    entry.previous = before;
    entry.next = after;
    if (before) before.next = entry;
    else this.#first = entry;
    if (after) after.previous = entry;
    else this.#last = entry;
  }
}

/** Entries that the wire can't tell apart, in their order. */
export class Alike {
  readonly #entries = new Deque<SeenEntry>();
  #isInOrder = true;

  get length(): number {
    return this.#entries.length;
  }

  /** All were asked for on one channel, one after the other, and none was given back: so they leave in this order. */
  get isInOrder(): boolean {
    return this.#isInOrder;
  }

  at(index: number): SeenEntry {
    return this.#entries.at(index);
  }

  add(entry: SeenEntry): void {
    const entries = this.#entries;
    let index = entries.length;
    while (index > 0 && isAhead(entry, entries.at(index - 1))) index--;
    this.#isInOrder &&=
      index === entries.length && (index === 0 ? !entry.returned : follows(entry, entries.at(index - 1)));
    entries.insert(index, entry);
  }

  remove(entry: SeenEntry): void {
    const index = this.#entries.indexOf(entry);
    if (index >= 0) this.#entries.remove(index);
  }

  [Symbol.iterator](): Iterator<SeenEntry> {
    return this.#entries[Symbol.iterator]();
  }
}

function follows({ returned, came, lane }: SeenEntry, before: SeenEntry): boolean {
  const { by, from } = before.came;
  return !returned && lane === before.lane && by !== undefined && by === came.by && from < came.from;
}

const newAlike = (): Alike => new Alike();
const NONE = new Alike();
