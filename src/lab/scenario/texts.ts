/** The texts of a scenario's events: in English, and in the languages that it was translated to. */
import type { Translations } from '../../core/events.ts';
import type { Json } from '../../core/json.ts';
import { type Dictionary, inEnglish, type Language, type Phrase, type Text, translate } from '../../core/language.ts';
import { redactText } from '../../core/urls.ts';

/** Texts, and what holds them: the fields of an event that people read. */
export type Texts = Text | number | boolean | undefined | readonly Texts[] | { readonly [field: string]: Texts };

/** One for each language that a scenario was translated to. */
export type Dictionaries = { readonly [language in Exclude<Language, 'en'>]?: Dictionary };

/** The texts in English, without secrets. */
export function english(texts: Texts): Json {
  return each(texts, (text) => redactText(inEnglish(text)));
}

/**
 * The fields in every language in which at least one of their texts is listed; what is not listed stays English.
 * Undefined where there is none.
 */
export function translationsOf(
  fields: { readonly [field: string]: Texts },
  dictionaries: Dictionaries,
): Translations | undefined {
  const translated = Object.entries(dictionaries).flatMap(([language, dictionary]) => {
    let listed = false;
    const texts = each(fields, (text) => {
      const found = translate(text, dictionary);
      listed ||= found !== undefined;
      return redactText(found ?? inEnglish(text));
    });
    return listed ? [[language, texts]] : [];
  });
  return translated.length > 0 ? Object.fromEntries(translated) : undefined;
}

function each(value: Texts, change: (text: Text) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object') return value ?? null;
  if (isPhrase(value)) return change(value);
  if (Array.isArray(value)) return value.map((item: Texts) => each(item, change));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, each(field, change)]),
  );
}

function isPhrase(value: object): value is Phrase {
  return 'template' in value;
}
