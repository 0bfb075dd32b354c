/** Files that users bring: scenarios and reporters, in JavaScript or TypeScript. */
import { stat } from 'node:fs/promises';
import { UsageError } from '../core/errors.ts';

/** Whether a word of a command line names a file, and not something by its name. */
export function isFile(word: string): boolean {
  return /\.[cm]?[jt]sx?$|\.json$|[\\/]/.test(word);
}

/** Whether a word names a file that can be a program. */
export function isProgram(word: string): boolean {
  return /\.[cm]?[jt]s$/.test(word);
}

/** Throws a UsageError where there is no such file, or one that can't be a program. */
export async function assertProgram(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new UsageError(`There is no file '${file}'.`);
  if (found.isDirectory()) {
    throw new UsageError(`${file} is a directory.`, { hint: 'Name a file in it, such as mine.js or mine.ts.' });
  }
  if (!isProgram(file)) {
    throw new UsageError(`${file} is no program: it has to be JavaScript or TypeScript.`, {
      hint: 'Its name has to end in .js, .mjs, .cjs, .ts, .mts or .cts.',
    });
  }
}
