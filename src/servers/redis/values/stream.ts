/** A stream: entries by id, and consumer groups with what they delivered and nobody has acknowledged. */
import { type Entry, EntryBlock } from './entry-block.ts';
import { PendingIds } from './pending-ids.ts';
import { SortedIds } from './sorted-ids.ts';
import { compareIds, idOf, MAX_ID, MIN_ID, type StreamId } from './stream-id.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

/** An entry that was delivered and not acknowledged. */
export interface Pending extends StreamId {
  consumer: Consumer;
  deliveredAt: number;
  deliveries: number;
}

export interface Consumer {
  readonly name: string;
  seenAt: number;
  /** When it last got something, in Unix milliseconds; -1 for never. */
  activeAt: number;
  readonly pending: PendingIds<Pending>;
}

/** `entriesRead` of a group that can't know how many entries came before its position. */
export const UNKNOWN = -1;

export class ConsumerGroup {
  readonly name: string;
  lastId: StreamId;
  entriesRead: number;
  readonly pending = new PendingIds<Pending>();
  readonly consumers = new Map<string, Consumer>();

  constructor(name: string, lastId: StreamId, entriesRead: number) {
    this.name = name;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  addConsumer(name: string, now: number): Consumer {
    const consumer = { name, seenAt: now, activeAt: -1, pending: new PendingIds<Pending>() };
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

/** What an entry costs beside its fields, in bytes, and what a field costs beside its text. */
const ENTRY_COST = 32;
const FIELD_COST = 2;
/** About what Redis adds to an entry's bytes in a node, so that nodes are full where its are. */
const NODE_ENTRY_BYTES = 11;

function textBytes(fields: readonly string[]): number {
  let bytes = 0;
  for (const field of fields) bytes += field.length;
  return bytes;
}

function entryBytes(fields: readonly string[]): number {
  return ENTRY_COST + fields.length * FIELD_COST + textBytes(fields);
}

/** How large a block may grow; 0 is no limit. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
export interface BlockLimits {
  readonly streamNodeMaxEntries: number;
  readonly streamNodeMaxBytes: number;
}

const DEFAULT_LIMITS: BlockLimits = { streamNodeMaxEntries: 100, streamNodeMaxBytes: 4096 };

export class StreamValue extends Value {
  readonly type = 'stream';
  readonly entries: SortedIds<Entry, EntryBlock> = new SortedIds(
    () => new EntryBlock(this.entries.lastBlock?.sizeBytes ?? 0),
  );
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

  add(id: StreamId, fields: readonly string[], limits: BlockLimits): void {
    this.entries.append({ ms: id.ms, seq: id.seq, fields }, this.#isFull(fields, limits));
    this.lastId = id;
    this.entriesAdded++;
    this.#bytes += entryBytes(fields);
  }

  /** Whether the last block takes no entry with such fields any more. */
  #isFull(fields: readonly string[], { streamNodeMaxEntries, streamNodeMaxBytes }: BlockLimits): boolean {
    const block = this.entries.lastBlock;
    if (block === undefined) return false;
    if (streamNodeMaxEntries > 0 && block.length >= streamNodeMaxEntries) return true;
    if (streamNodeMaxBytes === 0) return false;
    return block.sizeBytes + block.length * NODE_ENTRY_BYTES + textBytes(fields) >= streamNodeMaxBytes;
  }

  delete(id: StreamId): boolean {
    const entry = this.entries.delete(id);
    if (entry === undefined) return false;
    this.#bytes -= entryBytes(entry.fields);
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
      if (over(this.length - block.length, block.at(block.length - 1))) {
        for (let i = 0; i < block.length; i++) this.#bytes -= entryBytes(block.at(i).fields);
        removed += block.length;
        this.entries.shiftBlock();
        continue;
      }
      if (approximate) break;
      for (let { first } = this.entries; first !== undefined; first = this.entries.first) {
        if (!over(this.length - 1, first)) break;
        this.#bytes -= entryBytes(first.fields);
        this.entries.delete(first);
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
    if (this.groups.size === 0) return bytes;
    for (const group of this.groups.values()) bytes += OBJECT_COST + group.pending.size * 4 * ITEM_COST;
    return bytes;
  }

  copy(): StreamValue {
    const copy = new StreamValue();
    this.entries.scan(MIN_ID, MAX_ID, (entry) => {
      copy.add(entry, entry.fields, DEFAULT_LIMITS);
      return true;
    });
    copy.lastId = this.lastId;
    copy.maxDeletedId = this.maxDeletedId;
    copy.entriesAdded = this.entriesAdded;
    for (const group of this.groups.values()) {
      const twin = new ConsumerGroup(group.name, group.lastId, group.entriesRead);
      for (const { name, seenAt, activeAt } of group.consumers.values()) {
        twin.addConsumer(name, seenAt).activeAt = activeAt;
      }
      group.pending.scan(MIN_ID, MAX_ID, (pending) => {
        const consumer = twin.consumers.get(pending.consumer.name);
        if (consumer !== undefined) twin.addPending({ ...pending, consumer });
        return true;
      });
      copy.groups.set(group.name, twin);
    }
    return copy;
  }
}
