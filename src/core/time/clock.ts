/** Time, handed in so that tests can move it. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start, with a fraction. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Microseconds since the Unix epoch, where this clock knows them. */
  wallMicros?(): number;
  /** Calls `action` once after `delayMs`; the result cancels it. A pending call does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void;
  /**
   * Time that goes on by itself, where this clock is one that somebody moves: for what the other end of a connection
   * measures by a clock of its own, such as heartbeats.
   */
  readonly steady?: Clock;
}

/** The longest time that a timer of Node takes; it would be over at once with a longer one. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Microseconds since the Unix epoch: whole milliseconds of a clock that knows no more. */
export function wallMicros(clock: Clock): number {
  return clock.wallMicros?.() ?? Math.floor(clock.wall() * 1000);
}

/** What the monotonic clock is behind the time of day, in milliseconds; anew whenever that was set. */
let behind = 0;

function systemMicros(): number {
  const now = performance.now();
  const wall = Date.now();
  if (Math.abs(now + behind - wall) > 1) behind = wall - now;
  return Math.floor((now + behind) * 1000);
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  wallMicros: systemMicros,
  after(delayMs, action) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      timer =
        leftMs <= MAX_TIMER_MS ? setTimeout(action, leftMs) : setTimeout(wait, MAX_TIMER_MS, leftMs - MAX_TIMER_MS);
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
