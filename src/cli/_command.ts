/** A command that behaves like all of ours: same help, same errors. */
import { Command } from 'commander';

export function command(name: string, description: string): Command {
  return new Command(`msgplay ${name}`)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .allowExcessArguments(false);
}

export function parse(parser: Command, args: readonly string[]): Command {
  return parser.parse([...args], { from: 'user' });
}
