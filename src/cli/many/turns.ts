/** The runs that a line asks for, in their order. */

import type { Amount } from '../flags/run-flags.ts';
import type { Where } from '../output/output.ts';
import type { Played } from '../running/play.ts';
import type { Entry } from './line.ts';

const DEFAULT_SEED = 1;

/** One run. Plain JSON, so that another process can be asked for it. */
export interface Turn {
  readonly entry: Entry;
  /** Which of the line's scenarios it is, from 0. */
  readonly index: number;
  readonly seed: number;
  /** Which of the backends that are compared it is on, from 0. */
  readonly side: number;
  /** Why it can't be played, where that is known before. */
  readonly unserved?: Played['error'];
}

/** A run that is over. */
export interface Done {
  readonly turn: Turn;
  readonly played: Played;
  /** Where it is recorded, if it is. */
  readonly file?: string;
  /** Whether it has begun, so that there is something for the page. */
  readonly began: boolean;
  /** What was said beside its events, in order; empty where that was printed at once. */
  readonly said: readonly { readonly where: Where; readonly text: string }[];
}

/** Round after round, so that what is repeated without end does not keep the others from their turn. */
export function* turnsOf(
  entries: readonly Entry[],
  { repeat, seed }: Pick<Amount, 'repeat' | 'seed'>,
  sides: number,
): Generator<Turn, void> {
  for (let round = 0; round < repeat; round++) {
    for (const [index, entry] of entries.entries()) {
      for (let side = 0; side < sides; side++) yield { entry, index, seed: seed ?? DEFAULT_SEED + round, side };
    }
  }
}
