/** What a question offers. */
import type { Text } from '../core/language.ts';

/** Texts, or texts by name: then an answer gives the name of the one that came true. */
export type Choices = readonly Text[] | { readonly [name: string]: Text };

/** The texts, in the order in which they are shown. */
export function textsOf(choices: Choices): readonly Text[] {
  return isList(choices) ? choices : Object.values(choices);
}

/** The text that an answer stands for. */
export function chosen(choices: Choices, answer: Text | number): Text {
  if (typeof answer === 'object') return answer;
  if (isList(choices)) return String(answer);
  return choices[answer] ?? String(answer);
}

function isList(choices: Choices): choices is readonly Text[] {
  return Array.isArray(choices);
}
