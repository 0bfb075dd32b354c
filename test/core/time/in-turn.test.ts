import { expect, test } from 'vitest';
import { inTurn } from '../../../src/core/time/in-turn.ts';

test('one call begins when the one before has ended, and each has its own result', async () => {
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const work = inTurn(async (job: number) => {
    log.push(`begins ${job}`);
    await new Promise<void>((resolve) => ends.push(resolve));
    log.push(`ends ${job}`);
    return 10 * job;
  });
  const results = Promise.all([work(1), work(2)]);
  await expect.poll(() => ends.length).toBe(1);
  ends[0]?.();
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.();
  expect(await results).toEqual([10, 20]);
  expect(log).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2']);
});

test('one that fails tells its own caller, and the next one has its turn', async () => {
  const work = inTurn(async (job: number) => {
    if (job === 1) throw new Error('broken');
    return job;
  });
  const [first, second] = await Promise.allSettled([work(1), work(2)]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'broken' } });
  expect(second).toEqual({ status: 'fulfilled', value: 2 });
});
