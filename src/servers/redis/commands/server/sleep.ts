/** Stops the whole server for a while, which is what DEBUG SLEEP is for. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** At most a minute, so that a slip does not hang a test suite for ever. */
export function eventLoopSleep(ms: number): void {
  if (ms > 0) Atomics.wait(NEVER, 0, 0, Math.min(ms, 60_000));
}
