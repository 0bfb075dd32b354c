/** What there is under a name, and what there was: messages that were routed before it went may still be told of. */
import type { Lasting } from '../span.ts';

/** So many of each that are gone are remembered. */
export const REMEMBERED = 200;

/** The one that is there, of those of one name: the newest last. */
export function current<One extends Lasting>(all: readonly One[] | undefined): One | undefined {
  const last = all?.at(-1);
  // What came last may have been asked for in vain, and what was before it did not go.
  return last?.gone ? all?.findLast(({ gone }) => !gone) : last;
}

export function remember<One extends Lasting>(all: Map<string, One[]>, name: string, one: One): void {
  const known = all.get(name);
  if (!known) {
    all.set(name, [one]);
    return;
  }
  known.push(one);
  if (known.length < 2 * REMEMBERED) return;
  const gone = new Set(known.filter((other) => other.gone).slice(0, -REMEMBERED));
  if (gone.size > 0)
    all.set(
      name,
      known.filter((other) => !gone.has(other)),
    );
}
