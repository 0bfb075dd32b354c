/** Does several things at a time, and takes their results in the order in which they were asked for. */

/** So many results may wait for one before them. */
const MOST_AHEAD = 256;

export interface Work<Task, Result> {
  readonly tasks: Iterable<Task>;
  /** So many are done at a time; with one, the next begins when the result of the one before was taken. */
  readonly atOnce: number;
  readonly perform: (task: Task) => Promise<Result>;
  readonly take: (result: Result) => Promise<void> | void;
  /** Whether nothing more is to be begun behind this result. */
  readonly isLast: (result: Result) => boolean;
}

/** Resolves when all that was begun is done and taken. Throws what `perform` or `take` throws. */
export async function inOrder<Task, Result>({
  tasks,
  atOnce,
  perform,
  take,
  isLast,
}: Work<Task, Result>): Promise<void> {
  const iterator = tasks[Symbol.iterator]();
  const most = atOnce === 1 ? 1 : MOST_AHEAD;
  const waiting: Promise<Result>[] = [];
  let running = 0;
  let ended = false;
  const fill = (): void => {
    while (!ended && running < atOnce && waiting.length < most) {
      const next = iterator.next();
      if (next.done) {
        ended = true;
        return;
      }
      running += 1;
      const result = perform(next.value).then(
        (done) => {
          running -= 1;
          ended ||= isLast(done);
          fill();
          return done;
        },
        (error: unknown) => {
          ended = true;
          throw error;
        },
      );
      // It is told when its turn comes.
      result.catch(() => {});
      waiting.push(result);
    }
  };
  for (fill(); waiting[0] !== undefined; fill()) {
    await take(await waiting[0]);
    waiting.shift();
  }
}
