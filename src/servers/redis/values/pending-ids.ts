/** What was delivered and not acknowledged, by id. Unlike entries, it may come in any order. */
import { itemAt } from '../../../core/collections/present.ts';
import { type IdBlock, lowerBound, SortedIds } from './sorted-ids.ts';
import { compareIds, type StreamId } from './stream-id.ts';

const BLOCK = 100;

/** Keeps items as they are. */
class ItemBlock<T extends StreamId> implements IdBlock<T> {
  readonly items: T[];

  constructor(items: T[]) {
    this.items = items;
  }

  get length(): number {
    return this.items.length;
  }

  at(index: number): T {
    return itemAt(this.items, index);
  }

  compare(index: number, id: StreamId): number {
    return compareIds(itemAt(this.items, index), id);
  }

  push(item: T): void {
    this.items.push(item);
  }

  remove(index: number): void {
    if (index === 0) this.items.shift();
    else this.items.splice(index, 1);
  }
}

export class PendingIds<T extends StreamId> extends SortedIds<T, ItemBlock<T>> {
  constructor() {
    super(() => new ItemBlock<T>([]));
  }

  /** Adds an item whose id is not there yet. */
  add(item: T): void {
    const { lastBlock } = this;
    if (lastBlock === undefined || lastBlock.compare(lastBlock.length - 1, item) < 0) {
      this.append(item, lastBlock !== undefined && lastBlock.length >= BLOCK);
      return;
    }
    const at = this.blockOf(item);
    const block = itemAt(this.blocks, at);
    const { items } = block;
    items.splice(lowerBound(block, item), 0, item);
    if (items.length > 2 * BLOCK) this.blocks.splice(at + 1, 0, new ItemBlock(items.splice(BLOCK)));
    this.size++;
  }
}
