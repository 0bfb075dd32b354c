/** Names of several messages in few words. */
import { obtain } from '../../core/maps.ts';

/** Of more numbers in a row the first and the last are told. */
const MOST_NUMBERS = 4;

/** Names by what they have in common: `order` has `1`, `2` and `3`. A number alone would be read as how many there are. */
export function byKind(names: Iterable<string>): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const name of names) {
    const kind = name.slice(0, name.indexOf(' ') + 1);
    obtain(kinds, kind, () => []).push(name.slice(kind.length));
  }
  return kinds;
}

/** `order 1, 2`, and `order 1 … 6` where none in between is missing; those without a name as `#1, #2`. */
export function inShort(names: readonly string[]): string {
  return [...byKind(names)].map(([kind, each]) => kind + range(each)).join(', ');
}

function range(each: readonly string[]): string {
  const numbers = each.map((one) => Number(/^#?(\d+)$/.exec(one)?.[1] ?? Number.NaN));
  const isInARow = numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
  return each.length > MOST_NUMBERS && isInARow ? `${each[0]} … ${each.at(-1)}` : each.join(', ');
}
