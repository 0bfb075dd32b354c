import { vi } from 'vitest';

/** How far the time of timers goes with each turn of the event loop, in milliseconds. */
const STEP_MS = 10;

/** Lets timers pass as fast as everything else is done, until what `action` promises is there: nobody waits for them. */
export async function hurried<T>(action: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let isOver = false;
    const result = action().finally(() => {
      isOver = true;
    });
    result.catch(() => {});
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(STEP_MS);
    }
    return await result;
  } finally {
    vi.useRealTimers();
  }
}
