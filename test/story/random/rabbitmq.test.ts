/** Random programs on the embedded RabbitMQ, by AMQP and STOMP at once: no told fact contradicts what really happened. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awaited, concurrent } from './rabbitmq/arbitrary.ts';
import { judge } from './rabbitmq/judge.ts';
import { play } from './rabbitmq/play.ts';
import { lines, type Program } from './rabbitmq/program.ts';

const { MSGPLAY_RANDOM_RUNS, MSGPLAY_RANDOM_SEED } = process.env;
const runs = Number(MSGPLAY_RANDOM_RUNS ?? 2_000);
const seed = MSGPLAY_RANDOM_SEED === undefined ? undefined : Number(MSGPLAY_RANDOM_SEED);

async function holds(program: Program): Promise<void> {
  const violations = judge(program, await play(program));
  const text = violations.map((one) => `${one.rule}: ${one.text}`);
  expect(text, lines(program).join('\n')).toEqual([]);
}

async function check(programs: fc.Arbitrary<Program>): Promise<void> {
  await fc.assert(fc.asyncProperty(programs, holds), {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
    reporter: (result) => {
      if (!result.failed) return;
      const [program] = result.counterexample ?? [];
      const said = program ? lines(program).join('\n') : '';
      throw new Error(`seed ${result.seed}, after ${result.numRuns} programs:\n${said}\n\n${result.errorInstance}`);
    },
  });
}

describe('the story of random programs', () => {
  test('in which each step is answered before the next', () => check(awaited), 300_000);
  test('that wait for little', () => check(concurrent), 300_000);
});
