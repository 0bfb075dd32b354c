/** Finds scenarios: those that come with msgplay by name, anybody's by file. */
import { UsageError } from '../core/errors.ts';
import type { Language } from '../core/language.ts';
import { SERVICES } from '../core/services.ts';
import { didYouMean } from '../core/suggest.ts';
import { course, findLesson, scenarioNames } from '../lab/course.ts';
import { type OptionSpecs, readOptions } from '../lab/options.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { importFile, isFile } from './_files.ts';

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
  readonly options: OptionSpecs;
}

export async function summarise(): Promise<Summary[]> {
  return (await course()).map(({ scenario, chapter, guide }, index) => {
    const { name, options } = scenario;
    const needs = needsOf(scenario, readOptions(options, {}));
    return {
      name,
      title: { en: guide.en.title, ko: guide.ko.title },
      chapter: chapter.title,
      order: index + 1,
      needs: SERVICES.filter((service) => needs.includes(service)),
      options,
    };
  });
}

/** A scenario by its name or its file. */
export async function findScenario(word: string): Promise<Scenario> {
  if (isFile(word)) return loadFile(word);
  const lesson = await findLesson(word);
  if (lesson) return lesson.scenario;
  const known = await scenarioNames();
  throw new UsageError(`There is no scenario '${word}'.`, {
    hint: didYouMean(word, known) ?? 'See: msgplay list',
  });
}

async function loadFile(file: string): Promise<Scenario> {
  const scenario = (await importFile(file)) as Partial<Scenario> | undefined;
  if (typeof scenario?.run !== 'function' || scenario.name === undefined) {
    throw new UsageError(`${file} does not export a scenario.`, {
      hint: 'Its default export must be the result of defineScenario from msgplay.',
    });
  }
  return scenario as Scenario;
}
