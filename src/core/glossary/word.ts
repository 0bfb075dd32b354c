/** A word of the glossary, and how it is found. */
import type { Language } from '../language.ts';
import { nearestFew } from '../text/suggest.ts';

/** A word with what it means. */
export interface Word {
  /** How it is written, the usual way first: as protocols and pages have it, and as Korean has it besides. */
  readonly names: { readonly en: readonly string[]; readonly ko: readonly string[] };
  readonly meaning: { readonly [language in Language]: string };
  /** What shows it, as behind `msgplay run`: a scenario, perhaps with options. */
  readonly shownBy: readonly string[];
}

/** What is looked up: case, blanks and hyphens make no difference. */
function keyOf(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s-]+/g, '');
}

/**
 * The words of that name, in either language; several where it means different things in different protocols. As it is
 * written comes before any other way to write it: `GET` is not `get`.
 */
export function findWords(words: readonly Word[], name: string): readonly Word[] {
  const sought = keyOf(name);
  if (sought === '') return [];
  const found = words.filter((one) => namesOf(one).some((own) => keyOf(own) === sought));
  const exactly = (one: Word): number => (namesOf(one).includes(name) ? 0 : 1);
  return [...found].sort((one, other) => exactly(one) - exactly(other));
}

/** Names like the one that was typed, nearest first. */
export function namesLike(words: readonly Word[], typed: string, others: readonly string[]): string[] {
  const byKey = new Map([...words.flatMap(namesOf).reverse(), ...others].map((name) => [keyOf(name), name]));
  return nearestFew(typed, [...byKey.values()]);
}

function namesOf({ names }: Word): readonly string[] {
  return [...names.en, ...names.ko];
}
