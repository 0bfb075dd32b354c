import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([0, 1, 1000, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 10 * LONGEST_TIMER_MS])(
  'calls once after %i ms',
  (delayMs) => {
    const action = vi.fn();
    systemClock.after(delayMs, action);
    if (delayMs > 0) vi.advanceTimersByTime(delayMs - 1);
    if (delayMs > 0) expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledOnce();
  },
);

it.each([1000, 3 * LONGEST_TIMER_MS])('does not call after %i ms what was cancelled by then', (delayMs) => {
  const action = vi.fn();
  const cancel = systemClock.after(delayMs, action);
  vi.advanceTimersByTime(delayMs - 1);
  cancel();
  vi.advanceTimersByTime(LONGEST_TIMER_MS);
  expect(action).not.toHaveBeenCalled();
});
