/** Where scenarios of the user's own lie: the programs in `./msgplay/`, each by the name of its file. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { scenarioNames } from '../../lab/scenario/course.ts';

/** Where they lie, from the working directory. */
export const OWN_FOLDER = 'msgplay';

/** What of that folder is a scenario: no test, no types, and nothing that begins with `_`, which belongs to others. */
const SCENARIO = /^(?!_)(?!.*\.(test|spec|d)\.).+\.(ts|mts|js|mjs)$/;

export interface OwnFile {
  readonly name: string;
  /** Its path, as it can be typed. */
  readonly file: string;
  /** A scenario of msgplay has its name, and is what the name means. */
  readonly hidden: boolean;
}

export async function ownFiles(): Promise<OwnFile[]> {
  if (!hasOwn()) return [];
  const [files, ours] = await Promise.all([readdir(OWN_FOLDER).catch(() => []), scenarioNames()]);
  const found = files
    .filter((file) => SCENARIO.test(file))
    .sort()
    .map((file) => ({ name: basename(file, extname(file)), file: `./${join(OWN_FOLDER, file)}` }));
  // Of two files of one name, the first is meant; the other can be run by its path.
  return found
    .filter(({ name }, index) => found.findIndex((other) => other.name === name) === index)
    .map((one) => ({ ...one, hidden: ours.includes(one.name) }));
}

/** The names by which they can be run. */
export async function ownScenarioNames(): Promise<string[]> {
  return (await ownFiles()).filter(({ hidden }) => !hidden).map(({ name }) => name);
}

/** The file that a name means; undefined where it means none. */
export async function ownFile(name: string): Promise<string | undefined> {
  return (await ownFiles()).find((one) => one.name === name && !one.hidden)?.file;
}

/** Whether there can be any. */
export function hasOwn(): boolean {
  return existsSync(OWN_FOLDER);
}

/** Their heading in lists. */
export const OWN_CHAPTER = { en: `Your own (./${OWN_FOLDER})`, ko: `직접 만든 것 (./${OWN_FOLDER})` };
