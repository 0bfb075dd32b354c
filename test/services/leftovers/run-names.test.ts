import { expect, test } from 'vitest';
import { newPrefix, runOf } from '../../../src/services/leftovers/run-names.ts';

test('a prefix tells when its run began, to the second, and is one word anywhere', () => {
  const now = Date.UTC(2026, 10, 26, 12, 0, 1, 999);
  for (const chance of [0, 0.5, 0.999999]) {
    const prefix = newPrefix(now, () => chance);
    expect(prefix).toMatch(/^\w+$/);
    expect(runOf(`${prefix}jobs`)).toEqual({ prefix, startedAt: Date.UTC(2026, 10, 26, 12, 0, 1) });
  }
});

test.each(['jobs', 'msgplay', 'msgplay_x', 'msgplay-abc.jobs', 'my_msgplay_tp3fpu_s1xy_jobs', ''])(
  '%j is of no run',
  (name) => expect(runOf(name)).toBeUndefined(),
);
