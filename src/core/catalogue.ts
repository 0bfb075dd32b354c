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

/**
 * Loads one extension of a directory by the name of its file. Throws when its default export does not bear the
 * `expected` name: the file's own, or the folder's where the file is an index.
 */
export async function loadNamed<T extends Named>(directory: URL, file: string, expected = file): Promise<T> {
  const module = `${file}${extname(import.meta.url)}`;
  const { default: extension } = (await import(new URL(module, directory).href)) as { default?: T };
  if (extension?.name !== expected) {
    throw new Error(`${fileURLToPath(directory)}${module} must export default an object named '${expected}'`);
  }
  return extension;
}

/** Loads every extension of a directory, in the order of their names. */
export async function loadAll<T extends Named>(directory: URL, except: readonly string[] = []): Promise<T[]> {
  const names = await listNames(directory, except);
  return Promise.all(names.map((name) => loadNamed<T>(directory, name)));
}
