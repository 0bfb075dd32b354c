/** What was taken that nobody was seen putting there: an answer that comes yet may tell that somebody moved it there. */
import type { Element } from './element.ts';
import type { Key } from './world.ts';

interface Taken {
  readonly key: Key;
  readonly element: Element;
  /** The frame that told it. */
  readonly seq: number;
}

/** So many of them are remembered. */
const REMEMBERED = 100;

export class Passing {
  readonly #taken: Taken[] = [];

  taken(key: Key, element: Element, seq: number): void {
    this.#taken.push({ key, element, seq });
    if (this.#taken.length > REMEMBERED) this.#taken.shift();
  }

  /** What was taken from the list that something of this content came to by a command that was sent before: only once. */
  movedTo(to: Key, content: string, sentSeq: number): Element | undefined {
    const at = this.#taken.findIndex(
      ({ key, element, seq }) => key === to && seq > sentSeq && element.content === content,
    );
    return at < 0 ? undefined : this.#taken.splice(at, 1)[0]?.element;
  }
}
