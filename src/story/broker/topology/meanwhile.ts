/**
 * Requests for exchanges and bindings that are not proven. What others make while one of them is under way, it may end,
 * and what others end, it may make once more.
 */
import { isBefore, type Span } from '../span.ts';
import type { Bound, SeenExchange } from './exchange.ts';

type Made = SeenExchange | Bound;

interface End {
  readonly span: Span;
  ends(one: Made): boolean;
}

export class Meanwhile {
  readonly #makes = new Set<Made>();
  readonly #ends = new Set<End>();

  /** Something is asked for, whether it is there already or not. Returns what to call when that is over. */
  makes(asked: Made): () => void {
    this.#makes.add(asked);
    return () => void this.#makes.delete(asked);
  }

  /** What `ends` knows is asked to go. Returns what to call when that is over. */
  ends(span: Span, ends: (one: Made) => boolean): () => void {
    const end = { span, ends };
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  /** It is made: nothing will tell whether what was asked before came after it. */
  made(one: Made): void {
    for (const { span, ends } of this.#ends) {
      if (one.gone || isBefore(span, one.made) === 'yes' || !ends(one)) continue;
      one.gone = { by: undefined, from: Math.max(span.from, one.made.from), to: Number.POSITIVE_INFINITY };
    }
  }

  /** What may have come after such a thing went, which nothing will tell where the order is not sure. */
  after<One extends Made>(gone: Span, isSame: (other: Made) => other is One): One | undefined {
    for (const asked of this.#makes) {
      if (!isSame(asked)) continue;
      const { made } = asked;
      const comesLater = isBefore(gone, made);
      if (comesLater === 'yes') return { ...asked, alsoMade: new Map(), gone: undefined };
      if (isBefore(made, gone) === 'yes') continue;
      return {
        ...asked,
        alsoMade: new Map(),
        made: { by: undefined, from: made.from, to: Number.POSITIVE_INFINITY },
        gone: undefined,
      };
    }
    return undefined;
  }
}

/** It is there, unless what was asked for meanwhile has ended it. */
export function mayBeEnded({ gone }: Made): boolean {
  return gone !== undefined && gone.by === undefined && gone.to === Number.POSITIVE_INFINITY;
}

/** It is asked for once more, and was perhaps not there yet: whichever of the two is carried out first makes it. */
export function mayMakeToo(one: Made, span: Span): boolean {
  if (isBefore(one.made, span) === 'yes') return false;
  one.alsoMade.set(span, undefined);
  return true;
}

/** What asked for it was not carried out: something else has made it, or it never was. */
export function unmake(one: Made, by: Span): void {
  if (one.made !== by) return void one.alsoMade.delete(by);
  const [next] = one.alsoMade.keys();
  if (!next) {
    one.gone = { by: undefined, from: by.from, to: by.from };
    return;
  }
  one.alsoMade.delete(next);
  one.made = next;
}
