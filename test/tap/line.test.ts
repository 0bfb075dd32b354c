/** A way that is slow, or blocked. */
import { expect, test } from 'vitest';
import { Line } from '../../src/tap/line.ts';

function line() {
  const passed: (string | undefined)[] = [];
  let room = 0;
  const made = new Line(
    (chunk) => passed.push(chunk?.toString()),
    () => room++,
  );
  return { made, passed, room: () => room };
}

test('holds nothing as long as nobody says so', () => {
  expect(line().made.holds).toBe(false);
});

test('what a blocked way holds comes in its order when it goes on, the end last', () => {
  const { made, passed } = line();
  made.conditions = { paused: true };
  expect(made.holds).toBe(true);
  for (const text of ['a', 'b']) made.hold(Buffer.from(text));
  made.hold(undefined);
  expect(passed).toEqual([]);
  made.conditions = {};
  expect(passed).toEqual(['a', 'b', undefined]);
  expect(made.holds).toBe(false);
});

test('says when it is full, and when there is room again', () => {
  const { made, room } = line();
  made.conditions = { paused: true };
  made.hold(Buffer.alloc(64 * 1024));
  expect(made.isFull).toBe(true);
  const before = room();
  made.conditions = {};
  expect(made.isFull).toBe(false);
  expect(room()).toBe(before + 1);
});

test('latency delays each chunk; a narrow way lets them through one after the other', async () => {
  const at: number[] = [];
  const made = new Line(
    () => at.push(performance.now()),
    () => {},
  );
  const began = performance.now();
  made.conditions = { latencyMs: 10, bytesPerSecond: 1_000 };
  made.hold(Buffer.alloc(20));
  made.hold(Buffer.alloc(1));
  await expect.poll(() => at.length, { timeout: 60_000 }).toBe(2);
  expect((at[0] ?? 0) - began).toBeGreaterThanOrEqual(9);
  expect((at[1] ?? 0) - began).toBeGreaterThanOrEqual(29);
});

test('what is dropped never arrives', () => {
  const { made, passed } = line();
  made.conditions = { paused: true };
  made.hold(Buffer.from('a'));
  made.drop();
  made.conditions = {};
  expect(passed).toEqual([]);
});
