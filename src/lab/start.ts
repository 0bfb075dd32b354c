/** How a run begins to be told. */
import type { Outcome, Stats, Told, TraceEvent } from '../core/events.ts';
import { inEnglish } from '../core/language.ts';
import { TRACE_FORMAT, version } from '../core/version.ts';
import type { Parts } from './ending.ts';
import type { Run } from './plan.ts';
import type { Scenario } from './scenario/scenario.ts';
import { type Dictionaries, translationsOf } from './scenario/texts.ts';

type Playing = Pick<Run, 'scenario' | 'options' | 'seed'>;

/** The first event of a run. */
export function startOf(
  { scenario, options, seed }: Playing,
  { endpoints, prefix }: Pick<Parts, 'endpoints' | 'prefix'>,
): Told {
  const texts = { title: scenario.title, about: scenario.about(options) };
  const translations = translationsOf(texts, dictionariesOf(scenario));
  return {
    type: 'run-start',
    format: TRACE_FORMAT,
    date: new Date().toISOString(),
    versions: { msgplay: version(), node: process.versions.node },
    scenario: scenario.name,
    title: scenario.title,
    about: inEnglish(texts.about),
    ...(translations ? { translations } : {}),
    options: options as Record<string, string | number | boolean>,
    ...(scenario.handshakes ? { handshakes: true } : {}),
    seed,
    prefix,
    backends: Object.fromEntries(
      [...endpoints].map(([name, { backend, version: of }]) => [name, { backend, version: of }]),
    ),
  };
}

/** The figures of a run of which nothing is known. */
export const NO_STATS: Stats = {
  stages: {},
  account: { published: 0, reached: 0, waiting: [], ended: [], unknown: [], foreign: 0 },
  accounts: {},
  commands: 0,
  frames: 0,
  bytes: 0,
};

/** What is told of a run that could not begin: its start, and at once its end. */
export function unplayed(plan: Playing, reason: string, outcome: Outcome = 'failed'): TraceEvent[] {
  return [
    { seq: 1, at: 0, ...startOf(plan, { endpoints: new Map(), prefix: '' }) },
    { seq: 2, at: 0, type: 'run-end', outcome, durationMs: 0, reason, stats: NO_STATS },
  ];
}

/** Stands for the end that is missing behind the last event of a run, so that a report of half a run says so. */
export function cutOff({ seq, at }: TraceEvent, reason: string): TraceEvent {
  return { seq: seq + 1, at, type: 'run-end', outcome: 'aborted', durationMs: at, reason, stats: NO_STATS };
}

/** What the lab itself says in a scenario's name. */
const OWN_WORDS = { ko: { 'not within {0} s': '{0}초 안에 이루어지지 않았다' } } as const;

/** What the scenario says, in each language that it was translated to. */
export function dictionariesOf({ title, translations = {} }: Scenario): Dictionaries {
  return Object.fromEntries(
    Object.entries(translations).map(([language, { words, guide }]) => [
      language,
      { ...OWN_WORDS[language as keyof typeof OWN_WORDS], ...words, [title]: guide.title },
    ]),
  );
}
