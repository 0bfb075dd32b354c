/** Finds scenarios: those that come with msgplay by name, anybody's by file. */
import { listNames, loadAll, loadNamed } from '../core/catalogue.ts';
import { UsageError } from '../core/errors.ts';
import { SERVICES } from '../core/services.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { type OptionSpecs, type OptionValues, readOptions } from '../lab/options.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { assertProgram, isFile } from './_files.ts';
import { remark } from './_output.ts';
import { tellUncaught } from './_uncaught.ts';

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

/** A scenario that was named on a command line. */
export interface Found {
  readonly declared: Declared;
  /** The scenario with these options. Throws a UsageError where they can't be meant. */
  settle(options: OptionValues<OptionSpecs>): Promise<Scenario>;
  /** Ends what the scenario runs on. */
  close(): Promise<void>;
}

/** A scenario by its name, or by its file, which is then a guest. Throws a UsageError where there is none. */
export async function findScenario(word: string): Promise<Found> {
  if (isFile(word)) {
    await assertProgram(word);
    const { Guest } = await import('../lab/guest/host.ts');
    return Guest.open(word, { onStray: tellUncaught, remark });
  }
  const known = await scenarioNames();
  if (known.includes(word)) return ofOurs(await loadNamed<Scenario>(SCENARIOS, word));
  throw new UsageError(`There is no scenario '${word}'.`, {
    hint: didYouMean(word, known) ?? `There are ${known.join(', ')}; see: msgplay list`,
  });
}

export function ofOurs(scenario: Scenario): Found {
  return {
    declared: scenario,
    async settle(options) {
      const wrong = scenario.validate?.(options);
      if (wrong !== undefined) throw new UsageError(wrong);
      return scenario;
    },
    close: async () => {},
  };
}
