/** A scripted demo: what is said, what is run, and what is expected of it, in this order. */
import { UsageError } from '../../core/errors.ts';
import type { Language } from '../../core/language.ts';
import { SERVICES } from '../../core/services.ts';
import { LAYERS } from '../../reporters/reporter.ts';
import { readText } from '../documents/file.ts';
import {
  choice,
  described,
  entries,
  flag,
  kinds,
  list,
  mapOf,
  mistake,
  number,
  object,
  parsed,
  placed,
  type Schema,
  type Shape,
  scalarOrMap,
  text,
  type ValueOf,
} from '../documents/shape.ts';
import { treeOfYaml } from '../documents/tree.ts';

/** A text in the languages in which it was written. */
export type Said = { readonly [language in Language]?: string };

/** In the language asked for; in the one that there is, where it was not written in that. */
export function inWords(said: Said, language: Language): string {
  return (said[language] ?? Object.values(said)[0] ?? '').trimEnd();
}

const said: Shape<Said> = (() => {
  const both = scalarOrMap(text, object({}, { en: text, ko: text }));
  return {
    ...both,
    read(tree, what) {
      const value = both.read(tree, what);
      if (typeof value === 'string') return { en: value, ko: value };
      if (Object.keys(value).length > 0) return value;
      throw mistake(tree.at, `${what} is empty.`, 'It has en, ko, or both.');
    },
  };
})();

/** Milliseconds, as people write them: `2s`, `500ms`. */
const time = parsed('a time', { pattern: '^[0-9.]+(ms|s)$', examples: ['2s'] }, (typed) => {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(typed) ?? [];
  const ms = Number(digits) * (unit === 's' ? 1000 : 1);
  if (ms > 0 && ms <= MOST_PAUSE_MS) return ms;
  throw new UsageError('', { hint: 'For example 2s or 500ms, an hour at most.' });
});
const MOST_PAUSE_MS = 3_600_000;

const yes: Shape<true> = {
  schema: { const: true },
  takes: 'true',
  read(tree, what) {
    if (tree.type === 'scalar' && (tree.value === true || tree.value === null)) return true;
    throw mistake(tree.at, `${what} takes true or a time, like 2s.`);
  },
};

const pauseFor: Shape<true | number> = {
  schema: { anyOf: [yes.schema, { type: 'null' }, time.schema] },
  takes: 'true, or a time',
  read: (tree, what) =>
    tree.type === 'scalar' && typeof tree.value === 'string' ? time.read(tree, what) : yes.read(tree, what),
};

const count = number({ min: 0, max: 1_000_000_000, whole: true });
const counted = scalarOrMap(count, object({}, { min: count, max: count }));

export const ACCOUNT = ['published', 'reached', 'waiting', 'ended', 'unknown', 'foreign'] as const;

const expectation = object(
  {},
  {
    outcome: described(choice(['passed', 'failed', 'timed-out']), 'how the run ends; passed where nothing is said'),
    exit: described(
      number({ min: 0, max: 255, whole: true }),
      'what msgplay run would exit with: 1 a check failed, 3 a backend is not available, 4 timeout',
    ),
    checks: described(
      list(placed(scalarOrMap(text, object({ title: text }, { passed: flag }))), { min: 1 }),
      'checks that hold; or, with passed: false, that do not',
    ),
    account: described(
      mapOf(placed(counted), ACCOUNT),
      'how many messages were published, reached somebody, wait, ended without, are not known, came from outside',
    ),
  },
);

const backend = described(
  scalarOrMap(text, mapOf(text, SERVICES)),
  'where the servers come from, as --backend names it; or one for each service',
);

const runStep = object(
  { run: described(placed(text), 'a scenario by its name, or a file beside this one') },
  {
    options: described(entries, "the scenario's options, as its flags are called, without the dashes"),
    backend: placed(backend),
    layer: described(choice(LAYERS), 'how near to look'),
    handshakes: described(flag, 'show how connections begin and end'),
    legend: described(flag, 'explain the signs and words at the top of the page'),
    seed: described(number({ min: 0, max: 2 ** 31, whole: true }), 'the same seed makes the same random choices'),
    timeout: described(number({ min: 0.1, max: 86_400, whole: false }), 'the longest the run may take, in seconds'),
    step: described(flag, 'on a terminal: stop at each step, and ask what will happen'),
    expect: described(expectation, 'what has to come of it; that it passes, where nothing is said'),
  },
);
const sayStep = object({ say: described(said, 'what is told, in one language or in both') }, {});
const pauseStep = object({ pause: described(pauseFor, 'on a terminal: wait for Enter, or so long') }, {});

export type Expectation = ValueOf<typeof expectation>;
export type RunStep = ValueOf<typeof runStep>;
export type Step = RunStep | ValueOf<typeof sayStep> | ValueOf<typeof pauseStep>;

/** The one step that needs no more than its name. */
const PAUSE = { const: 'pause' };

const step: Shape<Step> = (() => {
  const map = kinds({ say: sayStep, run: runStep, pause: pauseStep });
  return {
    ...map,
    read: (tree) => (tree.type === 'scalar' && tree.value === 'pause' ? { pause: true } : map.read(tree, 'a step')),
  };
})();

const demo = object(
  { steps: described(list(step, { min: 1 }), 'what is said and run, in this order') },
  { $schema: text, title: described(said, 'what the talk is about') },
);

export type Demo = ValueOf<typeof demo>;

/** Throws a UsageError that leads to the line and column of what is wrong. */
export async function readDemo(file: string): Promise<Demo> {
  const tree = await treeOfYaml(await readText(file), file);
  const read = demo.read(tree, 'a demo');
  if (read.steps.some((one) => 'run' in one)) return read;
  throw mistake(tree.at, 'This demo runs nothing.', 'Add a step such as: - run: pubsub');
}

/** What JSON Schema is told of a scenario. */
export interface Completion {
  readonly name: string;
  readonly title: string;
  /** The JSON Schema of its options. */
  readonly options: Schema;
}

/** The JSON Schema (draft-07, which editors know best) of a demo, with the scenarios and their options. */
export function demoSchema(scenarios: readonly Completion[]): Schema {
  const names = scenarios.map(({ name, title }) => ({ const: name, description: title }));
  const run = {
    ...runStep.schema,
    properties: {
      ...(runStep.schema.properties as Schema),
      run: { anyOf: [...names, { type: 'string', pattern: '[./]' }] },
    },
    allOf: scenarios.map(({ name, options }) => ({
      if: { properties: { run: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { options } },
    })),
  };
  const { properties, ...rest } = demo.schema as { readonly properties: { readonly steps: Schema } };
  const items = { anyOf: [PAUSE, sayStep.schema, run, pauseStep.schema] };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A scripted demo of msgplay',
    ...rest,
    properties: { ...properties, steps: { ...properties.steps, items } },
  };
}
