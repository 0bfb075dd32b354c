/** A list of which only the content is known, or part of it: others may use it, or too much happened to it at once. */
import type { Statement } from '../../core/statements/index.ts';
import { ANY } from './answer.ts';
import type { Element, Item } from './element.ts';

/** Elements of one content, and how many of them were taken. */
interface Equal {
  readonly elements: Set<Element>;
  taken: number;
}

/** What was taken out of a bag. */
export interface Taken {
  /** Which it may be; empty where it was put there out of sight. */
  readonly candidates: readonly Element[];
  /** Whether it may also be one that was put there out of sight. */
  readonly maybeForeign: boolean;
  /** Those of which is known now that they were taken, each. */
  readonly settled: readonly Element[];
}

export class Bag {
  /** Why it can't be told what is in it. */
  readonly reason: Statement;
  /** Whether things may be in it that no frame shows, though everybody's frames are seen: a script's doing. */
  hasForeign: boolean;
  readonly #byContent = new Map<string, Equal>();

  constructor(reason: Statement, hasForeign: boolean) {
    this.reason = reason;
    this.hasForeign = hasForeign;
  }

  add(items: Iterable<Item>): void {
    for (const { candidates } of items) for (const element of candidates) this.#add(element);
  }

  #add(element: Element): void {
    if (element.content === ANY || element.isForeign) this.hasForeign = true;
    if (element.content === ANY || element.isSettled || !element.message) return;
    const equal = this.#byContent.get(element.content);
    if (equal === undefined) this.#byContent.set(element.content, { elements: new Set([element]), taken: 0 });
    else equal.elements.add(element);
    element.bags.add(this);
  }

  /** An element is no longer followed, or known to be elsewhere. */
  drop(element: Element): void {
    element.bags.delete(this);
    if (element.content === ANY) return;
    const equal = this.#byContent.get(element.content);
    equal?.elements.delete(element);
    if (equal?.elements.size === 0) this.#byContent.delete(element.content);
  }

  *elements(): Iterable<Element> {
    for (const { elements } of this.#byContent.values()) yield* elements;
  }

  /** What something of this content may be that goes on into another list, or comes back into this one. */
  peek(content: string): Taken {
    const elements = this.#byContent.get(content)?.elements;
    return { candidates: [...(elements ?? [])], maybeForeign: !elements || this.hasForeign, settled: [] };
  }

  take(content: string): Taken {
    const equal = this.#byContent.get(content);
    if (!equal) return { candidates: [], maybeForeign: true, settled: [] };
    const candidates = [...equal.elements];
    if (this.hasForeign) {
      for (const element of candidates) element.maybeReached = true;
      return { candidates, maybeForeign: true, settled: [] };
    }
    equal.taken++;
    if (equal.taken < candidates.length) return { candidates, maybeForeign: false, settled: [] };
    for (const element of candidates) this.drop(element);
    return { candidates, maybeForeign: false, settled: candidates };
  }

  /** Empties it: answers what may have been in it, parted by content. */
  drain(): { readonly elements: readonly Element[]; readonly taken: number }[] {
    const all = [...this.#byContent.values()].map(({ elements, taken }) => ({ elements: [...elements], taken }));
    for (const { elements } of all) for (const element of elements) this.drop(element);
    return all;
  }
}
