/** A command that behaves like all of ours: same help, same errors. */
import { Command } from 'commander';
import { UsageError } from '../core/errors.ts';
import { print } from './_output.ts';

export function command(name: string, description: string): Command {
  return new Command(`msgplay ${name}`)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeOut: print, outputError: () => {} })
    .allowExcessArguments(false);
}

/** What commander found wrong, in our words: `error: unknown option '--evens'\n(Did you mean --events?)`. */
export function usageError(told: string): UsageError {
  const [problem = '', ...rest] = told.replace(/^error: /, '').split('\n');
  const hint = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`.replace(/\.?$/, '.');
  return new UsageError(sentence, hint === '' ? {} : { hint });
}

export function parse(parser: Command, args: readonly string[]): Command {
  return parser.parse([...args], { from: 'user' });
}
