/** A list: a ring of texts, constant time at both ends and by index. */
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

const INITIAL = 8;
/** What a listpack may take, in bytes: list-max-listpack-size of -2. */
const PACKED_BYTES = 8192;

export type ListEnd = 'left' | 'right';

export class ListValue extends Value {
  readonly type = 'list';
  /** As many places as a power of two; undefined where nothing is. */
  #ring: (string | undefined)[] = new Array(INITIAL).fill(undefined);
  #head = 0;
  #bytes = 0;
  #isLong = false;
  length = 0;

  at(index: number): string | undefined {
    if (index < 0 || index >= this.length) return undefined;
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)];
  }

  set(index: number, item: string): void {
    const at = (this.#head + index) & (this.#ring.length - 1);
    this.#bytes += item.length - (this.#ring[at]?.length ?? 0);
    this.#ring[at] = item;
  }

  pushFirst(item: string): void {
    this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.length++;
    this.#bytes += item.length;
    if (this.#packedBytes > PACKED_BYTES) this.#isLong = true;
  }

  pushLast(item: string): void {
    this.#grow();
    this.#ring[(this.#head + this.length) & (this.#ring.length - 1)] = item;
    this.length++;
    this.#bytes += item.length;
    if (this.#packedBytes > PACKED_BYTES) this.#isLong = true;
  }

  popFirst(): string | undefined {
    const item = this.#ring[this.#head];
    if (item === undefined) return undefined;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#removed(item);
    return item;
  }

  popLast(): string | undefined {
    const at = (this.#head + this.length - 1) & (this.#ring.length - 1);
    const item = this.#ring[at];
    if (item === undefined) return undefined;
    this.#ring[at] = undefined;
    this.#removed(item);
    return item;
  }

  push(item: string, end: ListEnd): void {
    if (end === 'left') this.pushFirst(item);
    else this.pushLast(item);
  }

  pop(end: ListEnd): string | undefined {
    return end === 'left' ? this.popFirst() : this.popLast();
  }

  /** All items in order; `from` and `to` are indexes, `to` excluded. */
  slice(from = 0, to = this.length): string[] {
    const items: string[] = [];
    for (let i = from; i < to; i++) {
      const item = this.at(i);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  /** Replaces everything. */
  assign(items: readonly string[]): void {
    let size = INITIAL;
    while (size < items.length) size *= 2;
    const ring: (string | undefined)[] = new Array(size).fill(undefined);
    let bytes = 0;
    let count = 0;
    for (const item of items) {
      ring[count++] = item;
      bytes += item.length;
    }
    this.#ring = ring;
    this.#head = 0;
    this.length = count;
    this.#bytes = bytes;
    this.#isLong = this.#packedBytes > PACKED_BYTES;
  }

  /** Roughly what a listpack of these items takes, in bytes. */
  get #packedBytes(): number {
    return this.#bytes + 2 * this.length + 7;
  }

  #removed(item: string): void {
    this.length--;
    this.#bytes -= item.length;
    if (this.#packedBytes <= PACKED_BYTES / 2) this.#isLong = false;
    if (this.#ring.length > 64 && this.length * 4 < this.#ring.length) this.#resize(this.#ring.length / 2);
  }

  #grow(): void {
    if (this.length === this.#ring.length) this.#resize(this.#ring.length * 2);
  }

  #resize(size: number): void {
    const ring: (string | undefined)[] = new Array(size).fill(undefined);
    for (let i = 0; i < this.length; i++) ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }

  /** A listpack while it is short; it has to shrink to half of that to become one again. Redis 7.0 knows no such lists. */
  get encoding(): string {
    return this.#isLong ? 'quicklist' : 'listpack';
  }

  get sizeBytes(): number {
    return OBJECT_COST + this.#bytes + this.length * ITEM_COST;
  }

  copy(): ListValue {
    const copy = new ListValue();
    copy.assign(this.slice());
    return copy;
  }
}
