/** Commands on streams that are under way. */
import { present } from '../../../core/collections/present.ts';
import type { RespCommand } from '../../../protocols/resp/index.ts';
import type { SeenMessage } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { databaseOf, type Key, type List } from '../keys/world.ts';
import { type Addition, type Delivered, sameEntry } from './commands.ts';
import { type EntryId, Stream, type StreamEntry } from './stream.ts';

/** A command on streams that was sent. */
export interface StreamCall {
  readonly command: RespCommand;
  /** The first of the databases in which it may be carried out, and its key there. */
  db: number;
  key: Key;
  /** Its key in each of these databases. */
  keys: readonly Key[];
  readonly connection: number;
  /** The frame that sent it. */
  readonly sentSeq: number;
  readonly addition: Addition | undefined;
  readonly entry: StreamEntry | undefined;
  /** Something else that takes entries out was under way at the same time; of one that only looks, that adds any, too. */
  isDisturbed: boolean;
  /** Its key was moved or removed at the same time. */
  isMoved: boolean;
  /** It only looks: at its key, or at any. */
  readonly looks?: 'here' | 'anywhere' | undefined;
}

/** The most entries of lost connections that are remembered. */
const MOST_LOST = 10_000;

/** So many ids of removed entries are remembered. */
const MOST_REMOVED = 1_000;

export class StreamCalls {
  /** Additions that the server has not answered, by key. */
  readonly #adding = new Map<Key, Set<StreamEntry>>();
  /** What takes entries out and was not answered, by key. */
  readonly #takingOut = new Map<Key, Set<StreamCall>>();
  /** What only looks and was not answered. */
  readonly #looking = new Set<StreamCall>();
  /** What connections that are gone may have added. */
  readonly lost = new Set<StreamEntry>();

  /** What was removed last, by id: the answer to reading it may come later. */
  readonly removed = new Map<EntryId, StreamEntry[]>();

  remove(entry: StreamEntry): void {
    if (entry.id === undefined) return;
    this.removed.set(entry.id, [...(this.removed.get(entry.id) ?? []), entry]);
    if (this.removed.size > MOST_REMOVED) this.removed.delete(present(this.removed.keys().next().value));
  }

  sent(call: StreamCall): void {
    if (call.looks) return this.#looksAt(call);
    for (const key of call.keys) this.#sentTo(key, call);
  }

  /** What is under way there may be carried out before somebody looks, or behind it. */
  #looksAt(call: StreamCall): void {
    const isOther = ({ connection }: { readonly connection: number }): boolean => connection !== call.connection;
    for (const busy of [this.#adding, this.#takingOut])
      for (const [key, all] of busy) if (isSeen(call, key) && [...all].some(isOther)) call.isDisturbed = true;
    this.#looking.add(call);
  }

  /** Something happens at a key while others look. */
  #disturbLooking(key: Key, connection: number): void {
    for (const call of this.#looking) if (call.connection !== connection && isSeen(call, key)) call.isDisturbed = true;
  }

  #sentTo(key: Key, call: StreamCall): void {
    const { entry } = call;
    if (entry || takesOut(call)) this.#disturbLooking(key, call.connection);
    if (entry) this.#adding.set(key, (this.#adding.get(key) ?? new Set()).add(entry));
    if (!takesOut(call)) return;
    const busy = this.#takingOut.get(key) ?? new Set();
    // With several at a time the numbers that are answered don't tell which entries went.
    for (const other of busy) {
      if (other.connection === call.connection) continue;
      if (!call.addition || !other.addition) call.isDisturbed = other.isDisturbed = true;
    }
    this.#takingOut.set(key, busy.add(call));
  }

  /** A call is carried out in one of these databases. */
  beginsIn(call: StreamCall, dbs: readonly number[]): void {
    const left = call.keys.filter((key) => dbs.includes(databaseOf(key)));
    const [first] = left;
    if (first === undefined || left.length === call.keys.length) return;
    for (const key of call.keys) if (!left.includes(key)) this.#done(key, call);
    call.keys = left;
    call.key = first;
    call.db = databaseOf(first);
  }

