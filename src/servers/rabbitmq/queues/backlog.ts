/** The messages of a queue that wait for somebody to take them, in the order in which they are to be taken. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Entry } from './entry.ts';

/** How the messages of a queue are told apart by their priority. */
export interface Lanes {
  readonly count: number;
  /** The lane of a priority; the most urgent one is 0. */
  of(priority: number): number;
  /** After how many messages the next lane has its turn, however much waits in an urgent one. Default: never. */
  readonly turn?: number;
}

/** A queue without priorities has one lane. */
export const ONE_LANE: Lanes = { count: 1, of: () => 0 };

export class Backlog {
  readonly #plan: Lanes;
  /** The most urgent one first. */
  readonly #lanes: readonly Deque<Entry>[];
  readonly #leastUrgent = new Deque<Entry>();
  /** How many messages were taken since the next lane last had its turn. */
  #taken = 0;
  /** What a quorum queue was given back: served first, in the order in which it came back. */
  readonly #returned = new Deque<Entry>();
  length = 0;
  /** The bodies' bytes. */
  sizeBytes = 0;

  constructor(plan: Lanes) {
    this.#plan = plan;
    const urgent = Array.from({ length: plan.count - 1 }, () => new Deque<Entry>());
    this.#lanes = [...urgent, this.#leastUrgent];
  }

  push(entry: Entry): void {
    this.#lane(entry).push(entry);
    this.#count(entry, 1);
  }

  /** Puts an entry back where it stood. */
  restore(entry: Entry): void {
    const lane = this.#lane(entry);
    const first = lane.first();
    if (!first || entry.position < first.position) lane.unshift(entry);
    else lane.insert(place(lane, entry.position), entry);
    this.#count(entry, 1);
  }

  /** Puts an entry behind the others that came back, before all that were never delivered (quorum queues). */
  giveBack(entry: Entry): void {
    this.#returned.push(entry);
    this.#count(entry, 1);
  }

  shift(): Entry | undefined {
    if (this.#returned.length > 0) return this.#take(this.#returned);
    const lane = this.#next();
    return lane && this.#take(lane);
  }

  /** The lane whose turn it is; something is about to be taken from it. */
  #next(): Deque<Entry> | undefined {
    const lane = this.#turn;
    const { turn } = this.#plan;
    if (turn !== undefined && lane) this.#taken = this.#taken === turn ? 0 : this.#taken + 1;
    return lane;
  }

  get #turn(): Deque<Entry> | undefined {
    const [first, second] = this.#lanes.filter(({ length }) => length > 0);
    return this.#plan.turn !== undefined && this.#taken === this.#plan.turn ? (second ?? first) : first;
  }

  /** Where the entry stands that is handed out next: only that expires, whatever is over behind it. */
  get #head(): Deque<Entry> | undefined {
    return this.#returned.length > 0 ? this.#returned : this.#turn;
  }

  /** Takes the head if it has expired by `now`. */
  shiftExpired(now: number): Entry | undefined {
    const lane = this.#head;
    const expiresAt = lane?.first()?.expiresAt;
    return lane && expiresAt !== undefined && expiresAt <= now ? this.#take(lane) : undefined;
  }

  /** When the head expires. */
  nextExpiry(): number | undefined {
    return this.#head?.first()?.expiresAt;
  }

  clear(): void {
    this.#returned.clear();
    for (const lane of this.#lanes) lane.clear();
    this.length = 0;
    this.sizeBytes = 0;
  }

  *[Symbol.iterator](): Generator<Entry> {
    yield* this.#returned;
    for (const lane of this.#lanes) yield* lane;
  }

  #take(lane: Deque<Entry>): Entry | undefined {
    const entry = lane.shift();
    if (entry) this.#count(entry, -1);
    return entry;
  }

  #lane(entry: Entry): Deque<Entry> {
    return this.#lanes[this.#plan.of(entry.message.priority)] ?? this.#leastUrgent;
  }

  #count(entry: Entry, sign: 1 | -1): void {
    this.length += sign;
    this.sizeBytes += sign * entry.message.body.length;
  }
}

/** The index of the first entry that arrived after `position`. */
function place(lane: Deque<Entry>, position: number): number {
  let from = 0;
  let to = lane.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (lane.at(middle).position < position) from = middle + 1;
    else to = middle;
  }
  return from;
}
