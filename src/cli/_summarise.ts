/** Summarises the scenarios; a step of the build. */
import { writeFile } from 'node:fs/promises';
import { SERVICES } from '../core/services.ts';
import { readOptions } from '../lab/options.ts';
import { needsOf } from '../lab/scenario.ts';
import { allScenarios } from './_scenarios.ts';
import { SUMMARIES, type Summary } from './_summaries.ts';

export async function summarise(): Promise<Summary[]> {
  const scenarios = await allScenarios();
  return scenarios.map((scenario) => {
    const { name, title, group, options } = scenario;
    const needs = needsOf(scenario, readOptions(options, {}));
    return { name, title, group, needs: SERVICES.filter((service) => needs.includes(service)), options };
  });
}

export async function writeSummaries(): Promise<void> {
  await writeFile(SUMMARIES, JSON.stringify(await summarise()));
}
