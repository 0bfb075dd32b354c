/** Time, handed in so that tests can move it. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start, with a fraction. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Calls `action` once after `delayMs`; the result cancels it. A pending call does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
