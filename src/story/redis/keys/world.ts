/** Some keys of a server as they may be at one moment: which lists there are, and what they hold in which order. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { ANY, sameContent } from './answer.ts';
import { Bag } from './bag.ts';
import { blend, type Item } from './element.ts';

export type List = Deque<Item> | Bag;

/** Beyond so many keys, those that are known to hold nothing are no longer told from those of which nothing is known. */
const MOST_EMPTY = 10_000;

/** A key of one of the databases, as one text: its database, a colon, its bytes as latin1. */
export type Key = string;

export function keyOf(db: number, name: Buffer): Key {
  return `${db}:${name.toString('latin1')}`;
}

export function nameOf(key: Key): Buffer {
  return Buffer.from(key.slice(key.indexOf(':') + 1), 'latin1');
}

export function databaseOf(key: Key): number {
  return Number.parseInt(key, 10);
}

/** A key for people; the database is told where it is not the first. */
export function shownKey(key: Key): string {
  const name = nameOf(key).toString();
  return key.startsWith('0:') ? name : `${name} (db ${databaseOf(key)})`;
}

/** The same of a key that is in one of several databases: `q (db 0/1)`. */
export function shownIn(dbs: readonly number[], name: Buffer): string {
  const [db = 0, ...others] = dbs;
  return others.length === 0
    ? shownKey(keyOf(db, name))
    : `${name.toString()} (db ${[...dbs].sort((one, other) => one - other).join('/')})`;
}

/** What may be in keys of which nothing is known. */
export interface Unknown {
  /** Why it is not known. */
  readonly reason: (key: Key) => Statement;
  /** See `Bag.hasForeign`. */
  readonly hasForeign: boolean;
  /** It stays so, also for keys that come later. */
  readonly isLasting?: boolean;
  /** See `Bag.isSettleable`. */
  readonly isSettleable?: boolean;
}

export class World {
  /** No empty list is in it. */
  readonly lists: Map<Key, List>;
  /** Keys that may expire, with the first moment at which they may: milliseconds since the run began. */
  readonly due: Map<Key, number>;
  /** Set where keys that are not in `lists` may hold anything; an empty list is there then for one that holds nothing. */
  unknown: Unknown | undefined;
  /** It is the only way in which it may be: what is told of its bags is so. */
  isOnly = false;

  constructor(unknown: Unknown | undefined, lists: Map<Key, List> = new Map(), due: Map<Key, number> = new Map()) {
    this.unknown = unknown;
    this.lists = lists;
    this.due = due;
  }

  at(key: Key): List | undefined {
    const list = this.lists.get(key);
    if (list === undefined) return this.unknown && this.#anything(key, this.unknown);
    return list instanceof Deque && list.length === 0 ? undefined : list;
  }

  #anything(key: Key, { reason, hasForeign, isSettleable = false }: Unknown): Bag {
    const bag = new Bag(reason(key), hasForeign);
    bag.isSettleable = isSettleable;
    this.lists.set(key, bag);
    return bag;
  }

  put(key: Key, list: List): void {
    this.lists.set(key, list);
  }

  remove(key: Key): void {
    if (this.unknown === undefined || this.lists.size > MOST_EMPTY) this.lists.delete(key);
    else this.lists.set(key, new Deque());
    if (this.due.size > 0) this.due.delete(key);
  }

  /** The keys of a database whose time to live may be over by then. */
  dueIn(db: number, atMs: number): Key[] {
    return [...this.due].flatMap(([key, at]) => (at <= atMs && databaseOf(key) === db ? key : []));
  }

  /** A copy that can be changed by itself. Bags are shared: what is known of them does not depend on the order. */
  copy(): World {
    const lists = new Map<Key, List>();
    for (const [key, list] of this.lists) lists.set(key, list instanceof Deque ? new Deque(list.toArray()) : list);
    return new World(this.unknown, lists, new Map(this.due));
  }

  /** Whether no answer to any command could tell the two apart. */
  looksLike(other: World): boolean {
    if (this.lists.size !== other.lists.size || this.due.size !== other.due.size) return false;
    if (this.unknown !== other.unknown) return false;
    for (const [key, at] of this.due) if (other.due.get(key) !== at) return false;
    for (const [key, list] of this.lists) {
      const twin = other.lists.get(key);
      if (twin === list || (list instanceof Bag && twin instanceof Bag)) continue;
      if (!(list instanceof Deque) || !(twin instanceof Deque) || !alike(list, twin)) return false;
    }
    return true;
  }

  /** Takes in what another world that looks the same holds where: each place may hold either. */
  merge(other: World): void {
    for (const [key, list] of this.lists) {
      const twin = other.lists.get(key);
      if (twin === list) continue;
      if (list instanceof Bag && twin instanceof Bag) list.pour(twin);
      if (!(list instanceof Deque) || !(twin instanceof Deque)) continue;
      for (let index = 0; index < list.length; index++) {
        const [one, two] = [list.at(index), twin.at(index)];
        if (one !== two) list.set(index, blend([one, two]));
      }
    }
  }
}

function alike(one: Deque<Item>, other: Deque<Item>): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    const [a, b] = [one.at(index), other.at(index)];
    if (a !== b && !sameItem(a, b)) return false;
  }
  return true;
}

export function sameItem(one: Item, other: Item): boolean {
  if (one.content === ANY || other.content === ANY) return one === other;
  return sameContent(one.content, other.content);
}
