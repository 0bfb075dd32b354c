/** Which key expires next: a binary heap whose stale entries are dropped when they surface. */
import { itemAt } from '../item-at.ts';
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
    for (let entry = this.#heap[0]; entry !== undefined && entry.at < now; entry = this.#heap[0]) {
      if (due.length === limit) break;
      this.#pop();
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
      const above = itemAt(heap, parent);
      if (above.at <= entry.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Takes the entry out that is due first. */
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (let at = 1; at < heap.length; at = 2 * i + 1) {
      const [left, right] = [itemAt(heap, at), heap[at + 1]];
      const child = right !== undefined && right.at < left.at ? right : left;
      if (child.at >= last.at) break;
      heap[i] = child;
      i = child === left ? at : at + 1;
    }
    heap[i] = last;
  }
}
