/** `msgplay list`: the scenarios. */
import { SERVICES } from '../core/services.ts';
import { readOptions } from '../lab/options.ts';
import { needsOf, type Scenario } from '../lab/scenario.ts';
import { command, parse } from './_command.ts';
import { allScenarios } from './_scenarios.ts';

export async function list(args: readonly string[]): Promise<number> {
  const parser = command('list', 'Lists the scenarios.').option('--json', 'as JSON');
  parser.addHelpText('after', '\nExample:\n  msgplay list --json');
  const { json } = parse(parser, args).opts<{ json?: true }>();
  const scenarios = await allScenarios();
  process.stdout.write(json ? `${JSON.stringify(scenarios.map(toJson), null, 2)}\n` : toText(scenarios));
  return 0;
}

function toJson(scenario: Scenario): object {
  const { name, title, group, options } = scenario;
  return { name, title, group, needs: defaultNeeds(scenario), options };
}

function toText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const [group, members] of byGroup(scenarios)) {
    lines.push(group, ...members.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`), '');
  }
  lines.push('Run one: msgplay run pubsub    Learn about it: msgplay explain pubsub');
  return `${lines.join('\n')}\n`;
}

export function byGroup(scenarios: readonly Scenario[]): Map<string, Scenario[]> {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) groups.set(scenario.group, [...(groups.get(scenario.group) ?? []), scenario]);
  return groups;
}

/** What a run with default options needs. */
export function defaultNeeds(scenario: Scenario): readonly string[] {
  const needs = needsOf(scenario, readOptions(scenario.options, {}));
  return SERVICES.filter((service) => needs.includes(service));
}
