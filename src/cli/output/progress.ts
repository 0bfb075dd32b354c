/** What of the course this user has run already, in their state directory. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirectory } from '../../core/private-directory.ts';

const FILE = 'course.json';

/** The names of the scenarios that ran and passed. */
export function passedScenarios(): ReadonlySet<string> {
  const directory = stateDirectory();
  if (directory === undefined) return new Set();
  try {
    const { passed } = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as { passed?: unknown };
    return new Set(Array.isArray(passed) ? passed.filter((name) => typeof name === 'string') : []);
  } catch {
    // Nothing was run yet, or what is there is none of ours: the course begins anew.
    return new Set();
  }
}

/** Remembers that a scenario passed. What can't be remembered is not worth an error. */
export function rememberPassed(names: readonly string[]): void {
  const before = passedScenarios();
  const directory = stateDirectory();
  if (directory === undefined || names.every((name) => before.has(name))) return;
  const file = join(directory, FILE);
  const beside = `${file}.${process.pid}`;
  try {
    writeFileSync(beside, `${JSON.stringify({ passed: [...new Set([...before, ...names])].sort() }, null, 2)}\n`);
    renameSync(beside, file);
  } catch {
    // The disk is full, or not ours.
  }
}
