/**
 * Limits on how long others may take. They count the time in which this process could hear: while it loads something, is
 * stopped, or gets nothing of a busy machine, an answer may have come that it has not read yet, and nobody is late.
 */

/** What a limit is counted in, in ms: this much of a time in which nothing was heard counts, however long it was. */
const STEP_MS = 100;

/** Calls `late` when so many milliseconds are over in which this process could hear; returns what cancels it. */
export function afterHearing(limitMs: number, late: () => void): () => void {
  let leftMs = limitMs;
  let timer: NodeJS.Timeout;
  let lastLook: NodeJS.Immediate | undefined;
  const wait = (): void => {
    const stepMs = Math.min(STEP_MS, leftMs);
    const heard = (_limitMs: number): void => {
      leftMs -= stepMs;
      if (leftMs > 0) wait();
      // Timers go before what has come in meanwhile.
      else lastLook = setImmediate(late);
    };
    // Whoever looks at timers sees of which limit it is a step.
    timer = setTimeout(heard, stepMs, limitMs);
  };
  wait();
  return () => {
    clearTimeout(timer);
    clearImmediate(lastLook);
  };
}

/** A signal that aborts after such a time, with a TimeoutError; `cancel` ends it early. */
export function hearingTimeout(limitMs: number): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const controller = new AbortController();
  const late = (): void => controller.abort(new DOMException(`not done within ${limitMs / 1000} s`, 'TimeoutError'));
  return { signal: controller.signal, cancel: afterHearing(limitMs, late) };
}

/** Work that took longer than it may. */
export class TooLong extends Error {}

/** Waits for work, but not longer than `limitMs` in which this process could hear; rejects with TooLong when it takes longer. */
export async function within<Result>(limitMs: number, work: Result | Promise<Result>): Promise<Result> {
  if (!Number.isFinite(limitMs)) return work;
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = afterHearing(limitMs, () => reject(new TooLong(`not done within ${limitMs / 1000} s`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
