/** Questions to whoever sits at the terminal, with all that inquirer says by itself in the reader's language. */
import { styleText } from 'node:util';
import inquirer from 'inquirer';
import type { Language } from '../../core/language.ts';

/** What keys do, and what a search that finds nothing says; inquirer's own words are the English ones. */
const OWN_WORDS: Record<Language, { readonly [english: string]: string }> = {
  en: {},
  ko: { navigate: '이동', select: '선택', 'No results found': '찾은 것이 없다' },
};

/** Asks one question, of a kind that inquirer has, and resolves to its answer. */
export type Ask = (question: Question) => Promise<unknown>;

/** As inquirer takes it, without name and theme. */
interface Question {
  readonly type: 'search' | 'select' | 'confirm' | 'input' | 'number';
  readonly message: string;
  readonly [setting: string]: unknown;
}

/** A heading among choices. */
export function heading(text: string): object {
  return new inquirer.Separator(text);
}

/** What asks, until the signal is aborted: its questions reject then, as they do for Ctrl-C. */
export function asking(language: Language, signal: AbortSignal): Ask {
  const prompt = inquirer.createPromptModule({ signal });
  const said = (text: string): string => OWN_WORDS[language][text] ?? text;
  const style = {
    keysHelpTip: (keys: readonly (readonly [key: string, does: string])[]) =>
      keys
        .map(([key, does]) => `${styleText('bold', key)} ${styleText('dim', said(does))}`)
        .join(styleText('dim', ' • ')),
    error: (text: string) => styleText('red', `> ${said(text)}`),
  };
  return async (question) => {
    const { answer } = await prompt([{ ...question, name: 'answer', theme: { style } }] as never);
    return answer;
  };
}
