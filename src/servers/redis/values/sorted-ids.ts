/**
 * Items by their ids, in order and in blocks: appending is constant, finding logarithmic, and so is taking out. How a
 * block keeps its items is its own business.
 */
import { itemAt } from '../../../core/collections/present.ts';
import type { StreamId } from './stream-id.ts';

/** A run of items in the order of their ids. */
export interface IdBlock<T extends StreamId> {
  readonly length: number;
  /** The item at an index that is there. */
  at(index: number): T;
  /** Compares the id of the item at an index that is there with another id. */
  compare(index: number, id: StreamId): number;
  /** Adds an item after all others. */
  push(item: T): void;
  /** Takes the item at an index out. */
  remove(index: number): void;
}

export class SortedIds<T extends StreamId, B extends IdBlock<T>> {
  readonly #newBlock: () => B;
  protected readonly blocks: B[] = [];
  size = 0;

  constructor(newBlock: () => B) {
    this.#newBlock = newBlock;
  }

  get first(): T | undefined {
    return this.blocks[0]?.at(0);
  }

  get last(): T | undefined {
    const block = this.lastBlock;
    return block?.at(block.length - 1);
  }

  /** How many blocks there are; none is empty. */
  get blockCount(): number {
    return this.blocks.length;
  }

  get firstBlock(): B | undefined {
    return this.blocks[0];
  }

  get lastBlock(): B | undefined {
    return this.blocks[this.blocks.length - 1];
  }

  /** Adds an item whose id is beyond all others, in the last block or in a new one. */
  append(item: T, inNewBlock: boolean): void {
    let block = this.lastBlock;
    if (block === undefined || inNewBlock) {
      block = this.#newBlock();
      this.blocks.push(block);
    }
    block.push(item);
    this.size++;
  }

  get(id: StreamId): T | undefined {
    const block = this.blocks[this.blockOf(id)];
    if (block === undefined) return undefined;
    const index = indexOf(block, id);
    return index < 0 ? undefined : block.at(index);
  }

  delete(id: StreamId): T | undefined {
    const at = this.blockOf(id);
    const block = this.blocks[at];
    if (block === undefined) return undefined;
    const index = indexOf(block, id);
    if (index < 0) return undefined;
    const item = block.at(index);
    if (block.length === 1) this.blocks.splice(at, 1);
    else block.remove(index);
    this.size--;
    return item;
  }

  /** Removes the first block. */
  shiftBlock(): void {
    this.size -= this.blocks.shift()?.length ?? 0;
  }

  /** Visits the items from `from` to `to`, both included, until `visit` answers false. */
  scan(from: StreamId, to: StreamId, visit: (item: T) => boolean | undefined): void {
    for (let at = this.blockOf(from); at < this.blocks.length; at++) {
      const block = itemAt(this.blocks, at);
      for (let i = block.compare(0, from) >= 0 ? 0 : lowerBound(block, from); i < block.length; i++) {
        if (block.compare(i, to) > 0 || visit(block.at(i)) === false) return;
      }
    }
  }

  /** Like `scan`, from `to` down to `from`. */
  scanBack(from: StreamId, to: StreamId, visit: (item: T) => boolean | undefined): void {
    for (let at = Math.min(this.blockOf(to), this.blocks.length - 1); at >= 0; at--) {
      const block = itemAt(this.blocks, at);
      for (let i = block.length - 1; i >= 0; i--) {
        if (block.compare(i, to) > 0) continue;
        if (block.compare(i, from) < 0 || visit(block.at(i)) === false) return;
      }
    }
  }

  /** The last block that begins at or before an id; the first one where none does. */
  protected blockOf(id: StreamId): number {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (itemAt(this.blocks, middle).compare(0, id) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The index of the first item of a block whose id is not before an id. */
export function lowerBound<T extends StreamId>(block: IdBlock<T>, id: StreamId): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (block.compare(middle, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an id is in a block; -1 where it isn't. */
function indexOf<T extends StreamId>(block: IdBlock<T>, id: StreamId): number {
  const index = lowerBound(block, id);
  return index < block.length && block.compare(index, id) === 0 ? index : -1;
}
