/**
 * Time that a thread had for itself: it waited, or it worked. On a machine that does something else meanwhile, a thread
 * may get little of a minute, and is not late for that.
 */
import type { Worker } from 'node:worker_threads';

const LOOK_MS = 250;

/** Calls `late` once a thread had so many milliseconds; returns what cancels it. */
export function afterSpending(worker: Worker, withinMs: number, late: () => void): () => void {
  const idleBefore = idleOf(worker);
  const cpuBefore = process.cpuUsage();
  const timer = setInterval(
    () => {
      const { user, system } = process.cpuUsage(cpuBefore);
      if (idleOf(worker) - idleBefore + (user + system) / 1000 < withinMs) return;
      clearInterval(timer);
      late();
    },
    Math.min(LOOK_MS, withinMs),
  );
  return () => clearInterval(timer);
}

/** How long it has waited for something to do, in ms. */
function idleOf(worker: Worker): number {
  return worker.performance.eventLoopUtilization().idle;
}
