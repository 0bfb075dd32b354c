/** `msgplay next`: runs the first lesson of the course that was not run yet. */

import { print } from './_output.ts';
import { passedScenarios } from './_progress.ts';
import { summaries } from './_summaries.ts';
import { runCommand } from './run.ts';

/** Takes the options of `msgplay run`. */
export async function next(args: readonly string[]): Promise<number> {
  const passed = passedScenarios();
  const lesson = (await summaries()).find(({ name }) => !passed.has(name));
  if (lesson) return runCommand([lesson.name, ...args]);
  print('You have run the whole course. Run any of it again: msgplay list\n');
  return 0;
}
