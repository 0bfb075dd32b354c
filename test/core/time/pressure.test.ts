import { expect, test } from 'vitest';
import { Pressure } from '../../../src/core/time/pressure.ts';

test('whoever waits is called once it is low, and at once where it is', () => {
  const pressure = new Pressure();
  const called: string[] = [];
  pressure.whenLow(() => called.push('at once'));
  pressure.raise();
  pressure.whenLow(() => called.push('later'));
  expect([pressure.isHigh, called]).toEqual([true, ['at once']]);
  pressure.release();
  expect([pressure.isHigh, called]).toEqual([false, ['at once', 'later']]);
  pressure.release();
  expect(called.length).toBe(2);
});

test('the time that it was high is counted, and only that', () => {
  const pressure = new Pressure();
  expect(pressure.heldMs).toBe(0);
  pressure.raise();
  const until = performance.now() + 2;
  while (performance.now() < until);
  pressure.release();
  const held = pressure.heldMs;
  expect(held).toBeGreaterThan(1);
  expect(pressure.heldMs).toBe(held);
});

test('once ended it is never high again', () => {
  const pressure = new Pressure();
  pressure.raise();
  pressure.end();
  pressure.raise();
  expect(pressure.isHigh).toBe(false);
});
