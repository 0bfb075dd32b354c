/** `msgplay explain`: the idea of a scenario, a picture, what to look for, what to try. */
import { Chalk } from 'chalk';
import { plainTable } from '../core/columns.ts';
import { UsageError } from '../core/errors.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { flagOf, type OptionSpec } from '../lab/options.ts';
import { command, parse } from './_command.ts';
import { print } from './_output.ts';
import { findScenario, scenarioNames } from './_scenarios.ts';
import { terminalLook } from './_terminal.ts';

export async function explain(args: readonly string[]): Promise<number> {
  const parser = command('explain', 'Tells the idea of a scenario, what to look for in its trace, and what to try.');
  parser.argument('[scenario]', 'its name, or a file').addHelpText('after', '\nExample:\n  msgplay explain job-queue');
  const [name] = parse(parser, args).args;
  if (name === undefined) {
    throw new UsageError('Which scenario?', { hint: `There are ${(await scenarioNames()).join(', ')}.` });
  }
  const found = await findScenario(name);
  print(toText(found.declared));
  await found.close();
  return 0;
}

function toText({ name, title, explain: { idea, picture, look, try: tries }, options }: Declared): string {
  const { bold } = new Chalk({ level: terminalLook().colorLevel });
  const specs = Object.entries(options);
  const sections = [
    `${bold(name)}  ${title}`,
    idea,
    trimLines(picture),
    [bold('What to look for'), ...look.map((line) => `  • ${line}`)].join('\n'),
    ...(specs.length > 0
      ? [
          [
            bold('Options'),
            ...indented(specs.map(([option, spec]) => [flagOf(option), spec.help, rangeOf(spec)])),
          ].join('\n'),
        ]
      : []),
    [bold('What to try'), ...indented(tries.map(({ command: line, shows }) => [line, shows]))].join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What an option accepts, and what it is when nobody says. */
export function rangeOf(spec: OptionSpec): string {
  switch (spec.type) {
    case 'flag':
      return '';
    case 'integer':
    case 'number':
      return `${spec.min} to ${spec.max}, default ${spec.default}`;
    case 'choice':
      return `${spec.choices.join(', ')}; default ${spec.default}`;
    case 'text':
      return `default ${spec.default}`;
  }
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return plainTable([], rows).map((line) => `  ${line}`);
}

/** Without the empty lines around it. */
function trimLines(text: string): string {
  return text.replace(/^\s*\n|\s+$/g, '');
}
