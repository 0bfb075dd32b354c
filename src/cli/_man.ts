/** The man page, made of what the commands say of themselves: so it can't be out of date. */
import type { Command } from 'commander';
import { factsOf, SERVICES } from '../core/services.ts';
import { version } from '../core/version.ts';
import { parserOf } from './_command.ts';
import { ABOUT, COMMANDS, EXIT_CODES } from './_commands.ts';
import { summaries } from './written/summaries.ts';

/** In the macros of man(7). */
export async function manPage(): Promise<string> {
  const commands = Object.entries(COMMANDS).filter(([, { hidden }]) => !hidden);
  const parts: string[] = [
    `.TH MSGPLAY 1 "" "msgplay ${version()}" "User Commands"`,
    section('NAME'),
    'msgplay \\- a messaging playground for the terminal',
    section('SYNOPSIS'),
    ...commands.flatMap(([name, { usage }], index) => [
      ...(index > 0 ? ['.br'] : []),
      `\\fBmsgplay ${name}\\fR ${roff(usage)}`,
    ]),
    section('DESCRIPTION'),
    roff(ABOUT),
    '.PP',
    'Without arguments it opens a picker on a terminal, and prints its help elsewhere.',
    section('COMMANDS'),
  ];
  for (const [name, { usage, about, like, load }] of commands) {
    const heading = roff(usage).replaceAll('"', '\\(dq');
    const told =
      like === undefined
        ? describe(await parserOf(await load()), about)
        : [roff(`${sentence(about)} Its options are those of msgplay ${like}.`)];
    parts.push(`.SS "msgplay ${name} ${heading}"`, ...told);
  }
  parts.push(section('SCENARIOS'));
  for (const { name, title } of await summaries()) parts.push('.TP', `\\fB${roff(name)}\\fR`, roff(title.en));
  parts.push(section('ENVIRONMENT'));
  for (const service of SERVICES) {
    const { title, variable } = factsOf(service);
    parts.push('.TP', `\\fB${variable}\\fR`, `The URL of your ${roff(title)}.`);
  }
  parts.push('.TP', '\\fBNO_COLOR\\fR, \\fBFORCE_COLOR\\fR', 'Switch colours off, or on.');
  parts.push(section('EXIT STATUS'));
  for (const [, code = '', meaning = ''] of EXIT_CODES.replace(/\s+/g, ' ')
    .split(' · ')
    .map((one) => /^(\d+) (.*)$/.exec(one) ?? [])) {
    parts.push('.TP', `\\fB${code}\\fR`, roff(meaning));
  }
  return `${parts.join('\n')}\n`;
}

function describe(parser: Command, about: string): string[] {
  const options = parser.options.filter(({ hidden }) => !hidden);
  return [
    roff(parser.description() || about),
    ...options.flatMap(({ flags, description, envVar }) => [
      '.TP',
      `\\fB${roff(flags)}\\fR`,
      roff(envVar ? `${description} (env: ${envVar})` : description),
    ]),
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function section(title: string): string {
  return `.SH ${title}`;
}

/** Text that the formatter takes as it is. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}
