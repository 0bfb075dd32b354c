/** `msgplay next`: runs the first lesson of the course that was not run yet. */

import { print } from './output/output.ts';
import { passedScenarios } from './output/progress.ts';
import { runCommand } from './run.ts';
import { summaries } from './written/summaries.ts';

/** Takes the options of `msgplay run`. */
export async function next(args: readonly string[]): Promise<number> {
  const passed = passedScenarios();
  const all = await summaries();
  const asksForHelp = args.some((word) => word === '--help' || word === '-h');
  const lesson = all.find(({ name }) => !passed.has(name)) ?? (asksForHelp ? all[0] : undefined);
  if (lesson) return runCommand([lesson.name, ...args]);
  print('You have run the whole course. Run any of it again: msgplay list\n');
  return 0;
}
