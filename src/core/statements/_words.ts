/** Helpers for wording: lists, counts, and names that may be empty. */

const SHOWN = 5;

/** The same statements in another language: each one gets the values that its English gets. */
export type Reworded<Words> = { readonly [Code in keyof Words]: Words[Code] };

/** The first few, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(named).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

/** A name that can be seen also where it is empty. */
export function named(name: string): string {
  return name === '' ? '(empty)' : name;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first sentence of what a server says at length. */
export function sentence(text: string): string {
  return (text.split(/(?<=\.)\s/, 1)[0] ?? text).replace(/\.$/, '');
}
