/** A sequence that grows and shrinks cheaply at both ends. */

const ROOM = 16;
/** Free room in front beyond which it is given back, where it is also most of the whole. */
const KEPT_ROOM = 1024;

export class Deque<Item> {
  #items: Item[];
  /** Where the first one is. */
  #head = 0;

  constructor(items: Item[] = []) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  at(index: number): Item | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index];
  }

  set(index: number, item: Item): void {
    this.#items[this.#head + index] = item;
  }

  push(item: Item, first: boolean): void {
    if (!first) {
      this.#items.push(item);
      return;
    }
    if (this.#head === 0) {
      const room = Math.max(ROOM, this.#items.length);
      this.#items = [...new Array<Item>(room), ...this.#items];
      this.#head = room;
    }
    this.#items[--this.#head] = item;
  }

  pop(first: boolean): Item | undefined {
    if (this.length === 0) return undefined;
    if (!first) return this.#items.pop();
    const item = this.#items[this.#head] as Item;
    this.#items[this.#head++] = undefined as Item;
    if (this.#head > KEPT_ROOM && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Inserts before `index`. */
  insert(index: number, item: Item): void {
    this.#items.splice(this.#head + index, 0, item);
  }

  /** Replaces everything. */
  assign(items: Item[]): void {
    this.#items = items;
    this.#head = 0;
  }

  toArray(): Item[] {
    return this.#items.slice(this.#head);
  }

  copy(): Deque<Item> {
    return new Deque(this.toArray());
  }
}
