/** Finds scenarios: those that come with msgplay by name, anybody's by file. */
import { UsageError } from '../core/errors.ts';
import { inEnglish, type Language } from '../core/language.ts';
import { SERVICES } from '../core/services.ts';
import { didYouMean } from '../core/text/suggest.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { course, findLesson, scenarioNames } from '../lab/scenario/course.ts';
import { type OptionSpecs, type OptionValues, readOptions } from '../lab/scenario/options.ts';
import { needsOf, type Scenario } from '../lab/scenario/scenario.ts';
import { assertProgram, isFile } from './_files.ts';
import { remark } from './output/output.ts';
import { tellUncaught } from './output/uncaught.ts';
import { ownFile, ownScenarioNames } from './own/folder.ts';

export async function allScenarios(): Promise<Scenario[]> {
  return (await course()).map(({ scenario }) => scenario);
}

/** What `list` tells of a scenario. */
export interface Summary {
  readonly name: string;
  readonly title: { readonly [language in Language]: string };
  readonly chapter: { readonly [language in Language]: string };
  /** Where it stands in the course, from 1. */
  readonly order: number;
  /** What a run with default options uses. */
  readonly needs: readonly string[];
  /** Words to choose it by: its chapter, and the services it uses. */
  readonly tags: readonly string[];
  readonly options: OptionSpecs;
  /** Where it lies, for one of the user's own. */
  readonly file?: string;
}

export async function summarise(): Promise<Summary[]> {
  return (await course()).map(({ scenario, chapter, guide }, index) => {
    const { name, options } = scenario;
    const used = needsOf(scenario, readOptions(options, {}));
    const needs = SERVICES.filter((service) => used.includes(service));
    return {
      name,
      title: { en: guide.en.title, ko: guide.ko.title },
      chapter: chapter.title,
      order: index + 1,
      needs,
      tags: [chapter.name.replace(/^\d+-/, ''), ...needs],
      options,
    };
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
  if (isFile(word)) return openFile(word);
  const lesson = await findLesson(word);
  if (lesson) return ofOurs(lesson.scenario);
  const own = await ownFile(word);
  if (own !== undefined) return openFile(own);
  const known = [...(await scenarioNames()), ...(await ownScenarioNames())];
  throw new UsageError(`There is no scenario '${word}'.`, {
    hint: didYouMean(word, known) ?? 'See: msgplay list',
  });
}

/** The scenario that a file exports, as a guest. Throws a UsageError where it exports none. */
export async function openFile(file: string): Promise<Found> {
  await assertProgram(file);
  const { Guest } = await import('../lab/guest/host.ts');
  return Guest.open(file, { onStray: tellUncaught, remark });
}

export function ofOurs(scenario: Scenario): Found {
  return {
    declared: scenario,
    async settle(options) {
      const wrong = scenario.validate?.(options);
      if (wrong !== undefined) throw new UsageError(inEnglish(wrong));
      return scenario;
    },
    close: async () => {},
  };
}
