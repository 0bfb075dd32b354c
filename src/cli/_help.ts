/** `msgplay --help`: the page of all commands. Their own pages come from their parsers, and look the same. */
import { wrap } from '../core/text/columns.ts';
import { ABOUT, COMMANDS, EXIT_CODES } from './_commands.ts';

/** The width of help that no terminal limits. */
const HELP_COLUMNS = 80;
const EXAMPLES = `
Examples:
  msgplay run pubsub                      one event, many subscribers
  msgplay run job-queue --crash           a worker dies, its job does not
  msgplay run job-queue --backend local   on a private RabbitMQ from this machine
  msgplay explain stomp-chat              what there is to see

Exit codes: ${EXIT_CODES}`;

export function help(): string {
  const options = [
    ['-V, --version', 'print the version'],
    ['-h, --help', 'print this help'],
  ] as const;
  const shown = Object.entries(COMMANDS).filter(([, { hidden }]) => !hidden);
  const commands = shown.map(([name, { usage, about }]) => [`${name} ${usage}`, about] as const);
  const width = process.stdout.columns || HELP_COLUMNS;
  const indent = Math.max(...[...options, ...commands].map(([term]) => term.length)) + 4;
  const rows = (pairs: readonly (readonly [string, string])[]): string[] =>
    pairs.map(([term, about]) =>
      [`  ${term}`.padEnd(indent), wrap(about, width - indent).join(`\n${' '.repeat(indent)}`)].join(''),
    );
  return [
    'Usage: msgplay [options] [command]\n',
    ...wrap(ABOUT, width),
    '\nOptions:',
    ...rows(options),
    '\nCommands:',
    ...rows(commands),
    EXAMPLES,
    '',
  ].join('\n');
}
