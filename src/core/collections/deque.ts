/** A double-ended queue in a ring: constant time at both ends, eight bytes for each place. */
export class Deque<T> {
  #ring: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  constructor(items: Iterable<T> = []) {
    this.assign(items);
  }

  get length(): number {
    return this.#length;
  }

  /** The first item; undefined when there is none. */
  first(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  /** The item at a place that is below `length`. */
  at(index: number): T {
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)] as T;
  }

  push(item: T): void {
    if (this.#length === this.#ring.length) this.#resize(Math.max(8, this.#length * 2));
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item;
    this.#length += 1;
  }

  unshift(item: T): void {
    if (this.#length === this.#ring.length) this.#resize(Math.max(8, this.#length * 2));
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#length += 1;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length -= 1;
    if (this.#ring.length > 64 && this.#length < this.#ring.length / 8) this.#resize(this.#ring.length / 2);
    return item;
  }

  /** Puts an item before the one at `index`, moving whichever side is shorter. */
  insert(index: number, item: T): void {
    if (index < this.#length / 2) {
      this.unshift(item);
      for (let at = 0; at < index; at += 1) this.#set(at, this.at(at + 1));
    } else {
      this.push(item);
      for (let at = this.#length - 1; at > index; at -= 1) this.#set(at, this.at(at - 1));
    }
    this.#set(index, item);
  }

  pop(): T | undefined {
    if (this.#length === 0) return undefined;
    this.#length -= 1;
    const item = this.at(this.#length);
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = undefined;
    return item;
  }

  /** Takes out the item at `index`, moving whichever side is shorter. */
  remove(index: number): void {
    if (index < this.#length / 2) {
      for (let at = index; at > 0; at -= 1) this.#set(at, this.at(at - 1));
      this.shift();
    } else {
      for (let at = index; at < this.#length - 1; at += 1) this.#set(at, this.at(at + 1));
      this.pop();
    }
  }

  /** The first place of an item; -1 where it is not there. */
  indexOf(item: T): number {
    for (let index = 0; index < this.#length; index += 1) if (this.at(index) === item) return index;
    return -1;
  }

  /** Puts an item in the place of another one. */
  set(index: number, item: T): void {
    this.#set(index, item);
  }

  /** Replaces everything. */
  assign(items: Iterable<T>): void {
    this.clear();
    for (const item of items) this.push(item);
  }

  toArray(): T[] {
    return Array.from({ length: this.#length }, (_, index) => this.at(index));
  }

  clear(): void {
    this.#ring = [];
    this.#head = 0;
    this.#length = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.#length; index += 1) yield this.at(index);
  }

  #set(index: number, item: T): void {
    this.#ring[(this.#head + index) & (this.#ring.length - 1)] = item;
  }

  #resize(capacity: number): void {
    const ring: (T | undefined)[] = new Array(capacity);
    for (let index = 0; index < this.#length; index += 1) ring[index] = this.at(index);
    this.#ring = ring;
    this.#head = 0;
  }
}
