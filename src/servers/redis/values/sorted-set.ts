/** A sorted set: scores by member, and members in order. */
import type { EncodingLimits } from './limits.ts';
import { SkipList, type SkipNode } from './skip-list.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

export class SortedSetValue extends Value {
  readonly type = 'zset';
  readonly list = new SkipList();
  readonly #nodes = new Map<string, SkipNode>();
  readonly #slots: SkipNode[] = [];
  #bytes = 0;
  #large = false;
  readonly #limits: EncodingLimits;

  constructor(limits: EncodingLimits) {
    super();
    this.#limits = limits;
  }

  /** Gives up the compact encoding, as Redis does before it sorts. */
  enlarge(): void {
    this.#large = true;
  }

  get size(): number {
    return this.list.length;
  }

  score(member: string): number | undefined {
    return this.#nodes.get(member)?.score;
  }

  node(member: string): SkipNode | undefined {
    return this.#nodes.get(member);
  }

  /** Sets a member's score. */
  set(member: string, given: number): 'added' | 'updated' | 'same' {
    const score = this.#large ? given : given + 0; // a listpack has no negative zero
    const old = this.#nodes.get(member);
    if (old === undefined) {
      const node = this.list.insert(member, score);
      node.slot = this.#slots.length;
      this.#slots.push(node);
      this.#nodes.set(member, node);
      this.#bytes += member.length;
      const { zsetMaxListpackEntries, zsetMaxListpackValue } = this.#limits;
      if (this.size > zsetMaxListpackEntries || member.length > zsetMaxListpackValue) this.#large = true;
      return 'added';
    }
    if (old.score === score) return 'same';
    this.list.remove(old);
    const node = this.list.insert(member, score);
    node.slot = old.slot;
    this.#slots[node.slot] = node;
    this.#nodes.set(member, node);
    return 'updated';
  }

  delete(member: string): boolean {
    const node = this.#nodes.get(member);
    if (node === undefined) return false;
    this.list.remove(node);
    this.#nodes.delete(member);
    const last = this.#slots.pop()!;
    if (last !== node) {
      last.slot = node.slot;
      this.#slots[last.slot] = last;
    }
    this.#bytes -= member.length;
    return true;
  }

  /** A member by its place in an order of no meaning, which a scan goes down. */
  pick(index: number): SkipNode {
    return this.#slots[index]!;
  }

  /** The nodes from place `from` on, `count` of them, or back from there. */
  *range(from: number, count: number, reverse = false): Generator<SkipNode> {
    let node = this.list.at(reverse ? this.size - 1 - from : from);
    for (let i = 0; i < count && node !== undefined; i++) {
      yield node;
      node = reverse ? node.previous : node.next[0];
    }
  }

  /** True while Redis would answer a scan in one go, in order. */
  get compact(): boolean {
    return !this.#large;
  }

  get encoding(): string {
    return this.#large ? 'skiplist' : 'listpack';
  }

  get sizeBytes(): number {
    return OBJECT_COST + this.#bytes + this.size * 4 * ITEM_COST;
  }

  copy(): SortedSetValue {
    const copy = new SortedSetValue(this.#limits);
    for (const node of this.range(0, this.size)) copy.set(node.member, node.score);
    copy.#large = this.#large;
    return copy;
  }
}
