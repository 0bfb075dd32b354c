/**
 * Random programs on the embedded RabbitMQ, by AMQP and STOMP at once: no told fact contradicts what really happened.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs, seed } from './chosen.ts';
import { awaited, concurrent } from './rabbitmq/arbitrary.ts';
import { judge } from './rabbitmq/judge.ts';
import { play } from './rabbitmq/play.ts';
import type { Program } from './rabbitmq/program.ts';
import { lines } from './rabbitmq/program-text.ts';

const numRuns = runs(1_000);
/** Of so many programs that await every answer, one may end with something not known that could be known. */
const ONE_IN = 50;

/** What is wrong with the story of a program; what could be known and is not is counted apart. */
async function judged(program: Program, isTapped: boolean): Promise<{ faults: string[]; isVague: boolean }> {
  const violations = judge(program, await play(program, { isTapped }));
  const vague = violations.filter(({ rule }) => rule === 'needless unknown');
  const faults = violations.filter((one) => !vague.includes(one) || one.text.includes('nothing was seen of it'));
  return { faults: faults.map(({ rule, text }) => `${rule}: ${text}`), isVague: vague.length > 0 };
}

async function check(programs: fc.Arbitrary<Program>, isTapped: boolean, numRuns: number): Promise<void> {
  let vague = 0;
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const { faults, isVague } = await judged(program, isTapped);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      if (isVague) vague++;
    }),
    {
      ...{ numRuns, seed },
      reporter: ({ failed, counterexample, errorInstance, numRuns: ran }) => {
        if (!failed) return;
        const program = counterexample ? lines(counterexample[0]).join('\n') : '';
        throw new Error(`program ${ran} of seed ${seed}:\n${program}\n\n${(errorInstance as Error).message}`);
      },
    },
  );
  expect(vague, 'programs of which more could be known').toBeLessThanOrEqual(numRuns / ONE_IN);
}

describe.each([
  { title: 'in memory, where every order is tried', isTapped: false, count: numRuns },
  { title: 'through real taps', isTapped: true, count: Math.ceil(numRuns / 10) },
])('the story of random programs $title', ({ isTapped, count }) => {
  test('in which each step is answered before the next', () => check(awaited, isTapped, count), 600_000);
  test('that wait for little', () => check(concurrent, isTapped, count), 600_000);
});