  /** Keys are moved or removed while others take entries out there: answers of which of these keys that is so. */
  disturb(keys: readonly Key[] | undefined, connection: number): Key[] {
    const disturbed: Key[] = [];
    for (const call of this.#looking)
      if (call.connection !== connection && (!keys || keys.some((key) => isSeen(call, key)))) call.isDisturbed = true;
    if (this.#takingOut.size === 0) return disturbed;
    for (const key of keys ?? this.#takingOut.keys()) {
      for (const call of this.#takingOut.get(key) ?? []) {
        if (call.connection === connection) continue;
        call.isMoved = true;
        disturbed.push(key);
      }
    }
    return disturbed;
  }

  answered(call: StreamCall): void {
    this.#looking.delete(call);
    for (const key of call.keys) this.#done(key, call);
  }

  #done(key: Key, call: StreamCall): void {
    const busy = this.#takingOut.get(key);
    busy?.delete(call);
    if (busy?.size === 0) this.#takingOut.delete(key);
    const adding = this.#adding.get(key);
    if (call.entry) adding?.delete(call.entry);
    if (adding?.size === 0) this.#adding.delete(key);
  }

  /** Nobody will see whether it was carried out. */
  gone(call: StreamCall): void {
    this.answered(call);
    if (call.entry) this.lost.add(call.entry);
    if (this.lost.size > MOST_LOST) for (const oldest of this.lost) return void this.lost.delete(oldest);
  }

  /** Whether anything is being added anywhere. */
  get isAdding(): boolean {
    return this.#adding.size > 0;
  }

  adding(key: Key): ReadonlySet<StreamEntry> | undefined {
    return this.isAdding ? this.#adding.get(key) : undefined;
  }

  /** Entries that may be the one that a command was given: of which nobody was told the id. */
  candidates(
    { connection, sentSeq }: StreamCall,
    key: Key,
    { nameless }: Stream,
    { id, content }: Delivered,
  ): StreamEntry[] {
    const isIt = (entry: StreamEntry): boolean =>
      sameEntry(entry.content, content) &&
      (entry.id === undefined || entry.id === id) &&
      entry.message !== undefined &&
      // What a connection sends is carried out in its order.
      (entry.connection !== connection || entry.sentSeq <= sentSeq);
    const here = [...(this.#adding.get(key) ?? []), ...nameless, ...this.lost].filter(isIt);
    // It may have been added to a stream that was called otherwise then.
    return here.length > 0 ? here : [...this.all()].filter(isIt);
  }

  /** What was moved or removed since it was read, though the answer to reading it is seen only now. */
  elsewhere(lists: Iterable<List>, id: EntryId, content: string): SeenMessage[] {
    const moved = [...lists].flatMap((list) => (list instanceof Stream ? (list.entries.get(id) ?? []) : []));
    const found = [...moved, ...(this.removed.get(id) ?? [])].filter((entry) => sameEntry(entry.content, content));
    return [...new Set(found.flatMap(({ message }) => message ?? []))];
  }

  /** What others added to these keys at the same time may have been added before or after. */
  overlap(
    lists: ReadonlyMap<Key, List>,
    keys: readonly Key[] | undefined,
    { connection, seq }: SeenFrame,
    sentSeq: number,
  ): void {
    for (const key of keys ?? [...lists.keys(), ...this.keys()]) {
      for (const entry of this.adding(key) ?? []) if (entry.connection !== connection) entry.doubt(seq);
      const stream = lists.get(key);
      for (const entry of stream instanceof Stream ? stream.entries.values() : []) {
        // It was read before it was told that it was added: it may have come only behind this.
        const isBehind = entry.connection === connection ? entry.sentSeq > sentSeq : (entry.answeredSeq ?? 0) > sentSeq;
        if (isBehind) entry.doubt(seq);
      }
    }
  }

  keys(): Iterable<Key> {
    return this.#adding.keys();
  }

  *all(): Iterable<StreamEntry> {
    for (const entries of this.#adding.values()) yield* entries;
  }
}

function isSeen({ looks, keys }: StreamCall, key: Key): boolean {
  return looks === 'anywhere' || keys.includes(key);
}

/** Whether a command may take entries out of a stream. */
export function takesOut({ command: { name }, addition }: StreamCall): boolean {
  return name === 'XDEL' || name === 'XTRIM' || addition?.trim !== undefined;
}
