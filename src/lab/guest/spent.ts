/**
 * Time that a thread had for itself: it waited, or it worked. On a machine that does something else meanwhile, a thread
 * may get little of a minute, and is not late for that.
 */
import type { Worker } from 'node:worker_threads';
import { afterHearing } from '../../core/time/patience.ts';

/** So much of the time a thread must have had to be late. */
const SHARE = 0.5;
const LOOK_MS = 250;

/** Calls `late` when so many milliseconds are over and the thread had its share of them; returns what cancels it. */
export function afterSpending(worker: Worker, withinMs: number, late: () => void): () => void {
  const idleBefore = idleOf(worker);
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  let due: number | undefined;
  const look = (): void => {
    due ??= Math.min(withinMs, performance.now() - started) * SHARE;
    const { user, system } = process.cpuUsage(cpuBefore);
    if (idleOf(worker) - idleBefore + (user + system) / 1000 >= due) late();
    else cancel = afterHearing(LOOK_MS, look);
  };
  let cancel = afterHearing(withinMs, look);
  return () => cancel();
}

/** How long it has waited for something to do, in ms. */
function idleOf(worker: Worker): number {
  return worker.performance.eventLoopUtilization().idle;
}
