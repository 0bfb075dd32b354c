/** A command that behaves like all of ours: same help, same errors. */
import { Command } from 'commander';
import { UsageError } from '../core/errors.ts';
import { print } from './output/output.ts';

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

class Described extends Error {
  readonly parser: Command;

  constructor(parser: Command) {
    super('described, not run');
    this.parser = parser;
  }
}

let isDescribing = false;

/**
 * What a command would read its arguments with: only the command itself knows, so it is asked as if for its help. With
 * the arguments that change it (the scenarios of `run`).
 */
export async function parserOf(
  handler: (args: readonly string[]) => Promise<number>,
  args: readonly string[] = [],
): Promise<Command> {
  isDescribing = true;
  try {
    await handler([...args, '--help']);
  } catch (error) {
    if (error instanceof Described) return error.parser;
    throw error;
  } finally {
    isDescribing = false;
  }
  throw new Error('a command reads its arguments with parse()');
}

export function parse(parser: Command, args: readonly string[]): Command {
  if (isDescribing) throw new Described(parser);
  return parser.parse([...args], { from: 'user' });
}
