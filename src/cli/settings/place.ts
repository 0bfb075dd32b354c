/** Where settings lie. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../core/errors.ts';

/** The files that can hold settings, in a folder; only one may be there. */
const NAMES = ['ts', 'mjs', 'js', 'json'].map((ending) => `msgplay.config.${ending}`);
export const PACKAGE = 'package.json';

/** Whether there is anything to read: what reads it takes its time to load. */
export function hasSettings(): boolean {
  return Boolean(process.env.MSGPLAY_PROFILE) || settingsFile() !== undefined;
}

/**
 * The nearest file with settings, from the folder upwards to the root of the project: the folder with .git; without one,
 * the nearest with a package.json; without that, the folder alone. Nothing above a project can run code in it.
 */
export function settingsFile(): string | undefined {
  const above: string[] = [];
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    above.push(folder);
    if (dirname(folder) === folder) break;
  }
  const rootBy = (name: string): number => above.findIndex((folder) => existsSync(join(folder, name)));
  const root = [rootBy('.git'), rootBy(PACKAGE), 0].find((index) => index >= 0) ?? 0;
  for (const folder of above.slice(0, root + 1)) {
    const found = NAMES.filter((name) => existsSync(join(folder, name)));
    if (hasKey(join(folder, PACKAGE))) found.push(PACKAGE);
    if (found.length > 1)
      throw new UsageError(`There are settings in ${found.join(' and in ')}.`, { hint: 'Keep one.' });
    if (found[0] !== undefined) return join(folder, found[0]);
  }
  return undefined;
}

export function packageIn(path: string): { readonly msgplay?: unknown } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) ?? {};
  } catch {
    // It is npm's to complain.
    return {};
  }
}

function hasKey(path: string): boolean {
  return existsSync(path) && packageIn(path).msgplay !== undefined;
}
