/** The languages in which msgplay speaks to people, and texts that can be said in each of them. */

/** As BCP 47 names it. English is always there; what has no translation is said in English. */
export type Language = 'en' | 'ko';

export const LANGUAGES = ['en', 'ko'] as const satisfies readonly Language[];

/** A text with values in it: `The producer sends {0} jobs`, and what stands at each number. */
export interface Phrase {
  readonly template: string;
  readonly values: readonly unknown[];
}

/** What a scenario says to people. */
export type Text = string | Phrase;

/** From the English text, values as `{0}`, to the same in another language. */
export type Dictionary = { readonly [english: string]: string };

/**
 * A text with values in it, which stays translatable: its English, with `{0}`, `{1}` … for the values, is what a
 * dictionary lists it under.
 *
 * @example
 * lab.step(say`The producer sends ${jobs} jobs`); // "The producer sends {0} jobs": "프로듀서가 작업 {0}개를 보낸다"
 */
export function say(parts: TemplateStringsArray, ...values: readonly unknown[]): Phrase {
  const template = parts.slice(1).reduce((text, part, index) => `${text}{${index}}${part}`, parts[0] ?? '');
  return { template, values };
}

/** The text in English. */
export function inEnglish(text: Text): string {
  return typeof text === 'string' ? text : fill(text.template, text.values);
}

/** The text as the dictionary has it; undefined where it is not listed. */
export function translate(text: Text, dictionary: Dictionary | undefined): string | undefined {
  const { template, values } = typeof text === 'string' ? { template: text, values: [] } : text;
  if (dictionary === undefined || !Object.hasOwn(dictionary, template)) return undefined;
  return fill(dictionary[template] ?? template, values);
}

/** One pass, so that a value which looks like `{0}` stays as it is. */
function fill(template: string, values: readonly unknown[]): string {
  if (values.length === 0) return template;
  return template.replace(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}

/**
 * The language that the environment asks for (POSIX.1-2017, §8.2): the first of LC_ALL, LC_MESSAGES and LANG that is
 * set decides. English where it names none of ours.
 */
export function languageOf(environment: { readonly [name: string]: string | undefined }): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((one) => one !== undefined && one !== '') ?? '';
  return LANGUAGES.find((language) => locale.toLowerCase().split(/[_.@-]/)[0] === language) ?? 'en';
}

/** A text, with values in it or without. */
export function isText(value: unknown): value is Text {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'template' in value);
}
