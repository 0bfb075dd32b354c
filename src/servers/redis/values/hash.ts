/** A hash: small ones keep the order of insertion, as Redis's listpacks do; large ones are looked up by hashing. */
import { itemAt } from '../../../core/collections/present.ts';
import type { EncodingLimits } from './limits.ts';
import { ITEM_COST, OBJECT_COST, Value } from './value.ts';

export class HashValue extends Value {
  readonly type = 'hash';
  readonly fields: string[] = [];
  readonly values: string[] = [];
  /** Where a field stands in the lists; absent while the hash is small. */
  #index: Map<string, number> | undefined;
  #bytes = 0;
  /** When fields expire, in Unix milliseconds; undefined where none ever did. */
  #deadlines: Map<string, number> | undefined;
  readonly #limits: EncodingLimits;

  constructor(limits: EncodingLimits) {
    super();
    this.#limits = limits;
  }

  get size(): number {
    return this.fields.length;
  }

  #find(field: string): number {
    return this.#index === undefined ? this.fields.indexOf(field) : (this.#index.get(field) ?? -1);
  }

  has(field: string): boolean {
    return this.#find(field) >= 0;
  }

  get(field: string): string | undefined {
    const at = this.#find(field);
    return at < 0 ? undefined : this.values[at];
  }

  /** The field and the value at a place that is taken. */
  at(place: number): readonly [field: string, value: string] {
    return [itemAt(this.fields, place), itemAt(this.values, place)];
  }

  /** When a field expires, in Unix milliseconds; -1 for never. */
  deadline(field: string): number {
    return this.#deadlines?.get(field) ?? -1;
  }

  expire(field: string, at: number): void {
    this.#deadlines ??= new Map();
    this.#deadlines.set(field, at);
    if (this.partsExpireAt < 0 || at < this.partsExpireAt) this.partsExpireAt = at;
  }

  /** False where it did not expire. */
  persist(field: string): boolean {
    return this.#deadlines?.delete(field) ?? false;
  }

  /** Removes the fields whose time was over before `now`, and tells how many they were. */
  override expireParts(now: number): number {
    let next = -1;
    let count = 0;
    for (const [field, at] of this.#deadlines ?? []) {
      if (at < now) {
        this.delete(field);
        count++;
      } else if (next < 0 || at < next) next = at;
    }
    this.partsExpireAt = next;
    return count;
  }

  /** True when the field is new. A field that is set anew no longer expires, but where it `keepsDeadline`. */
  set(field: string, value: string, keepsDeadline = false): boolean {
    if (!keepsDeadline) this.#deadlines?.delete(field);
    const at = this.#find(field);
    this.#bytes += value.length;
    if (at >= 0) {
      this.#bytes -= itemAt(this.values, at).length;
      this.values[at] = value;
    } else {
      this.#index?.set(field, this.fields.length);
      this.fields.push(field);
      this.values.push(value);
      this.#bytes += field.length;
    }
    if (this.#index === undefined) {
      const { hashMaxListpackEntries, hashMaxListpackValue } = this.#limits;
      if (
        this.fields.length > hashMaxListpackEntries ||
        field.length > hashMaxListpackValue ||
        value.length > hashMaxListpackValue
      ) {
        this.#index = new Map(this.fields.map((name, i) => [name, i]));
      }
    }
    return at < 0;
  }

  delete(field: string): boolean {
    const at = this.#find(field);
    if (at < 0) return false;
    this.#deadlines?.delete(field);
    this.#bytes -= field.length + itemAt(this.values, at).length;
    if (this.#index === undefined) {
      this.fields.splice(at, 1);
      this.values.splice(at, 1);
      return true;
    }
    // The last one fills the hole, so that a scan, which goes down the list, misses nobody.
    this.#index.delete(field);
    const lastField = this.fields.pop();
    const lastValue = this.values.pop();
    if (lastField !== undefined && lastValue !== undefined && at < this.fields.length) {
      this.fields[at] = lastField;
      this.values[at] = lastValue;
      this.#index.set(lastField, at);
    }
    return true;
  }

  /** True while Redis would answer a scan in one go. */
  get compact(): boolean {
    return this.#index === undefined;
  }

  get encoding(): string {
    if (!this.compact) return 'hashtable';
    return this.#deadlines === undefined ? 'listpack' : 'listpackex';
  }

  get sizeBytes(): number {
    return OBJECT_COST + this.#bytes + this.fields.length * 2 * ITEM_COST;
  }

  copy(): HashValue {
    const copy = new HashValue(this.#limits);
    for (let i = 0; i < this.fields.length; i++) copy.set(...this.at(i));
    for (const [field, at] of this.#deadlines ?? []) copy.expire(field, at);
    if (!this.compact && copy.#index === undefined) copy.#index = new Map(copy.fields.map((name, i) => [name, i]));
    return copy;
  }
}
