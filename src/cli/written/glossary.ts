/** The glossary, to look up few words of it: the build writes it down as data, which is quicker to read than a program. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Word } from '../../core/glossary/word.ts';

/** Where the build leaves it; before a build there is none. */
const WRITTEN = new URL('../../../glossary.json', import.meta.url);

export async function glossary(): Promise<readonly Word[]> {
  const written = await readFile(WRITTEN, 'utf8').catch(() => undefined);
  return written === undefined ? all() : JSON.parse(written);
}

/** A step of the build. */
export async function writeGlossary(): Promise<void> {
  await writeFile(WRITTEN, JSON.stringify(await all()));
}

async function all(): Promise<readonly Word[]> {
  return (await import('../../core/glossary/index.ts')).WORDS;
}
