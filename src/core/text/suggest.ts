/** Finds what somebody probably meant. */
import { itemAt } from '../collections/present.ts';

const FEW = 3;

/** The known word nearest to what was typed, if any is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  return nearestFew(typed, known)[0];
}

/** The known words near to what was typed, nearest first: at most a third of their letters are wrong, or they begin so. */
export function nearestFew(typed: string, known: readonly string[]): string[] {
  const sought = typed.toLowerCase();
  const near = [...new Set(known)]
    .map((word) => ({ word, distance: editDistance(sought, word.toLowerCase()) }))
    .filter(({ word, distance }) => distance < word.length && distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .map(({ word }) => word);
  const starting = known.filter((word) => typed.length >= 2 && word.toLowerCase().startsWith(sought));
  return [...new Set([...near, ...starting])].slice(0, FEW);
}

/** ` Did you mean fanout?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const word = nearest(typed, known);
  return word === undefined ? undefined : `Did you mean ${word}?`;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = itemAt(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let cost = Math.min(itemAt(last, j) + 1, itemAt(row, j - 1) + 1, replace);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        cost = Math.min(cost, itemAt(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return itemAt(last, to.length);
}
