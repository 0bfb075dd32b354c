/**
 * Whatever options a scenario accepts, it keeps what it promises. MSGPLAY_RANDOM_SEED plays others, and
 * MSGPLAY_RANDOM_RUNS more of them.
 */
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../src/lab/scenario/options.ts';
import { ofType, play, scenarios } from '../helpers/play.ts';
import { randomOptions } from '../helpers/random-options.ts';
import { runs, seed } from '../story/random/chosen.ts';

const RUNS = runs(2);

describe.each((await scenarios()).map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  const accepted = randomOptions(scenario, 20 * RUNS, seed).filter(
    (raw) => scenario.validate?.(readOptions(scenario.options, raw)) === undefined,
  );
  test.each(accepted.slice(0, RUNS))('passes with %j', { timeout: 60_000 }, async (raw) => {
    const { outcome, events, error } = await play(scenario, raw);
    expect(error).toBeUndefined();
    expect(ofType(events, 'check').filter(({ passed }) => !passed)).toEqual([]);
    expect(outcome).toBe('passed');
    const { account } = ofType(events, 'run-end')[0]?.stats ?? {};
    expect([account?.unknown, account?.foreign]).toEqual([[], 0]);
  });

  test('accepts options other than its defaults', () => {
    expect(accepted.length).toBeGreaterThanOrEqual(RUNS);
  });
});
