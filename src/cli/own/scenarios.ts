/** Scenarios of the user's own, as they tell of themselves. */
import { messageOf } from '../../core/errors.ts';
import { SERVICES, type Service } from '../../core/services.ts';
import { type OptionSpecs, type OptionValues, readOptions } from '../../lab/scenario/options.ts';
import { needsOf } from '../../lab/scenario/scenario.ts';
import type { Found, Summary } from '../_scenarios.ts';
import { OWN_CHAPTER, type OwnFile, ownFiles } from './folder.ts';

/** One of them as it tells of itself, or why it can't. */
export type OwnScenario = OwnFile & ({ readonly summary: Summary } | { readonly wrong: string });

/** So many are loaded at a time: each has a thread of its own. */
const AT_A_TIME = 4;

/** All of them; each is loaded, which runs it as far as its export. */
export async function ownScenarios(load: (file: string) => Promise<Found>): Promise<OwnScenario[]> {
  const files = await ownFiles();
  const scenarios: OwnScenario[] = [];
  for (let at = 0; at < files.length; at += AT_A_TIME) {
    scenarios.push(...(await Promise.all(files.slice(at, at + AT_A_TIME).map((one) => ask(one, load)))));
  }
  return scenarios;
}

async function ask(one: OwnFile, load: (file: string) => Promise<Found>): Promise<OwnScenario> {
  let found: Found | undefined;
  try {
    found = await load(one.file);
    return { ...one, summary: await summaryOf(one, found) };
  } catch (error) {
    return { ...one, wrong: messageOf(error) };
  } finally {
    await found?.close();
  }
}

async function summaryOf({ name, file }: OwnFile, found: Found): Promise<Summary> {
  const { title, options } = found.declared;
  const needs = await needsWith(found, readOptions(options, {}));
  return {
    name,
    title: { en: title, ko: title },
    chapter: OWN_CHAPTER,
    order: 0,
    needs,
    tags: ['own', ...needs],
    options,
    file,
  };
}

/** What a run with these options uses. */
export async function needsWith(found: Found, options: OptionValues<OptionSpecs>): Promise<Service[]> {
  const used = needsOf(await found.settle(options), options);
  return SERVICES.filter((service) => used.includes(service));
}
