/**
 * What the story says besides the steps of messages: reasons and notes, as data. Each statement has a stable code and
 * its values, and is worded in one place, so that it can be told in another language, linked to a page and asserted in
 * a test. The same code gives the same words in every format.
 */
import type { Language } from '../language.ts';
import type { Reworded } from './_words.ts';
import { broker as brokerKo } from './broker.ko.ts';
import { broker } from './broker.ts';
import { redis as redisKo } from './redis.ko.ts';
import { redis } from './redis.ts';
import { run as runKo } from './run.ko.ts';
import { run } from './run.ts';
import { web as webKo } from './web.ko.ts';
import { web } from './web.ts';

const ENGLISH = { ...run, ...broker, ...redis, ...web };
const WORDS: Record<Language, Reworded<typeof ENGLISH>> = {
  en: ENGLISH,
  ko: { ...runKo, ...brokerKo, ...redisKo, ...webKo },
};

/** What a statement is called, in every version and every language. */
export type StatementCode = keyof typeof ENGLISH;

/** A code with the values that its words need; plain JSON. */
export type Statement = {
  [Code in StatementCode]: { readonly code: Code; readonly values: Parameters<(typeof ENGLISH)[Code]>[0] };
}[StatementCode];

/**
 * The statement in words; one of another version, whose code or values are not known here, as its code.
 *
 * @example
 * const why = event.type === 'message' && event.reason ? worded(event.reason) : '';
 */
export function worded({ code, values }: Statement, language: Language = 'en'): string {
  const words = WORDS[language];
  if (!Object.hasOwn(words, code)) return code;
  try {
    return (words[code] as (values: unknown) => string)(values);
  } catch {
    return code;
  }
}
