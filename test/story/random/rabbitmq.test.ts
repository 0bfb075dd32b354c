/**
 * Random programs on the embedded RabbitMQ, by AMQP and STOMP at once: no told fact contradicts what really happened.
 * MSGPLAY_RANDOM_RUNS says how many of each kind, MSGPLAY_RANDOM_SEED which.
 */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { awaited, concurrent } from './rabbitmq/arbitrary.ts';
import { judge } from './rabbitmq/judge.ts';
import { play } from './rabbitmq/play.ts';
import type { Program } from './rabbitmq/program.ts';
import { lines } from './rabbitmq/program-text.ts';

const { MSGPLAY_RANDOM_RUNS, MSGPLAY_RANDOM_SEED } = process.env;
const runs = Number(MSGPLAY_RANDOM_RUNS ?? 1_000);
const seed = MSGPLAY_RANDOM_SEED === undefined ? undefined : Number(MSGPLAY_RANDOM_SEED);

interface How {
  readonly isTapped: boolean;
  readonly numRuns: number;
}

/** Throws what is wrong with the story of a program. */
async function hold(program: Program, isTapped: boolean): Promise<void> {
  const violations = judge(program, await play(program, { isTapped }));
  if (violations.length > 0) throw new Error(violations.map(({ rule, text }) => `${rule}: ${text}`).join('\n'));
}

function check(programs: fc.Arbitrary<Program>, { isTapped, numRuns }: How): Promise<void> {
  return fc.assert(
    fc.asyncProperty(programs, (program) => hold(program, isTapped)),
    {
      numRuns,
      ...(seed === undefined ? {} : { seed }),
      reporter: ({ failed, counterexample, errorInstance, numRuns: ran, seed: used }) => {
        if (!failed) return;
        const program = counterexample ? lines(counterexample[0]).join('\n') : '';
        throw new Error(`program ${ran} of seed ${used}:\n${program}\n\n${(errorInstance as Error).message}`);
      },
    },
  );
}

describe.each([
  { title: 'in memory, where every order is tried', isTapped: false, numRuns: runs },
  { title: 'through real taps', isTapped: true, numRuns: Math.ceil(runs / 10) },
])('the story of random programs $title', (how) => {
  test('in which each step is answered before the next', () => check(awaited, how), 600_000);
  test('that wait for little', () => check(concurrent, how), 600_000);
});
