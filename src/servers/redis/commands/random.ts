/** Random picks out of `size` items, as indexes. */
import type { Session } from '../clients/session.ts';
import { ReplyError } from '../errors.ts';

/** More picks than this would be a reply that nobody can hold. */
const MAX_PICKS = 50_000_000;

/** `count` picks; the same may come more than once. */
export function repeated(s: Session, size: number, count: number): number[] {
  if (count > MAX_PICKS) throw new ReplyError('ERR value is out of range');
  return Array.from({ length: count }, () => Math.floor(s.keyspace.random() * size));
}

/** `count` different picks; all of them, in order, where there are no more. */
export function distinct(s: Session, size: number, count: number): number[] {
  if (count >= size) return Array.from({ length: size }, (_, i) => i);
  if (count * 3 > size) {
    const all = Array.from({ length: size }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const other = i + Math.floor(s.keyspace.random() * (size - i));
      const [one = i, two = other] = [all[i], all[other]];
      all[i] = two;
      all[other] = one;
    }
    return all.slice(0, count);
  }
  const picks = new Set<number>();
  while (picks.size < count) picks.add(Math.floor(s.keyspace.random() * size));
  return [...picks];
}
