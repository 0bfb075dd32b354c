/** Items that are their own ids, in order and in blocks: appending is constant, finding logarithmic, and so is taking out. */
import { compareIds, type StreamId } from './stream-id.ts';

/** As many entries as Redis keeps in a node of a stream, so that trimming by whole nodes agrees. */
const DEFAULT_BLOCK = 100;

export class SortedIds<T extends StreamId> {
  #blocks: T[][] = [];
  size = 0;

  get first(): T | undefined {
    return this.#blocks[0]?.[0];
  }

  get last(): T | undefined {
    return this.#blocks.at(-1)?.at(-1);
  }

  /** How many blocks there are. */
  get blockCount(): number {
    return this.#blocks.length;
  }

  get firstBlock(): readonly T[] | undefined {
    return this.#blocks[0];
  }

  /** Adds an item whose id is not there yet. */
  add(item: T, blockSize = DEFAULT_BLOCK): void {
    this.size++;
    const { last } = this;
    if (last === undefined || compareIds(item, last) > 0) {
      const block = this.#blocks.at(-1);
      if (block === undefined || block.length >= Math.max(1, blockSize)) this.#blocks.push([item]);
      else block.push(item);
      return;
    }
    const at = this.#blockOf(item);
    const block = this.#blocks[at]!;
    block.splice(lowerBound(block, item), 0, item);
    if (block.length > 2 * DEFAULT_BLOCK) this.#blocks.splice(at + 1, 0, block.splice(DEFAULT_BLOCK));
  }

  get(id: StreamId): T | undefined {
    const block = this.#blocks[this.#blockOf(id)];
    if (block === undefined) return undefined;
    const item = block[lowerBound(block, id)];
    return item !== undefined && compareIds(item, id) === 0 ? item : undefined;
  }

  delete(id: StreamId): T | undefined {
    const at = this.#blockOf(id);
    const block = this.#blocks[at];
    if (block === undefined) return undefined;
    const index = lowerBound(block, id);
    const item = block[index];
    if (item === undefined || compareIds(item, id) !== 0) return undefined;
    if (block.length === 1) this.#blocks.splice(at, 1);
    else if (index === 0) block.shift();
    else block.splice(index, 1);
    this.size--;
    return item;
  }

  /** Removes the first block. */
  shiftBlock(): readonly T[] {
    const block = this.#blocks.shift() ?? [];
    this.size -= block.length;
    return block;
  }

  clear(): void {
    this.#blocks = [];
    this.size = 0;
  }

  /** Visits the items from `from` to `to`, both included, until `visit` answers false. */
  scan(from: StreamId, to: StreamId, visit: (item: T) => boolean | undefined): void {
    for (let at = this.#blockOf(from); at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      for (let i = compareIds(block[0]!, from) >= 0 ? 0 : lowerBound(block, from); i < block.length; i++) {
        const item = block[i]!;
        if (compareIds(item, to) > 0 || visit(item) === false) return;
      }
    }
  }

  /** Like `scan`, from `to` down to `from`. */
  scanBack(from: StreamId, to: StreamId, visit: (item: T) => boolean | undefined): void {
    for (let at = Math.min(this.#blockOf(to), this.#blocks.length - 1); at >= 0; at--) {
      const block = this.#blocks[at]!;
      for (let i = block.length - 1; i >= 0; i--) {
        const item = block[i]!;
        if (compareIds(item, to) > 0) continue;
        if (compareIds(item, from) < 0 || visit(item) === false) return;
      }
    }
  }

  /** The last block that begins at or before an id; the first one where none does. */
  #blockOf(id: StreamId): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compareIds(this.#blocks[middle]![0]!, id) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(block: readonly StreamId[], id: StreamId): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(block[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
