/** Makes an engine with every command. */
import { GROUPS } from './commands/index.ts';
import { Engine, type EngineOptions } from './dispatch/engine.ts';
import { tableOf } from './dispatch/table.ts';
import { releaseFor } from './releases.ts';

const COMMANDS = tableOf(GROUPS);

/** A server without ports: give it duplexes with `accept`. Clock, random numbers and a release may be handed in. */
export function createEngine(options: Partial<Omit<EngineOptions, 'commands'>> = {}): Engine {
  return new Engine({ release: releaseFor(undefined), ...options, commands: COMMANDS });
}
