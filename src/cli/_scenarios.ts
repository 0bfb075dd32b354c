/** Finds scenarios: those that come with msgplay by name, anybody's by file. */
import { listNames, loadAll, loadNamed } from '../core/catalogue.ts';
import { UsageError } from '../core/errors.ts';
import { SERVICES } from '../core/services.ts';
import { didYouMean } from '../core/suggest.ts';
import { type OptionSpecs, readOptions } from '../lab/options.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { importFile, isFile } from './_files.ts';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);

export function allScenarios(): Promise<Scenario[]> {
  return loadAll<Scenario>(SCENARIOS);
}

export function scenarioNames(): Promise<string[]> {
  return listNames(SCENARIOS);
}

/** What `list` tells of a scenario. */
export interface Summary {
  readonly name: string;
  readonly title: string;
  readonly group: string;
  /** What a run with default options uses. */
  readonly needs: readonly string[];
  readonly options: OptionSpecs;
}

export async function summarise(): Promise<Summary[]> {
  const scenarios = await allScenarios();
  return scenarios.map((scenario) => {
    const { name, title, group, options } = scenario;
    const needs = needsOf(scenario, readOptions(options, {}));
    return { name, title, group, needs: SERVICES.filter((service) => needs.includes(service)), options };
  });
}

/** A scenario by its name or its file. */
export async function findScenario(word: string): Promise<Scenario> {
  if (isFile(word)) return loadFile(word);
  const known = await scenarioNames();
  if (known.includes(word)) return loadNamed<Scenario>(SCENARIOS, word);
  throw new UsageError(`There is no scenario '${word}'.`, {
    hint: didYouMean(word, known) ?? `There are ${known.join(', ')}; see: msgplay list`,
  });
}

async function loadFile(file: string): Promise<Scenario> {
  const scenario = (await importFile(file)) as Partial<Scenario> | undefined;
  if (typeof scenario?.run !== 'function' || scenario.name === undefined || scenario.explain === undefined) {
    throw new UsageError(`${file} does not export a scenario.`, {
      hint: 'Its default export must be the result of defineScenario from msgplay.',
    });
  }
  return scenario as Scenario;
}
