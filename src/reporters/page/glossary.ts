/** Says what a word of the page means, once, before it is used first. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Look } from '../reporter.ts';
import { type Meaning, type Words, wordsIn } from '../words/words.ts';
import { joined } from './head.ts';

export class Glossary {
  readonly #look: Look;
  readonly #words: Words;
  readonly #explained = new Set<string>();
  #prefetch: number | undefined;

  constructor(look: Look) {
    this.#look = look;
    this.#words = wordsIn(look.language);
  }

  meet(event: TraceEvent): void {
    if (event.type !== 'run-start') return;
    const { prefetch } = event.options;
    this.#prefetch = typeof prefetch === 'number' ? prefetch : undefined;
  }

  /** A line or more about the words that are new in these events. */
  lines(events: readonly TraceEvent[]): string[] {
    if (this.#look.legend === false) return [];
    const meanings = events.flatMap((event) => (event.type === 'message' ? this.#meaningsOf(event) : []));
    return joined(
      meanings.map(([word, meaning]) => `${word} = ${meaning}`),
      ' · ',
      this.#look.width,
    );
  }

  #meaningsOf({ basis, verb, stage }: EventOf<'message'>): Meaning[] {
    const word = basis === 'seen' ? verb : stage;
    if (this.#explained.has(word)) return [];
    this.#explained.add(word);
    const { meanings, prefetch } = this.#words;
    const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
    const own: Meaning[] = meaning === undefined ? [] : [[word, meaning]];
    // How much a consumer may hold is about what it has not acknowledged.
    return stage === 'acked' && this.#prefetch !== undefined ? [...own, prefetch(this.#prefetch)] : own;
  }
}
