/** A set: members by hash, and in a list for random picks and scans. */
import { itemAt } from '../../../core/collections/present.ts';
import { readInteger } from '../numbers.ts';
import type { EncodingLimits } from './limits.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

export class SetValue extends Value {
  readonly type = 'set';
  readonly #index = new Map<string, number>();
  readonly #members: string[] = [];
  #bytes = 0;
  /** `intset` while all members have always been integers, and few; then `listpack` while they are short, and few. */
  #form: 'intset' | 'listpack' | 'hashtable' = 'intset';
  readonly #limits: EncodingLimits;

  constructor(limits: EncodingLimits) {
    super();
    this.#limits = limits;
  }

  get size(): number {
    return this.#members.length;
  }

  has(member: string): boolean {
    return this.#index.has(member);
  }

  /** False when it was there already. */
  add(member: string): boolean {
    if (this.#index.has(member)) return false;
    this.#index.set(member, this.#members.length);
    this.#members.push(member);
    this.#bytes += member.length;
    if (this.#form !== 'hashtable') this.#settle(member);
    return true;
  }

  /** Takes the form that holds a new member, too. */
  #settle(member: string): void {
    const { setMaxIntsetEntries, setMaxListpackEntries, setMaxListpackValue } = this.#limits;
    const size = this.#members.length;
    if (this.#form === 'intset' && size <= setMaxIntsetEntries && readInteger(member) !== undefined) return;
    const fits = size <= setMaxListpackEntries && member.length <= setMaxListpackValue;
    this.#form = fits ? 'listpack' : 'hashtable';
  }

  delete(member: string): boolean {
    const at = this.#index.get(member);
    if (at === undefined) return false;
    this.#index.delete(member);
    const last = this.#members.pop();
    if (last !== undefined && at < this.#members.length) {
      this.#members[at] = last;
      this.#index.set(last, at);
    }
    this.#bytes -= member.length;
    return true;
  }

  /** A member by its place in an order of no meaning. */
  at(index: number): string {
    return itemAt(this.#members, index);
  }

  /** All members: integers in order while the set is compact, as Redis does; else in an order of no meaning. */
  get members(): readonly string[] {
    if (this.#form !== 'intset') return this.#members;
    return [...this.#members].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  }

  /** The list as it is, in the order in which a scan goes through it. */
  get raw(): readonly string[] {
    return this.#members;
  }

  /** True while Redis would answer a scan in one go. */
  get compact(): boolean {
    return this.#form !== 'hashtable';
  }

  get encoding(): string {
    return this.#form;
  }

  get sizeBytes(): number {
    return OBJECT_COST + this.#bytes + this.#members.length * 2 * ITEM_COST;
  }

  copy(): SetValue {
    const copy = new SetValue(this.#limits);
    for (const member of this.#members) copy.add(member);
    copy.#form = this.#form;
    return copy;
  }
}
