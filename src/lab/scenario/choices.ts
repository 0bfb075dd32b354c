/** What a question offers, and what comes of it. */
import type { Text } from '../../core/language.ts';

/** Texts or numbers; or texts by name: then an answer gives the name of the one that came true. */
export type Choices = readonly (Text | number)[] | { readonly [name: string]: Text };

/** The texts, in the order in which they are shown; a number that is there twice is shown once. */
export function textsOf(choices: Choices): readonly Text[] {
  if (!isList(choices)) return Object.values(choices);
  const once = choices.filter((choice, index) => typeof choice !== 'number' || choices.indexOf(choice) === index);
  return once.map((choice) => (typeof choice === 'number' ? String(choice) : choice));
}

/** The text that an answer stands for. */
export function chosen(choices: Choices, answer: Text | number): Text {
  if (typeof answer === 'object') return answer;
  return (isList(choices) ? undefined : choices[answer]) ?? String(answer);
}

function isList(choices: Choices): choices is readonly (Text | number)[] {
  return Array.isArray(choices);
}
