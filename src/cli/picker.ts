/** `msgplay` on a terminal: pick a scenario, its options and the servers; then run it, and say how to without asking. */
import { emitKeypressEvents } from 'node:readline';
import inquirer from 'inquirer';
import { type Language, languageOf } from '../core/language.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { course, type Lesson } from '../lab/course.ts';
import { flagOf, type OptionSpec, readOptions } from '../lab/options.ts';
import { backendNames, loadBackend } from '../lab/provision.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { remark } from './_output.ts';
import { passedScenarios } from './_progress.ts';
import { byChapter } from './_summaries.ts';
import { rangeOf } from './explain.ts';
import { runCommand } from './run.ts';

/** What the picker leaves to flags: a URL has to be typed anyway. */
const NOT_OFFERED = 'url';

/** Escape leaves, as Ctrl-C does. */
const leaving = new AbortController();
const prompt = inquirer.createPromptModule({ signal: leaving.signal });

function onKey(_text: string, { name }: { readonly name?: string } = {}): void {
  if (name === 'escape') leaving.abort();
}

/** Asks, runs, and resolves with the exit code; 130 when the person leaves instead. */
export async function pick(): Promise<number> {
  let words: string[];
  emitKeypressEvents(process.stdin);
  process.stdin.on('keypress', onKey);
  try {
    words = await ask(await course(), languageOf(process.env));
  } catch (error) {
    // Ctrl-C or Escape while a question stands.
    if (error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name)) return 130;
    throw error;
  } finally {
    process.stdin.off('keypress', onKey);
  }
  remark(`\nThe same without questions: msgplay run ${words.join(' ')}\n`);
  return runCommand(words);
}

async function ask(lessons: readonly Lesson[], language: Language): Promise<string[]> {
  const { scenario } = await prompt([
    {
      type: 'search',
      name: 'scenario',
      message: 'What do you want to see? (type to search)',
      pageSize: 20,
      source: (term: string | undefined) => choices(lessons, term ?? '', language),
    },
  ]);
  const chosen = scenario as Scenario;
  const typed: { [name: string]: string | boolean } = {};
  for (const [name, spec] of Object.entries(chosen.options)) {
    const answer = await askOption(spec);
    if (answer !== undefined) typed[name] = answer;
  }
  const words = Object.entries(typed).flatMap(([name, value]) => [
    flagOf(name),
    ...(value === true ? [] : [String(value)]),
  ]);
  const needs = needsOf(chosen, readOptions(chosen.options, typed));
  return [chosen.name, ...words, ...(await askBackend(needs))];
}

/** The scenarios under their chapters; those that a search term is about. */
function choices(lessons: readonly Lesson[], term: string, language: Language): object[] {
  const wanted = term.toLowerCase().split(/\s+/).filter(Boolean);
  const items = lessons.map(({ scenario, chapter, guide }) => ({
    scenario,
    chapter: chapter.title,
    guide: guide[language],
  }));
  const having = (textOf: (item: (typeof items)[number]) => string) =>
    items.filter((item) => wanted.every((word) => textOf(item).toLowerCase().includes(word)));
  const named = having(({ scenario, chapter, guide }) =>
    [scenario.name, guide.title, scenario.title, chapter[language]].join(' '),
  );
  // Where no title is about it, an explanation may be.
  const matching = named.length > 0 ? named : having(({ guide }) => guide.idea);
  const passed = passedScenarios();
  const width = Math.max(...lessons.map(({ scenario }) => scenario.name.length));
  return [...byChapter(matching, language)].flatMap(([title, members]) => [
    new inquirer.Separator(title),
    ...members.map(({ scenario, guide }) => ({
      name: `${passed.has(scenario.name) ? '✓' : ' '} ${scenario.name.padEnd(width)}  ${guide.title}`,
      short: scenario.name,
      value: scenario,
      description: guide.idea.replace(/\s+/g, ' ').split('. ')[0]?.replace(/\.?$/, '.'),
    })),
  ]);
}

/** Asks for one option; gives what to type for it, or nothing where the default was kept. */
async function askOption(spec: OptionSpec): Promise<string | true | undefined> {
  const message = spec.type === 'flag' ? `${spec.help}?` : `${spec.help} (${rangeOf(spec)})`;
  const question = { name: 'answer', message } as const;
  if (spec.type === 'flag') {
    const { answer } = await prompt([{ ...question, type: 'confirm', default: false }]);
    return answer ? true : undefined;
  }
  const { default: usual } = spec;
  const { answer } = await prompt([inputFor(spec, question)]);
  return answer === usual ? undefined : String(answer);
}

function inputFor(spec: Exclude<OptionSpec, { type: 'flag' }>, question: { name: 'answer'; message: string }) {
  switch (spec.type) {
    case 'choice':
      return { ...question, type: 'select' as const, choices: [...spec.choices], default: spec.default };
    case 'text':
      return { ...question, type: 'input' as const, default: spec.default };
    default: {
      const step = spec.type === 'integer' ? 1 : ('any' as const);
      return { ...question, type: 'number' as const, default: spec.default, min: spec.min, max: spec.max, step };
    }
  }
}

/** Where the servers come from; what can't be had here is shown with its reason. */
async function askBackend(needs: readonly Service[]): Promise<string[]> {
  const names = (await backendNames()).filter((name) => name !== NOT_OFFERED);
  const choices = await Promise.all(
    names.map(async (value) => {
      const { title, services, probe } = await loadBackend(value);
      const found = await Promise.all(needs.filter((one) => services.includes(one)).map((one) => probe(one, {})));
      const missing = found.find(({ available }) => !available);
      return {
        name: `${value.padEnd(10)} ${title}`,
        short: value,
        value,
        ...(missing && !missing.available ? { disabled: missing.why } : {}),
      };
    }),
  );
  const message = `Where should ${needs.map((service) => SERVICE_TITLES[service]).join(' and ')} come from?`;
  const { backend } = await prompt([{ type: 'select', name: 'backend', message, choices, default: 'embedded' }]);
  return backend === 'embedded' ? [] : ['--backend', backend as string];
}
