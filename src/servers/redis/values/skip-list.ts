/** Members in the order of their scores, equal scores by bytes: a skip list whose links know how far they reach. */

const MAX_LEVEL = 32;
/** One node in four rises a level. */
const RISE = 0.25;

export class SkipNode {
  readonly member: string;
  readonly score: number;
  readonly next: (SkipNode | undefined)[];
  /** How many nodes each link passes, its target included. */
  readonly span: number[];
  previous: SkipNode | undefined;
  /** Where the member stands in the set's list for random picks and scans. */
  slot = -1;

  constructor(member: string, score: number, level: number) {
    this.member = member;
    this.score = score;
    this.next = new Array(level).fill(undefined);
    this.span = new Array(level).fill(0);
  }
}

/** Whether a node comes before a place. */
export type Before = (node: SkipNode) => boolean;

export class SkipList {
  readonly #head = new SkipNode('', Number.NEGATIVE_INFINITY, MAX_LEVEL);
  #level = 1;
  length = 0;
  last: SkipNode | undefined;
  readonly #path: SkipNode[] = new Array(MAX_LEVEL).fill(this.#head);
  readonly #ranks: number[] = new Array(MAX_LEVEL).fill(0);

  get first(): SkipNode | undefined {
    return this.#head.next[0];
  }

  /** The level of a new node. Not a secret and not part of any reply, so Math.random serves. */
  #randomLevel(): number {
    let level = 1;
    while (level < MAX_LEVEL && Math.random() < RISE) level++;
    return level;
  }

  /** Walks to the last node before (score, member); leaves the way in #path and #ranks. */
  #walk(score: number, member: string): SkipNode {
    let node = this.#head;
    let rank = 0;
    for (let i = this.#level - 1; i >= 0; i--) {
      for (let next = node.next[i]; next !== undefined; next = node.next[i]) {
        if (next.score > score || (next.score === score && next.member >= member)) break;
        rank += node.span[i]!;
        node = next;
      }
      this.#path[i] = node;
      this.#ranks[i] = rank;
    }
    return node;
  }

  insert(member: string, score: number): SkipNode {
    this.#walk(score, member);
    const level = this.#randomLevel();
    for (let i = this.#level; i < level; i++) {
      this.#path[i] = this.#head;
      this.#ranks[i] = 0;
      this.#head.span[i] = this.length;
    }
    if (level > this.#level) this.#level = level;
    const node = new SkipNode(member, score, level);
    const rank = this.#ranks[0]!;
    for (let i = 0; i < level; i++) {
      const before = this.#path[i]!;
      node.next[i] = before.next[i];
      before.next[i] = node;
      node.span[i] = before.span[i]! - (rank - this.#ranks[i]!);
      before.span[i] = rank - this.#ranks[i]! + 1;
    }
    for (let i = level; i < this.#level; i++) this.#path[i]!.span[i]!++;
    node.previous = this.#path[0] === this.#head ? undefined : this.#path[0];
    const after = node.next[0];
    if (after === undefined) this.last = node;
    else after.previous = node;
    this.length++;
    return node;
  }

  remove(node: SkipNode): void {
    this.#walk(node.score, node.member);
    for (let i = 0; i < this.#level; i++) {
      const before = this.#path[i]!;
      if (before.next[i] === node) {
        before.span[i]! += node.span[i]! - 1;
        before.next[i] = node.next[i];
      } else before.span[i]!--;
    }
    const after = node.next[0];
    if (after === undefined) this.last = node.previous;
    else after.previous = node.previous;
    while (this.#level > 1 && this.#head.next[this.#level - 1] === undefined) this.#level--;
    this.length--;
  }

  /** Where a node stands, from 0. */
  rankOf(node: SkipNode): number {
    this.#walk(node.score, node.member);
    return this.#ranks[0]!;
  }

  /** The node at a place, from 0. */
  at(rank: number): SkipNode | undefined {
    if (rank < 0 || rank >= this.length) return undefined;
    let node = this.#head;
    let left = rank + 1;
    for (let i = this.#level - 1; i >= 0; i--) {
      while (node.next[i] !== undefined && node.span[i]! <= left) {
        left -= node.span[i]!;
        node = node.next[i]!;
      }
      if (left === 0) return node;
    }
    return undefined;
  }

  /** How many nodes come before a place, which must divide the list in two. */
  countBefore(before: Before): number {
    let node = this.#head;
    let rank = 0;
    for (let i = this.#level - 1; i >= 0; i--) {
      for (let next = node.next[i]; next !== undefined && before(next); next = node.next[i]) {
        rank += node.span[i]!;
        node = next;
      }
    }
    return rank;
  }
}
