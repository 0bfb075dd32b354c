/** Which key expires next: a binary heap whose stale entries are dropped when they surface. */
import { itemAt } from '../../../core/collections/present.ts';
import type { Value } from '../values/value.ts';
import type { Database } from './database.ts';

/** When a key, or a part of its value, expires. */
export interface Deadline {
  /** Unix milliseconds. */
  readonly at: number;
  readonly db: Database;
  readonly key: string;
  readonly value: Value;
}

/** Stale entries are looked for when there are this many, and whenever there are twice as many as were left then. */
const REBUILD_AT = 4096;

export class ExpiryQueue {
  #heap: Deadline[] = [];
  #rebuildAt = REBUILD_AT;

  /** When the first entry is due, in Unix milliseconds. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  add(deadline: Deadline): void {
    if (this.#heap.length >= this.#rebuildAt) this.#rebuild();
    this.#push(deadline);
  }

  /** Takes up to `limit` due keys that still expire then. */
  takeDue(now: number, limit: number): Deadline[] {
    const due: Deadline[] = [];
    for (let entry = this.#heap[0]; entry !== undefined && entry.at < now; entry = this.#heap[0]) {
      if (due.length === limit) break;
      this.#pop();
      if (isLive(entry)) due.push(entry);
    }
    return due;
  }

  #rebuild(): void {
    const live = this.#heap.filter(isLive);
    this.#heap = [];
    this.#rebuildAt = Math.max(REBUILD_AT, 2 * live.length);
    for (const entry of live) this.#push(entry);
  }

  #push(entry: Deadline): void {
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

/** Whether what is said of a key still holds. */
function isLive({ at, db, key, value }: Deadline): boolean {
  return (value.expireAt === at || value.partsExpireAt === at) && db.peek(key) === value;
}
