/**
 * What the story says besides the steps of messages: reasons and notes, as data. Each statement has a stable code and
 * its values, and is worded in one place, so that it can be told in another language, linked to a page and asserted in
 * a test. The same code gives the same words in every format.
 */
import { broker } from './broker.ts';
import { redis } from './redis.ts';
import { run } from './run.ts';
import { web } from './web.ts';

const WORDS = { ...run, ...broker, ...redis, ...web };

/** What a statement is called, in every version and every language. */
export type StatementCode = keyof typeof WORDS;

/** A code with the values that its words need; plain JSON. */
export type Statement = {
  [Code in StatementCode]: { readonly code: Code; readonly values: Parameters<(typeof WORDS)[Code]>[0] };
}[StatementCode];

/**
 * The statement in English; a code of another version as itself.
 *
 * @example
 * const why = event.type === 'message' && event.reason ? worded(event.reason) : '';
 */
export function worded({ code, values }: Statement): string {
  return Object.hasOwn(WORDS, code) ? (WORDS[code] as (values: unknown) => string)(values) : code;
}
