/** `msgplay` on a terminal: pick a scenario, its options and the servers; then run it, and say how to without asking. */
import inquirer from 'inquirer';
import { SERVICE_TITLES } from '../core/services.ts';
import { flagOf, type OptionSpec, type RawOptions, readOptions } from '../lab/options.ts';
import { backendNames } from '../lab/provision.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { allScenarios } from './_scenarios.ts';
import { rangeOf } from './explain.ts';
import { byGroup } from './list.ts';
import { runCommand } from './run.ts';

/** What the picker leaves to flags: a URL has to be typed anyway. */
const NOT_OFFERED = 'url';

/** Asks, runs, and resolves with the exit code; 130 when the person leaves instead. */
export async function pick(): Promise<number> {
  let words: string[];
  try {
    words = await ask(await allScenarios());
  } catch (error) {
    // Ctrl-C while a question stands.
    if (error instanceof Error && error.name === 'ExitPromptError') return 130;
    throw error;
  }
  process.stderr.write(`\nThe same without questions: msgplay run ${words.join(' ')}\n\n`);
  return runCommand(words);
}

async function ask(scenarios: readonly Scenario[]): Promise<string[]> {
  const { scenario } = await inquirer.prompt([
    {
      type: 'search',
      name: 'scenario',
      message: 'What do you want to see? (type to search)',
      pageSize: 20,
      source: (term: string | undefined) => choices(scenarios, term ?? ''),
    },
  ]);
  const chosen = scenario as Scenario;
  const words = [chosen.name];
  const typed: Record<string, string | true> = {};
  for (const [name, spec] of Object.entries(chosen.options)) {
    const answer = await askOption(name, spec);
    words.push(...answer);
    if (answer.length > 0) typed[name] = answer[1] ?? true;
  }
  return [...words, ...(await askBackend(chosen, typed))];
}

/** The scenarios under their headings; those that a search term is about. */
function choices(scenarios: readonly Scenario[], term: string): object[] {
  const wanted = term.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = scenarios.filter(({ name, title, group }) => {
    const text = `${name} ${title} ${group}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return [...byGroup(matching)].flatMap(([group, members]) => [
    new inquirer.Separator(group),
    ...members.map((scenario) => ({
      name: `${scenario.name.padEnd(16)} ${scenario.title}`,
      short: scenario.name,
      value: scenario,
      description: scenario.explain.idea.replace(/\s+/g, ' ').split('. ')[0]!.concat('.'),
    })),
  ]);
}

/** Asks for one option; gives the words to type, none where the default was kept. */
async function askOption(name: string, spec: OptionSpec): Promise<string[]> {
  const message = spec.type === 'flag' ? `${spec.help}?` : `${spec.help} (${rangeOf(spec)})`;
  const flag = flagOf(name);
  const question = { name: 'answer', message } as const;
  if (spec.type === 'flag') {
    const { answer } = await inquirer.prompt([{ ...question, type: 'confirm', default: false }]);
    return answer ? [flag] : [];
  }
  if (spec.type === 'choice') {
    const { answer } = await inquirer.prompt([
      { ...question, type: 'select', choices: [...spec.choices], default: spec.default },
    ]);
    return answer === spec.default ? [] : [flag, answer as string];
  }
  if (spec.type === 'text') {
    const { answer } = await inquirer.prompt([{ ...question, type: 'input', default: spec.default }]);
    return answer === spec.default ? [] : [flag, answer as string];
  }
  const { min, max } = spec;
  const step = spec.type === 'integer' ? 1 : ('any' as const);
  const { answer } = await inquirer.prompt([{ ...question, type: 'number', default: spec.default, min, max, step }]);
  return answer === spec.default ? [] : [flag, String(answer)];
}

async function askBackend(scenario: Scenario, typed: RawOptions): Promise<string[]> {
  const needs = needsOf(scenario, readOptions(scenario.options, typed)).map((service) => SERVICE_TITLES[service]);
  const names = (await backendNames()).filter((name) => name !== NOT_OFFERED);
  const { backend } = await inquirer.prompt([
    {
      type: 'select',
      name: 'backend',
      message: `Where should ${needs.join(' and ')} come from?`,
      choices: names,
      default: 'embedded',
    },
  ]);
  return backend === 'embedded' ? [] : ['--backend', backend as string];
}
