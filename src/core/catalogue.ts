import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What every extension has: a name that equals its file's. */
export interface Named {
  readonly name: string;
}

const MODULE = /(?<!\.d)\.[jt]s$/;

/**
 * The names of the extensions in a directory: its modules, but not those that start with `_`, and not the
 * directory's own contract (the module named like the thing the directory holds, passed as `except`).
 */
export async function listNames(directory: URL, except: readonly string[] = []): Promise<string[]> {
  const files = await readdir(fileURLToPath(directory));
  return files
    .filter((file) => MODULE.test(file) && !file.startsWith('_'))
    .map((file) => basename(file, extname(file)))
    .filter((name) => !except.includes(name))
    .sort();
}

/** Loads one extension of a directory by name. Throws when its default export does not bear the file's name. */
export async function loadNamed<T extends Named>(directory: URL, name: string): Promise<T> {
  const extension = extname(import.meta.url);
  const module = (await import(new URL(`${name}${extension}`, directory).href)) as { default?: T };
  if (module.default?.name !== name) {
    throw new Error(`${fileURLToPath(directory)}${name}${extension} must export default an object named '${name}'`);
  }
  return module.default;
}

/** Loads every extension of a directory, in the order of their names. */
export async function loadAll<T extends Named>(directory: URL, except: readonly string[] = []): Promise<T[]> {
  const names = await listNames(directory, except);
  return Promise.all(names.map((name) => loadNamed<T>(directory, name)));
}
