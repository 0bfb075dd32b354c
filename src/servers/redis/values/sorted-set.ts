/** A sorted set: scores by member, and members in order. */
import { itemAt } from '../../../core/collections/present.ts';
import type { Direction } from './direction.ts';
import type { EncodingLimits } from './limits.ts';
import { ScoreTree } from './score-tree.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

/** A member with its score. */
export interface Scored {
  readonly member: string;
  score: number;
  /** Where the member stands in the set's list for random picks and scans. */
  slot: number;
}

export class SortedSetValue extends Value {
  readonly type = 'zset';
  /** The members in order. */
  readonly tree = new ScoreTree<Scored>();
  readonly #members = new Map<string, Scored>();
  readonly #slots: Scored[] = [];
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
    return this.tree.length;
  }

  score(member: string): number | undefined {
    return this.#members.get(member)?.score;
  }

  find(member: string): Scored | undefined {
    return this.#members.get(member);
  }

  /** Sets a member's score. */
  set(member: string, given: number): 'added' | 'updated' | 'same' {
    const score = this.#large ? given : given + 0; // a listpack has no negative zero
    const old = this.#members.get(member);
    if (old === undefined) {
      const added = { member, score, slot: this.#slots.length };
      this.tree.insert(added);
      this.#slots.push(added);
      this.#members.set(member, added);
      this.#bytes += member.length;
      const { zsetMaxListpackEntries, zsetMaxListpackValue } = this.#limits;
      if (this.size > zsetMaxListpackEntries || member.length > zsetMaxListpackValue) this.#large = true;
      return 'added';
    }
    if (old.score === score) return 'same';
    this.tree.remove(old);
    old.score = score;
    this.tree.insert(old);
    return 'updated';
  }

  delete(member: string): boolean {
    const gone = this.#members.get(member);
    if (gone === undefined) return false;
    this.tree.remove(gone);
    this.#members.delete(member);
    const last = this.#slots.pop();
    if (last !== undefined && last !== gone) {
      last.slot = gone.slot;
      this.#slots[last.slot] = last;
    }
    this.#bytes -= member.length;
    return true;
  }

  /** A member by its place in an order of no meaning, which a scan goes down. */
  pick(index: number): Scored {
    return itemAt(this.#slots, index);
  }

  /** `count` members from a place on; going down, places count from the highest member. */
  range(from: number, count: number, direction: Direction = 'up'): Iterable<Scored> {
    return this.tree.range(direction === 'up' ? from : this.size - 1 - from, count, direction);
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
    for (const { member, score } of this.range(0, this.size)) copy.set(member, score);
    copy.#large = this.#large;
    return copy;
  }
}
