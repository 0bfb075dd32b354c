/** Names of several messages in few words. */
import { obtain } from '../../../core/collections/maps.ts';

/** Of more numbers in a row the first and the last are told. */
const MOST_NUMBERS = 4;

/** Names by what they have in common: `order` has `1`, `2` and `3`. A number alone would be read as how many there are. */
function byKind(names: Iterable<string>): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const name of names) {
    const kind = name.slice(0, name.indexOf(' ') + 1);
    obtain(kinds, kind, () => []).push(name.slice(kind.length));
  }
  return kinds;
}

/** `order 1, 2`, and `order 1 … 6` where none in between is missing; those without a name as `#1, #2`. */
export function inShort(names: readonly string[], between = ', '): string {
  return told(names, isInARow, between);
}

/** The same, and of many the first and the last, whatever the others are. */
export function firstToLast(names: readonly string[]): string {
  return told(names, () => true, ', ');
}

function told(names: readonly string[], mayBeCut: (each: readonly string[]) => boolean, between: string): string {
  const kinds = [...byKind(names)].map(([kind, each]) => {
    const isCut = each.length > MOST_NUMBERS && mayBeCut(each);
    return kind + (isCut ? `${each[0]} … ${each.at(-1)}` : each.join(', '));
  });
  return kinds.join(between);
}

function isInARow(each: readonly string[]): boolean {
  const numbers = each.map((one) => Number(/^#?(\d+)$/.exec(one)?.[1] ?? Number.NaN));
  return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
}
