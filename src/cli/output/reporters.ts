/** Finds reporters: those that come with msgplay by name, anybody's by file. */
import { listNames, loadNamed } from '../../core/catalogue.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { loadModule } from '../../lab/scenario/load-module.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { assertProgram, isFile } from '../_files.ts';

const REPORTERS = new URL('../../reporters/', import.meta.url);

export function reporterNames(): Promise<string[]> {
  return listNames(REPORTERS, ['reporter']);
}

/** A reporter by its name or its file. Throws a UsageError where there is none. */
export async function findReporter(word: string): Promise<Reporter> {
  if (isFile(word)) return loadFile(word);
  const known = await reporterNames();
  if (known.includes(word)) return loadNamed<Reporter>(REPORTERS, word);
  throw new UsageError(`There is no format '${word}'.`, {
    hint: didYouMean(word, known) ?? `There are ${known.join(', ')}.`,
  });
}

async function loadFile(file: string): Promise<Reporter> {
  await assertProgram(file);
  const reporter = (await loadModule(file).catch((error: unknown) => {
    throw new UsageError(`${file} can't be loaded: ${messageOf(error)}`, { cause: error });
  })) as Partial<Reporter> | undefined;
  if (typeof reporter?.begin !== 'function' || typeof reporter.frames !== 'function') {
    throw new UsageError(`${file} does not export a reporter.`, {
      hint: 'Its default export must be a Reporter: name, title, frames and begin.',
    });
  }
  return reporter as Reporter;
}
