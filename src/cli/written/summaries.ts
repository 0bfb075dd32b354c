/** The summaries of all scenarios. The build writes them down, so that listing many scenarios loads none of them. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Language } from '../../core/language.ts';
import type { Summary } from '../_scenarios.ts';

/** Where the build leaves them; before a build there are none, and the scenarios are asked. */
const WRITTEN = new URL('../../../scenarios/summaries.json', import.meta.url);

export async function summaries(): Promise<Summary[]> {
  const written = await readFile(WRITTEN, 'utf8').catch(() => undefined);
  return written === undefined ? ask() : JSON.parse(written);
}

/** A step of the build. */
export async function writeSummaries(): Promise<void> {
  await writeFile(WRITTEN, JSON.stringify(await ask()));
}

/** The items of each chapter, in their order. */
export function byChapter<Item extends { readonly chapter: Summary['chapter'] }>(
  items: readonly Item[],
  language: Language,
): Map<string, Item[]> {
  const chapters = new Map<string, Item[]>();
  for (const item of items) {
    const title = item.chapter[language];
    chapters.set(title, [...(chapters.get(title) ?? []), item]);
  }
  return chapters;
}

async function ask(): Promise<Summary[]> {
  const { summarise } = await import('../_scenarios.ts');
  return summarise();
}
