/** Which key expires next: a binary heap whose stale entries are dropped when they surface. */
import type { Value } from '../values/value.ts';
import type { Database } from './database.ts';

interface Entry {
  readonly at: number;
  readonly db: Database;
  readonly key: string;
  readonly value: Value;
}

/** Rebuilt when it holds this many entries, and most of them are stale. */
const REBUILD_AT = 4096;

export class ExpiryQueue {
  readonly #live: () => number;
  #heap: Entry[] = [];

  /** `live` answers how many keys expire. */
  constructor(live: () => number) {
    this.#live = live;
  }

  /** When the first entry is due, in Unix milliseconds. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  add(db: Database, key: string, value: Value): void {
    const heap = this.#heap;
    if (heap.length >= REBUILD_AT && heap.length > 2 * this.#live()) this.#rebuild();
    this.#push({ at: value.expireAt, db, key, value });
  }

  /** Takes up to `limit` due keys that still expire then. */
  takeDue(now: number, limit: number): Entry[] {
    const due: Entry[] = [];
    while (due.length < limit && this.#heap.length > 0 && this.#heap[0]!.at < now) {
      const entry = this.#pop();
      if (entry.value.expireAt === entry.at && entry.db.peek(entry.key) === entry.value) due.push(entry);
    }
    return due;
  }

  #rebuild(): void {
    const live = this.#heap.filter(({ at, db, key, value }) => value.expireAt === at && db.peek(key) === value);
    this.#heap = [];
    for (const entry of live) this.#push(entry);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
        if (heap[child]!.at >= last.at) break;
        heap[i] = heap[child]!;
        i = child;
      }
      heap[i] = last;
    }
    return top;
  }
}
