/** One stream as it is known: its entries by id, and what its groups have been given. */
import { obtain } from '../../../core/collections/maps.ts';
import { present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { Fate, Place, SeenMessage } from '../../ledger/index.ts';
import { Bag } from '../keys/bag.ts';
import { UNSETTLED } from '../keys/element.ts';
import type { Trim } from './commands.ts';

/** An entry's id as two numbers, in the order of a stream. */
export type EntryId = string;

/** Ids are told apart and ordered by their two numbers, which may exceed 2^53. */
export function compareIds(one: EntryId, other: EntryId): number {
  if (one === other) return 0;
  const [a, b] = [parts(one), parts(other)];
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

function parts(id: EntryId): [bigint, bigint] {
  const [ms = '0', seq = '0'] = id.split('-');
  return [BigInt(ms), BigInt(seq)];
}

/** So many entries that are gone, but not acknowledged, are remembered. */
const MOST_GONE = 1_000;

/** So many trims are remembered, for entries whose ids become known later. */
const MOST_TRIMS = 16;

export class StreamEntry implements Place {
  message: SeenMessage | undefined;
  /** Undefined as long as the server has not told it. */
  id: EntryId | undefined;
  readonly content: string;
  /** Somebody was given it before its id was told: then it is known where it is. */
  isPlaced = false;
  /** The frame since which it may be gone: what happened at the same time decides, and no answer told. */
  #unsureSince: number | undefined;
  /** What is told of it then. */
  unsettled: Fate = UNSETTLED;
  /** What became of it, should it turn out to be gone; undefined where that would not tell. */
  ended: Statement | undefined;
  /** The frame that added it. */
  readonly sentSeq: number;
  /** The frame that told that it was added. */
  answeredSeq: number | undefined;
  readonly connection: number;

  constructor(content: string, { seq, connection }: { readonly seq: number; readonly connection: number }) {
    this.content = content;
    this.sentSeq = seq;
    this.connection = connection;
  }

  /** The same entry in a copy of its stream. */
  twin(): StreamEntry {
    const twin = new StreamEntry(this.content, { seq: this.sentSeq, connection: this.connection });
    twin.message = this.message;
    twin.answeredSeq = this.answeredSeq;
    twin.#unsureSince = this.#unsureSince;
    twin.unsettled = this.unsettled;
    twin.ended = this.ended;
    return twin;
  }

  get isUnsure(): boolean {
    return this.#unsureSince !== undefined;
  }

  /**
   * From this frame on it may be gone, because of this where it is not that several did something at the same time.
   * @param ended what became of it then, unless something else may have done it, too
   */
  doubt(seq: number, because?: Statement, ended?: Statement): void {
    const isFirst = !this.isUnsure;
    if (isFirst) this.unsettled = because ? { kind: 'unknown', reason: because } : UNSETTLED;
    this.ended = isFirst || isSameEnd(this.ended, ended) ? ended : undefined;
    this.#unsureSince = seq;
  }

  /** It was there when a command was carried out that this frame had asked for. */
  wasThere(sentSeq: number): void {
    if ((this.#unsureSince ?? 0) < sentSeq) this.#unsureSince = undefined;
  }

  forget(): void {
    this.message = undefined;
  }
}

function isSameEnd(one: Statement | undefined, other: Statement | undefined): boolean {
  const by = (end: Statement): string => `${end.code} ${'command' in end.values ? end.values.command : ''}`;
  return one !== undefined && other !== undefined && by(one) === by(other);
}

const NOTHING_AWAITED = { awaited: undefined, forgotten: undefined };

export class Group {
  /** What was given to somebody and not acknowledged. */
  readonly pending = new Set<EntryId>();
  /** What was ever given to somebody, of what is still there or may yet be acknowledged. */
  readonly given = new Set<EntryId>();

  twin(): Group {
    const twin = new Group();
    for (const id of this.pending) twin.pending.add(id);
    for (const id of this.given) twin.given.add(id);
    return twin;
  }

  /** An entry is gone, and nobody holds it any more. */
  drop(id: EntryId): void {
    this.pending.delete(id);
    this.given.delete(id);
  }

  /** So many of these were acknowledged, all of them where nobody saw how many: answers which, if that can be told. */
  acknowledge(ids: readonly EntryId[], count: number | undefined): readonly EntryId[] {
    if (count === 0) return [];
    const held = ids.filter((id) => this.pending.delete(id));
    if (count === ids.length) return ids;
    return count === undefined || count === held.length ? held : [];
  }
}

/** It stands among the keys like a list of which the order is not known, so that what moves keys moves it, too. */
export class Stream extends Bag {
  readonly entries = new Map<EntryId, StreamEntry>();
  readonly groups = new Map<string, Group>();
  /** What was added under an id that nobody saw. */
  readonly nameless = new Set<StreamEntry>();
  /** Messages of entries that are gone, though somebody may still acknowledge them. */
  readonly gone = new Map<EntryId, SeenMessage>();
  /** Entries came when its time to live may have been over: then they may be in another stream than the older ones were. */
  mayBeNew = false;
  /** What cut entries off last, with the id of the entry that was added then. */
  readonly trims: { readonly added: EntryId; readonly trim: Trim }[] = [];
  /** Those that were added at the same time may become known in another order. */
  #isOrdered = true;
  #last: EntryId | undefined;

  constructor() {
    super({ code: 'ORDER_UNSETTLED', values: {} }, false);
  }

  /** A copy of it, with all that its groups were given. */
  override twin(): Stream {
    const twin = new Stream();
    for (const [id, entry] of this.inOrder()) twin.put(entry.twin(), id);
    for (const entry of this.nameless) twin.nameless.add(entry.twin());
    for (const [name, group] of this.groups) twin.groups.set(name, group.twin());
    twin.trims.push(...this.trims);
    twin.mayBeNew = this.mayBeNew;
    return twin;
  }

  put(entry: StreamEntry, id: EntryId): void {
    entry.id = id;
    entry.isPlaced = true;
    if (this.#isOrdered && this.#last !== undefined && compareIds(id, this.#last) < 0) this.#isOrdered = false;
    else this.#last = id;
    this.entries.set(id, entry);
  }

  /** The group of this name, made where it was not seen made. */
  group(name: string): Group {
    return obtain(this.groups, name, () => new Group());
  }

  /** Why some of it may be gone, where others have not done so at the same time; undefined where all of it is there. */
  unsureBecause(): Statement | undefined {
    const unsure = this.all().find(({ isUnsure }) => isUnsure);
    return unsure?.unsettled.kind === 'unknown' ? unsure.unsettled.reason : undefined;
  }

  get size(): number {
    return this.entries.size + this.nameless.size;
  }

  /** Every entry, whether its id is known or not. */
  all(): StreamEntry[] {
    return [...this.entries.values(), ...this.nameless];
  }

  /** An entry is gone. Answers whether somebody may still acknowledge it, and what is no longer remembered instead. */
  remove(id: EntryId): { readonly awaited: SeenMessage | undefined; readonly forgotten: SeenMessage | undefined } {
    const message = this.entries.get(id)?.message;
    this.entries.delete(id);
    for (const { pending, given } of this.groups.values()) if (!pending.has(id)) given.delete(id);
    if (!message || this.gone.has(id) || !this.#isPending(id)) return NOTHING_AWAITED;
    this.gone.set(id, message);
    const [oldest, forgotten] = this.gone.size > MOST_GONE ? present(this.gone.entries().next().value) : [];
    if (oldest !== undefined) this.gone.delete(oldest);
    return { awaited: message, forgotten };
  }

  #isPending(id: EntryId): boolean {
    for (const { pending } of this.groups.values()) if (pending.has(id)) return true;
    return false;
  }

  /** What is gone and nobody can acknowledge any more: it is no longer remembered. */
  released(): SeenMessage[] {
    const released: SeenMessage[] = [];
    for (const [id, message] of this.gone) {
      if (this.#isPending(id)) continue;
      this.gone.delete(id);
      released.push(message);
    }
    return released;
  }

  remember(trim: Stream['trims'][number]): void {
    this.trims.push(trim);
    if (this.trims.length > MOST_TRIMS) this.trims.shift();
  }

  /** The entries that are there, the oldest first. */
  inOrder(): Iterable<[EntryId, StreamEntry]> {
    if (!this.#isOrdered) {
      const entries = [...this.entries].sort(([a], [b]) => compareIds(a, b));
      this.entries.clear();
      for (const [id, entry] of entries) this.entries.set(id, entry);
      this.#last = entries.at(-1)?.[0];
      this.#isOrdered = true;
    }
    return this.entries;
  }
}

/** What groups of streams were given and have not acknowledged. */
export function* unsettledOf(keys: Iterable<unknown>): Iterable<SeenMessage> {
  for (const stream of keys) {
    if (!(stream instanceof Stream)) continue;
    for (const { pending } of stream.groups.values()) {
      for (const id of pending) {
        const message = stream.entries.get(id)?.message ?? stream.gone.get(id);
        if (message) yield message;
      }
    }
  }
}
