/** On a server that others use: what was put into lists and may be in any of them, since others may move it. */
import { obtain } from '../../../core/collections/maps.ts';
import { ANY } from './answer.ts';
import type { Element, Holder } from './element.ts';

export class Outstanding implements Holder {
  readonly #byContent = new Map<string, Set<Element>>();

  add(element: Element): void {
    if (element.content === ANY) return;
    obtain(this.#byContent, element.content, () => new Set()).add(element);
    element.bags.add(this);
  }

  drop(element: Element): void {
    element.bags.delete(this);
    if (element.content === ANY) return;
    const equal = this.#byContent.get(element.content);
    if (equal?.delete(element) && equal.size === 0) this.#byContent.delete(element.content);
  }

  of(content: string): readonly Element[] {
    return [...(this.#byContent.get(content) ?? [])];
  }
}
