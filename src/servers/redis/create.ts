/** Makes an engine with every command. */
import { tableOf } from './command.ts';
import { GROUPS } from './commands/groups.ts';
import { Engine, type EngineOptions } from './engine.ts';

const COMMANDS = tableOf(GROUPS);

/** A server without ports: give it duplexes with `accept`. Clock and random numbers may be handed in. */
export function createEngine(options: Omit<EngineOptions, 'commands'> = {}): Engine {
  return new Engine({ ...options, commands: COMMANDS });
}
