/** Which runs can't be, as those before them found no server. Nobody waits for that server again. */
import type { Service } from '../../core/services.ts';
import type { Played } from '../running/play.ts';
import type { Done, Turn } from './turns.ts';

export class Unserved {
  readonly #needs: (index: number) => readonly Service[];
  /** How many were left out. */
  leftOut = 0;
  readonly #found: { readonly turn: Turn; readonly services: readonly Service[]; readonly error: Played['error'] }[] =
    [];

  /** `needs` tells which services the runs of a line's scenario need. */
  constructor(needs: (index: number) => readonly Service[]) {
    this.#needs = needs;
  }

  see({ turn, played: { unserved, error } }: Done): void {
    if (unserved) this.#found.push({ turn, services: unserved, error });
  }

  /** Whether it is left out: the same one was tried, and trying it again would tell nothing new. */
  leavesOut({ index, side }: Turn): boolean {
    const tried = this.#found.some(({ turn }) => turn.index === index && turn.side === side);
    if (tried) this.leftOut += 1;
    return tried;
  }

  /** Why a run can't be: another one needed no more services, on the same side, and did not have them. */
  why({ index, side }: Turn): Played['error'] {
    const needs = this.#needs(index);
    return this.#found.find(({ turn, services }) => turn.side === side && services.every((one) => needs.includes(one)))
      ?.error;
  }
}
