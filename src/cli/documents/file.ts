/** Reads a file that somebody wrote by hand. */
import { readFile, stat } from 'node:fs/promises';
import { reasonOf, UsageError } from '../../core/errors.ts';

/** Nobody writes more by hand. */
const MOST_BYTES = 1024 * 1024;

/** The text of a file. Throws a UsageError where there is none, it is no file, is too big, or is not UTF-8. */
export async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new UsageError(`There is no file '${file}'.`);
  if (found.isDirectory()) throw new UsageError(`${file} is a directory.`, { hint: 'Name a file in it.' });
  if (found.size > MOST_BYTES) throw new UsageError(`${file} is too big: a file of this kind has less than 1 MB.`);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}.`, { cause: error });
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UsageError(`${file}:${firstForeignLine(bytes)}:1: This is not UTF-8.`, {
      hint: 'Save the file as UTF-8.',
    });
  }
}

function firstForeignLine(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const isForeign = (line: string): boolean =>
    !Buffer.from(Buffer.from(line, 'latin1').toString('utf8')).equals(Buffer.from(line, 'latin1'));
  return lines.findIndex(isForeign) + 1 || 1;
}
