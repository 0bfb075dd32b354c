/** The language in which a command speaks. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { LANGUAGES, type Language, languageOf } from '../../core/language.ts';
import { didYouMean } from '../../core/text/suggest.ts';

export function addLanguageFlag(parser: Command): void {
  parser.option('--lang <language>', `${LANGUAGES.join(' or ')} (default: by the locale)`);
}

/** What was asked for; by the locale where nothing was. */
export function readLanguage(typed: string | undefined): Language {
  if (typed === undefined) return languageOf(process.env);
  const language = LANGUAGES.find((one) => one === typed);
  if (language) return language;
  throw new UsageError(`There is no language '${typed}'.`, {
    hint: didYouMean(typed, LANGUAGES) ?? `There are ${LANGUAGES.join(' and ')}.`,
  });
}
