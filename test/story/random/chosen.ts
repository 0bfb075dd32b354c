/**
 * Which random programs are played. The same ones each time, so that a failure is the doing of what was changed;
 * MSGPLAY_RANDOM_SEED plays others, and MSGPLAY_RANDOM_RUNS more of them.
 */
const { MSGPLAY_RANDOM_RUNS, MSGPLAY_RANDOM_SEED } = process.env;

export const seed = Number(MSGPLAY_RANDOM_SEED ?? 1);

/** How many programs, where nobody asked for another number. */
export function runs(unasked: number): number {
  return Number(MSGPLAY_RANDOM_RUNS ?? unasked);
}
