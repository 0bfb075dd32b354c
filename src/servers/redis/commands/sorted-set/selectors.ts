/** Ranges of sorted sets: by rank, by score, by bytes. Each is a run of places [from, to). */
import { ReplyError } from '../../errors.ts';
import { integer, readFloat } from '../../numbers.ts';
import type { Direction } from '../../values/direction.ts';
import type { SortedSetValue } from '../../values/sorted-set.ts';
import { clampRange } from '../ranges.ts';

export interface Run {
  readonly from: number;
  readonly to: number;
}

export type Selector = (set: SortedSetValue) => Run;

function scoreEnd(text: string): { score: number; open: boolean } {
  const open = text.startsWith('(');
  const score = readFloat(open ? text.slice(1) : text);
  if (score === undefined) throw new ReplyError('ERR min or max is not a float');
  return { score, open };
}

export function byScore(min: string, max: string): Selector {
  const low = scoreEnd(min);
  const high = scoreEnd(max);
  return ({ tree }) => ({
    from: tree.countBefore(({ score }) => (low.open ? score <= low.score : score < low.score)),
    to: tree.countBefore(({ score }) => (high.open ? score < high.score : score <= high.score)),
  });
}

type LexEnd = { kind: 'lowest' } | { kind: 'highest' } | { kind: 'open' | 'closed'; member: string };

function lexEnd(text: string): LexEnd {
  if (text === '-') return { kind: 'lowest' };
  if (text === '+') return { kind: 'highest' };
  if (text.startsWith('(')) return { kind: 'open', member: text.slice(1) };
  if (text.startsWith('[')) return { kind: 'closed', member: text.slice(1) };
  throw new ReplyError('ERR min or max not valid string range item');
}

/** How many members come before the lower or the upper end of a range. */
function lexCount(set: SortedSetValue, end: LexEnd, which: 'lower' | 'upper'): number {
  if (end.kind === 'lowest') return 0;
  if (end.kind === 'highest') return set.size;
  const inclusive = (end.kind === 'closed') === (which === 'upper');
  const { member } = end;
  return set.tree.countBefore((node) => (inclusive ? node.member <= member : node.member < member));
}

export function byLex(min: string, max: string): Selector {
  const low = lexEnd(min);
  const high = lexEnd(max);
  return (set) => ({ from: lexCount(set, low, 'lower'), to: lexCount(set, high, 'upper') });
}

/** Going down, places count from the highest member: whoever calls reads them in that direction. */
export function byRank(start: string, stop: string): Selector {
  const first = integer(start);
  const last = integer(stop);
  return (set) => {
    const [from, to] = clampRange(first, last, set.size);
    return { from, to };
  };
}

/** Applies LIMIT to a run that is read in a direction. */
export function limited({ from, to }: Run, offset: number, count: number, direction: Direction): Run {
  if (offset < 0) return { from: 0, to: 0 };
  const size = Math.max(0, to - from);
  const skipped = Math.min(offset, size);
  const taken = count < 0 ? size - skipped : Math.min(count, size - skipped);
  return direction === 'up'
    ? { from: from + skipped, to: from + skipped + taken }
    : { from: to - skipped - taken, to: to - skipped };
}
