/** Makes an engine with every command. */
import { GROUPS } from './commands/index.ts';
import { Engine, type EngineOptions } from './dispatch/engine.ts';
import { tableOf } from './dispatch/table.ts';

const COMMANDS = tableOf(GROUPS);

/** A server without ports: give it duplexes with `accept`. Clock and random numbers may be handed in. */
export function createEngine(options: Omit<EngineOptions, 'commands'> = {}): Engine {
  return new Engine({ ...options, commands: COMMANDS });
}
