/** Makes a program that fails in some way as small as it can be while it still fails in that way. */
import { fewer, shrinkBy } from '../shrink.ts';
import type { Program, Step } from './programs.ts';

/** Tries what is smaller, the biggest savings first, until nothing smaller fails. */
export function shrink(program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> {
  return shrinkBy(program, smallerThan, fails);
}

function* smallerThan(program: Program): Generator<Program> {
  const { steps, resp3 } = program;
  for (const some of fewer(steps)) yield { ...program, steps: some };
  if (resp3.includes(true)) yield { ...program, resp3: resp3.map(() => false) };
  for (const [index, step] of steps.entries()) {
    for (const simpler of simplerThan(step)) {
      yield { ...program, steps: steps.map((one, at) => (at === index ? simpler : one)) };
    }
  }
}

function* simplerThan(step: Step): Generator<Step> {
  if (step.do !== 'send') return;
  const { commands } = step;
  if (commands.length === 1) return;
  for (const index of commands.keys()) yield { ...step, commands: commands.filter((_, at) => at !== index) };
}
