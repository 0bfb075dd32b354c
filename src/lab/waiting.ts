/** Waiting, in a run. */

/** Resolves after so many ms; rejects with the signal's reason once it is aborted. */
export function sleepFor(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, durationMs);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Resolves after so many ms, or at once when the signal is aborted. */
export function pauseFor(durationMs: number, signal: AbortSignal): Promise<void> {
  return sleepFor(durationMs, signal).catch(() => {});
}

/** How often a condition is looked at again, in ms. */
const LOOK_AGAIN_MS = 2;
/** So much counts between two looks, in ms: where it takes longer, this process got nothing of a busy machine. */
const MOST_BETWEEN_MS = 100;

/**
 * Whether the condition came to hold within so many ms. `heldMs` tells for how long a slow reader has held the run back
 * so far: nothing that is waited for can happen meanwhile.
 */
export async function comesTrue(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  signal: AbortSignal,
  heldMs: () => number,
): Promise<boolean> {
  let leftMs = withinMs;
  let held = heldMs();
  let lookedAt = performance.now();
  while (!(await condition())) {
    if (leftMs < 0) {
      const holding = heldMs() - held;
      if (holding <= 0) return false;
      leftMs += holding;
      held += holding;
    }
    await sleepFor(LOOK_AGAIN_MS, signal);
    const now = performance.now();
    leftMs -= Math.min(now - lookedAt, MOST_BETWEEN_MS);
    lookedAt = now;
  }
  return true;
}
