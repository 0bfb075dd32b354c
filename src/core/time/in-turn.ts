/** Doing one thing after the other. */

/**
 * Gives a function that calls `action` once the calls before have ended, as somebody works who can do one thing at a
 * time: calls may come while it is busy, and are dealt with in the order in which they came. Each resolves, or rejects,
 * as its own call of `action` does; one that fails keeps no other from its turn.
 *
 * @example
 * const work = inTurn(async (job: number) => {
 *   await lab.sleep(10);
 *   done.push(job);
 * });
 * await Promise.all([work(1), work(2)]); // takes 20 ms
 */
export function inTurn<Action extends (...args: never[]) => Promise<unknown>>(action: Action): Action {
  let last: Promise<unknown> = Promise.resolve();
  const later = (...args: Parameters<Action>): Promise<unknown> => {
    const turn = last.then(() => action(...args));
    last = turn.catch(() => {});
    return turn;
  };
  return later as Action;
}
