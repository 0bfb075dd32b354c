/** Makes a program that fails in some way as small as it can be while it still fails in that way. */
import type { Program, Step } from './programs.ts';

/** Tries what is smaller, the biggest savings first, until nothing smaller fails. */
export async function shrink(program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> {
  let smallest = program;
  for (let improved = true; improved; ) {
    improved = false;
    for (const smaller of smallerThan(smallest)) {
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      improved = true;
      break;
    }
  }
  return smallest;
}

function* smallerThan(program: Program): Generator<Program> {
  const { steps, resp3 } = program;
  for (let size = steps.length >> 1; size >= 1; size >>= 1) {
    for (let from = steps.length - size; from >= 0; from -= size) {
      yield { ...program, steps: [...steps.slice(0, from), ...steps.slice(from + size)] };
    }
  }
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
