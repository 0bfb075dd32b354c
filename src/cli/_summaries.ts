/** What `list` tells of each scenario. The build writes it down, so that listing many scenarios loads none of them. */
import { readFile } from 'node:fs/promises';
import type { OptionSpecs } from '../lab/options.ts';

export interface Summary {
  readonly name: string;
  readonly title: string;
  readonly group: string;
  /** What a run with default options uses. */
  readonly needs: readonly string[];
  readonly options: OptionSpecs;
}

/** Where the build leaves them; before a build there are none, and the scenarios are asked. */
export const SUMMARIES = new URL('../../scenarios/summaries.json', import.meta.url);

export async function summaries(): Promise<Summary[]> {
  const written = await readFile(SUMMARIES, 'utf8').catch(() => undefined);
  return written === undefined ? (await import('./_summarise.ts')).summarise() : JSON.parse(written);
}

export function byGroup<Item extends { readonly group: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return groups;
}
