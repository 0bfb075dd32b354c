/**
 * Random programs against the embedded Redis, whose witness tells what really happened: no told fact contradicts it, and
 * every account adds up. Where the order is known and nothing happens by itself, nothing is "not known" either.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs, seed } from './chosen.ts';
import { judge, judgeReal } from './redis/judge.ts';
import { kindsOf, type Program, THROUGH_TAPS } from './redis/programs.ts';

const numRuns = runs(100);
const options = { numRuns, seed };
const TIMEOUT_MS = 60_000 + numRuns * 100;

async function check(program: Program, isCertain: boolean): Promise<void> {
  const { faults, unknown, among, lines } = await judge(program);
  if (faults.length > 0) expect(`${faults.join('\n')}\n\n${lines.join('\n')}`).toBe('');
  if (isCertain && unknown + among > 0) expect(`${unknown} unknown, ${among} among\n${lines.join('\n')}`).toBe('');
}

test.each(Object.entries(kindsOf()))(
  '%s',
  (_, { programs, isCertain }) =>
    fc.assert(
      fc.asyncProperty(programs, (program) => check(program, isCertain)),
      options,
    ),
  TIMEOUT_MS,
);

test(
  'through real taps',
  () => {
    const property = fc.asyncProperty(THROUGH_TAPS, async (program) => {
      const { faults, lines } = await judgeReal(program);
      if (faults.length > 0) expect(`${faults.join('\n')}\n\n${lines.join('\n')}`).toBe('');
    });
    return fc.assert(property, { ...options, numRuns: Math.ceil(numRuns / 25), endOnFailure: true });
  },
  TIMEOUT_MS,
);
