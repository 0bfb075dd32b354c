/**
 * Members in the order of their scores, equal scores by bytes: a B+ tree whose branches know how many members are
 * below each child. Finding, adding, removing and ranking are logarithmic; a step goes through arrays that lie
 * together in memory, where a skip list would jump from node to node.
 */
import { itemAt } from '../../../core/collections/present.ts';
import type { Direction } from './direction.ts';

/** A node holds so many children or members at most; below a quarter it joins its neighbour where both fit in half. */
const MAX_ITEMS = 64;
const FEW_ITEMS = MAX_ITEMS / 4;

/** Where a member stands: what a tree is ordered by. */
export interface Place {
  readonly member: string;
  readonly score: number;
}

/** Whether a member comes before a place. It must divide the order in two. */
export type Before = (place: Place) => boolean;

/** The index of the first of `places`, from one on, that does not come before a place. Scores lie apart, close together. */
function lowerBound(scores: readonly number[], places: readonly Place[], { score, member }: Place, from = 0): number {
  let low = from;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = scores[middle] ?? 0;
    if (other < score || (other === score && itemAt(places, middle).member < member)) low = middle + 1;
    else high = middle;
  }
  return low;
}

class Leaf<T extends Place> {
  readonly scores: number[];
  readonly items: T[];
  previous: Leaf<T> | undefined;
  next: Leaf<T> | undefined;

  constructor(scores: number[], items: T[]) {
    this.scores = scores;
    this.items = items;
  }

  get count(): number {
    return this.items.length;
  }

  get width(): number {
    return this.items.length;
  }

  /** The least place that is below. */
  get least(): Place {
    return itemAt(this.items, 0);
  }

  /** Adds an item; what does not fit any more is answered as a leaf that follows. */
  insert(item: T): Leaf<T> | undefined {
    const at = lowerBound(this.scores, this.items, item);
    if (this.items.length === MAX_ITEMS) {
      // Whoever appends fills leaves up; others find room on both sides afterwards.
      const right = at === MAX_ITEMS && this.next === undefined ? new Leaf<T>([], []) : this.#split();
      this.#link(right);
      if (at > this.items.length || right.items.length === 0) right.insert(item);
      else this.insert(item);
      return right;
    }
    if (at === this.items.length) {
      this.scores.push(item.score);
      this.items.push(item);
    } else {
      this.scores.splice(at, 0, item.score);
      this.items.splice(at, 0, item);
    }
    return undefined;
  }

  #split(): Leaf<T> {
    return new Leaf(this.scores.splice(MAX_ITEMS / 2), this.items.splice(MAX_ITEMS / 2));
  }

  #link(right: Leaf<T>): void {
    right.previous = this;
    right.next = this.next;
    if (this.next !== undefined) this.next.previous = right;
    this.next = right;
  }

  remove(place: Place): void {
    const at = lowerBound(this.scores, this.items, place);
    this.scores.splice(at, 1);
    this.items.splice(at, 1);
  }

  /** Takes over what the leaf that follows holds. */
  absorb(right: Leaf<T>, _place: Place): void {
    this.scores.push(...right.scores);
    this.items.push(...right.items);
    right.unlink();
  }

  /** Lets its neighbours forget it. */
  unlink(): void {
    if (this.previous !== undefined) this.previous.next = this.next;
    if (this.next !== undefined) this.next.previous = this.previous;
  }

  rankOf(place: Place): number {
    return lowerBound(this.scores, this.items, place);
  }

  countBefore(before: Before): number {
    return firstNot(this.items, 0, before);
  }

  find(rank: number): { leaf: Leaf<T>; index: number } {
    return { leaf: this, index: rank };
  }
}

