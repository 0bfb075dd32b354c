/** The summaries of all scenarios. The build writes them down, so that listing many scenarios loads none of them. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Summary } from './_scenarios.ts';

/** Where the build leaves them; before a build there are none, and the scenarios are asked. */
const WRITTEN = new URL('../../scenarios/summaries.json', import.meta.url);

export async function summaries(): Promise<Summary[]> {
  const written = await readFile(WRITTEN, 'utf8').catch(() => undefined);
  return written === undefined ? ask() : JSON.parse(written);
}

/** A step of the build. */
export async function writeSummaries(): Promise<void> {
  await writeFile(WRITTEN, JSON.stringify(await ask()));
}

export function byGroup<Item extends { readonly group: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return groups;
}

async function ask(): Promise<Summary[]> {
  const { summarise } = await import('./_scenarios.ts');
  return summarise();
}
