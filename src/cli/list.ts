/** `msgplay list`: the scenarios. */
import { command, parse } from './_command.ts';
import { print } from './_output.ts';
import type { Summary } from './_scenarios.ts';
import { byGroup, summaries } from './_summaries.ts';

export async function list(args: readonly string[]): Promise<number> {
  const parser = command('list', 'Lists the scenarios.').option('--json', 'as JSON');
  parser.addHelpText('after', '\nExample:\n  msgplay list --json');
  const { json } = parse(parser, args).opts<{ json?: true }>();
  const scenarios = await summaries();
  print(json ? `${JSON.stringify(scenarios, null, 2)}\n` : toText(scenarios));
  return 0;
}

function toText(scenarios: readonly Summary[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const [group, members] of byGroup(scenarios)) {
    lines.push(group, ...members.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`), '');
  }
  lines.push('Run one: msgplay run pubsub    Learn about it: msgplay explain pubsub');
  return `${lines.join('\n')}\n`;
}