/** The index of the first of `places` from one on that a condition does not hold for. */
function firstNot(places: readonly Place[], from: number, condition: Before): number {
  let low = from;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(itemAt(places, middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}

class Branch<T extends Place> {
  readonly children: Node<T>[];
  /** How many members each child has below it. */
  readonly counts: number[];
  /** What is in a child does not come before its place here; for the first child that need not hold. */
  readonly places: Place[];
  readonly scores: number[];

  constructor(children: Node<T>[], counts: number[], places: Place[], scores: number[]) {
    this.children = children;
    this.counts = counts;
    this.places = places;
    this.scores = scores;
  }

  get count(): number {
    let count = 0;
    for (const below of this.counts) count += below;
    return count;
  }

  get width(): number {
    return this.children.length;
  }

  get least(): Place {
    return itemAt(this.places, 0);
  }

  /** The child that a place belongs to. */
  #childFor(place: Place): number {
    const at = lowerBound(this.scores, this.places, place, 1);
    const taken = at < this.places.length && this.scores[at] === place.score;
    return taken && this.places[at]?.member === place.member ? at : at - 1;
  }

  /** More members, or fewer, are below a child. */
  #counted(at: number, by: number): void {
    this.counts[at] = (this.counts[at] ?? 0) + by;
  }

  insert(item: T): Branch<T> | undefined {
    const at = this.#childFor(item);
    const child = itemAt(this.children, at);
    const right = child.insert(item);
    this.#counted(at, 1);
    if (right === undefined) return undefined;
    const { least, count } = right;
    this.#counted(at, -count);
    this.children.splice(at + 1, 0, right);
    this.counts.splice(at + 1, 0, count);
    this.places.splice(at + 1, 0, { member: least.member, score: least.score });
    this.scores.splice(at + 1, 0, least.score);
    if (this.children.length <= MAX_ITEMS) return undefined;
    // Whoever appends fills branches up too.
    const half = at + 2 === this.children.length ? MAX_ITEMS : MAX_ITEMS / 2;
    return new Branch(
      this.children.splice(half),
      this.counts.splice(half),
      this.places.splice(half),
      this.scores.splice(half),
    );
  }

  remove(place: Place): void {
    const at = this.#childFor(place);
    const child = itemAt(this.children, at);
    child.remove(place);
    this.#counted(at, -1);
    if (child.width === 0) {
      if (child instanceof Leaf) child.unlink();
      this.#drop(at);
    } else if (child.width < FEW_ITEMS && this.children.length > 1) this.#join(Math.min(at, this.children.length - 2));
  }

  /** Makes one child of two, where that leaves room for more. */
  #join(at: number): void {
    const [left, right] = [itemAt(this.children, at), itemAt(this.children, at + 1)];
    if (left.width + right.width > MAX_ITEMS / 2) return;
    left.absorb(right as Leaf<T> & Branch<T>, itemAt(this.places, at + 1));
    this.#counted(at, this.counts[at + 1] ?? 0);
    this.#drop(at + 1);
  }

  #drop(at: number): void {
    for (const list of [this.children, this.counts, this.places, this.scores]) list.splice(at, 1);
  }

  /** Takes over the children of the branch that follows, whose members do not come before a place. */
  absorb(right: Branch<T>, place: Place): void {
    this.children.push(...right.children);
    this.counts.push(...right.counts);
    this.places.push(place, ...right.places.slice(1));
    this.scores.push(place.score, ...right.scores.slice(1));
  }

  rankOf(place: Place): number {
    const at = this.#childFor(place);
    return this.#countUpTo(at) + itemAt(this.children, at).rankOf(place);
  }

  countBefore(before: Before): number {
    const at = firstNot(this.places, 1, before) - 1;
    return this.#countUpTo(at) + itemAt(this.children, at).countBefore(before);
  }

  /** How many members are below the children in front of one. */
  #countUpTo(at: number): number {
    let count = 0;
    for (let i = 0; i < at; i++) count += this.counts[i] ?? 0;
    return count;
  }

  find(rank: number): { leaf: Leaf<T>; index: number } {
    let left = rank;
    let at = 0;
    for (const below of this.counts) {
      if (left < below) break;
      left -= below;
      at++;
    }
    return itemAt(this.children, at).find(left);
  }
}

type Node<T extends Place> = Leaf<T> | Branch<T>;

export class ScoreTree<T extends Place> {
  #root: Node<T> = new Leaf<T>([], []);
  length = 0;

  /** Adds an item whose place is not taken yet. */
  insert(item: T): void {
    const left = this.#root;
    const right = left.insert(item);
    this.length++;
    if (right === undefined) return;
    const places = [left.least, right.least].map(({ member, score }) => ({ member, score }));
    this.#root = new Branch(
      [left, right],
      [left.count, right.count],
      places,
      places.map(({ score }) => score),
    );
  }

  /** Removes the item at a place that is taken. */
  remove(place: Place): void {
    this.#root.remove(place);
    this.length--;
    const root = this.#root;
    if (this.length === 0) this.#root = new Leaf<T>([], []);
    else if (root instanceof Branch && root.width === 1) this.#root = itemAt(root.children, 0);
  }

  /** How many members come before a place. */
  rankOf(place: Place): number {
    return this.#root.rankOf(place);
  }

  /** How many members come before a place, which must divide the order in two. */
  countBefore(before: Before): number {
    return this.#root.countBefore(before);
  }

  /** The items from a rank on, `count` of them at most, or back from there. */
  *range(from: number, count: number, direction: Direction = 'up'): Generator<T> {
    const step = direction === 'up' ? 1 : -1;
    if (from < 0 || from >= this.length) return;
    let { leaf, index } = this.#root.find(from) as { leaf: Leaf<T> | undefined; index: number };
    for (let left = count; left > 0 && leaf !== undefined; left--) {
      yield itemAt(leaf.items, index);
      index += step;
      if (index >= 0 && index < leaf.items.length) continue;
      leaf = direction === 'up' ? leaf.next : leaf.previous;
      index = direction === 'up' ? 0 : (leaf?.items.length ?? 0) - 1;
    }
  }
}
