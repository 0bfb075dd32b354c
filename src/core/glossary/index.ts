/** Every term, number and sign that a page or a guide uses, with a short meaning in each language. */
import type { Language } from '../language.ts';
import { nearestFew } from '../suggest.ts';
import { amqp } from './amqp.ts';
import { codes } from './codes.ts';
import { page } from './page.ts';
import { redis } from './redis.ts';
import { reliability } from './reliability.ts';
import type { Row } from './row.ts';
import { services } from './services.ts';
import { stomp } from './stomp.ts';
import { web } from './web.ts';

/** A word with what it means. */
export interface Word {
  /** How it is written, the usual way first: as protocols and pages have it, and as Korean has it besides. */
  readonly names: { readonly en: readonly string[]; readonly ko: readonly string[] };
  readonly meaning: { readonly [language in Language]: string };
  /** What shows it, as behind `msgplay run`: a scenario, perhaps with options. */
  readonly shownBy: readonly string[];
}

export const WORDS: readonly Word[] = [amqp, reliability, redis, web, stomp, codes, services, page].flat().map(word);

function word([names, korean, en, ko, shownBy = '']: Row): Word {
  return { names: { en: listed(names), ko: listed(korean) }, meaning: { en, ko }, shownBy: listed(shownBy) };
}

function listed(text: string): string[] {
  return text === '' ? [] : text.split(', ');
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
export function findWords(name: string): readonly Word[] {
  const sought = keyOf(name);
  if (sought === '') return [];
  const found = WORDS.filter((one) => namesOf(one).some((own) => keyOf(own) === sought));
  const exactly = (one: Word): number => (namesOf(one).includes(name) ? 0 : 1);
  return [...found].sort((one, other) => exactly(one) - exactly(other));
}

/** Names like the one that was typed, nearest first. */
export function namesLike(typed: string, others: readonly string[]): string[] {
  const byKey = new Map([...WORDS.flatMap(namesOf).reverse(), ...others].map((name) => [keyOf(name), name]));
  return nearestFew(typed, [...byKey.values()]);
}

function namesOf({ names }: Word): readonly string[] {
  return [...names.en, ...names.ko];
}
