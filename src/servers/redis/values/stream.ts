/** A stream: entries by id, and consumer groups with what they delivered and nobody has acknowledged. */

import { SortedIds } from './sorted-ids.ts';
import { compareIds, idOf, MAX_ID, MIN_ID, type StreamId } from './stream-id.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

export interface Entry extends StreamId {
  /** Fields and values in turn. */
  readonly fields: readonly string[];
}

/** An entry that was delivered and not acknowledged. */
export interface Pending extends StreamId {
  consumer: Consumer;
  deliveredAt: number;
  deliveries: number;
}

export interface Consumer {
  readonly name: string;
  seenAt: number;
  readonly pending: SortedIds<Pending>;
}

/** `entriesRead` of a group that can't know how many entries came before its position. */
export const UNKNOWN = -1;

export class ConsumerGroup {
  readonly name: string;
  lastId: StreamId;
  entriesRead: number;
  readonly pending = new SortedIds<Pending>();
  readonly consumers = new Map<string, Consumer>();

  constructor(name: string, lastId: StreamId, entriesRead: number) {
    this.name = name;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  addConsumer(name: string, now: number): Consumer {
    const consumer = { name, seenAt: now, pending: new SortedIds<Pending>() };
    this.consumers.set(name, consumer);
    return consumer;
  }

  addPending(pending: Pending): void {
    this.pending.add(pending);
    pending.consumer.pending.add(pending);
  }

  /** True where it was there. */
  removePending(id: StreamId): boolean {
    const pending = this.pending.delete(id);
    pending?.consumer.pending.delete(id);
    return pending !== undefined;
  }

  /** Gives an entry to another consumer. */
  assign(pending: Pending, consumer: Consumer): void {
    if (pending.consumer === consumer) return;
    pending.consumer.pending.delete(pending);
    pending.consumer = consumer;
    consumer.pending.add(pending);
  }
}

function entryBytes({ fields }: Entry): number {
  let bytes = 2 * ITEM_COST;
  for (const field of fields) bytes += field.length + ITEM_COST;
  return bytes;
}

export class StreamValue extends Value {
  readonly type = 'stream';
  readonly entries = new SortedIds<Entry>();
  readonly groups = new Map<string, ConsumerGroup>();
  lastId: StreamId = MIN_ID;
  maxDeletedId: StreamId = MIN_ID;
  entriesAdded = 0;
  #bytes = 0;

  get length(): number {
    return this.entries.size;
  }

  /** The id of the first entry; 0-0 where there is none. */
  get firstId(): StreamId {
    return this.entries.first ?? MIN_ID;
  }

  add(id: StreamId, fields: readonly string[], blockSize: number): void {
    const entry = { ms: id.ms, seq: id.seq, fields };
    this.entries.add(entry, blockSize);
    this.lastId = id;
    this.entriesAdded++;
    this.#bytes += entryBytes(entry);
  }

  delete(id: StreamId): boolean {
    const entry = this.entries.delete(id);
    if (entry === undefined) return false;
    this.#bytes -= entryBytes(entry);
    if (compareIds(id, this.maxDeletedId) > 0) this.maxDeletedId = idOf(id);
    return true;
  }

  /**
   * Removes entries from the front while `over` says so of the number that would be left and of the last id that would
   * go. `approximate` removes whole blocks only; `limit` of 0 is none.
   */
  trim(over: (left: number, lastGone: StreamId) => boolean, approximate: boolean, limit: number): number {
    let removed = 0;
    for (;;) {
      const block = this.entries.firstBlock;
      if (block === undefined || block.length === 0) break;
      if (limit > 0 && removed + block.length > limit) break;
      if (over(this.length - block.length, block.at(-1)!)) {
        for (const entry of block) this.#bytes -= entryBytes(entry);
        removed += this.entries.shiftBlock().length;
        continue;
      }
      if (approximate) break;
      while (this.length > 0 && over(this.length - 1, this.entries.first!)) {
        this.#bytes -= entryBytes(this.entries.first!);
        this.entries.delete(this.entries.first!);
        removed++;
      }
      break;
    }
    return removed;
  }

  /** Whether something may have been deleted between an id and the end. */
  mayHaveGaps(from: StreamId): boolean {
    if (this.length === 0 || compareIds(this.maxDeletedId, MIN_ID) === 0) return false;
    return compareIds(from, this.maxDeletedId) <= 0;
  }

  /** How many entries were ever added up to an id, where that can be known; UNKNOWN where not. */
  countUpTo(id: StreamId): number {
    if (this.entriesAdded === 0) return 0;
    const toLast = compareIds(id, this.lastId);
    if (this.length === 0 && toLast < 1) return this.entriesAdded;
    if (toLast === 0) return this.entriesAdded;
    if (toLast > 0) return UNKNOWN;
    const toFirst = compareIds(id, this.firstId);
    const noGaps = compareIds(this.maxDeletedId, MIN_ID) === 0 || compareIds(this.maxDeletedId, this.firstId) < 0;
    if (noGaps && toFirst < 0) return this.entriesAdded - this.length;
    if (noGaps && toFirst === 0) return this.entriesAdded - this.length + 1;
    return UNKNOWN;
  }

  /** How many entries a group has not been given yet; undefined where that can't be known. */
  lagOf(group: ConsumerGroup): number | undefined {
    if (this.entriesAdded === 0) return 0;
    if (group.entriesRead !== UNKNOWN && !this.mayHaveGaps(group.lastId)) return this.entriesAdded - group.entriesRead;
    const read = this.countUpTo(group.lastId);
    return read === UNKNOWN ? undefined : this.entriesAdded - read;
  }

  /** Moves a group on to an entry that it delivers. */
  advance(group: ConsumerGroup, id: StreamId): void {
    if (compareIds(id, group.lastId) <= 0) return;
    if (group.entriesRead !== UNKNOWN && !this.mayHaveGaps(id)) group.entriesRead++;
    else if (this.entriesAdded > 0) group.entriesRead = this.countUpTo(id);
    group.lastId = idOf(id);
  }

  get encoding(): string {
    return 'stream';
  }

  get sizeBytes(): number {
    let bytes = OBJECT_COST + this.#bytes;
    for (const group of this.groups.values()) bytes += OBJECT_COST + group.pending.size * 4 * ITEM_COST;
    return bytes;
  }

  copy(): StreamValue {
    const copy = new StreamValue();
    this.entries.scan(MIN_ID, MAX_ID, (entry) => {
      copy.entries.add(entry);
      return true;
    });
    copy.#bytes = this.#bytes;
    copy.lastId = this.lastId;
    copy.maxDeletedId = this.maxDeletedId;
    copy.entriesAdded = this.entriesAdded;
    for (const group of this.groups.values()) {
      const twin = new ConsumerGroup(group.name, group.lastId, group.entriesRead);
      for (const { name, seenAt } of group.consumers.values()) twin.addConsumer(name, seenAt);
      group.pending.scan(MIN_ID, MAX_ID, (pending) => {
        twin.addPending({ ...pending, consumer: twin.consumers.get(pending.consumer.name)! });
        return true;
      });
      copy.groups.set(group.name, twin);
    }
    return copy;
  }
}
