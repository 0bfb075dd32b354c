/** Makes an engine with every command. */
import { obtain } from '../../core/collections/maps.ts';
import { groupsOf } from './commands/by-release.ts';
import { GROUPS } from './commands/index.ts';
import { traitsOfRelease } from './differences.ts';
import type { Command } from './dispatch/command.ts';
import { Engine, type EngineOptions } from './dispatch/engine.ts';
import { tableOf } from './dispatch/table.ts';
import { type RedisRelease, releaseFor } from './releases.ts';

/** The table of commands of each release that was asked for. */
const TABLES = new Map<RedisRelease, ReadonlyMap<string, Command>>();

/** A server without ports: give it duplexes with `accept`. Clock, random numbers and a release may be handed in. */
export function createEngine(options: Partial<Omit<EngineOptions, 'commands' | 'traits'>> = {}): Engine {
  const { release = releaseFor(undefined) } = options;
  const traits = traitsOfRelease(release);
  const commands = obtain(TABLES, release, () => tableOf(groupsOf(GROUPS, traits)));
  return new Engine({ ...options, release, traits, commands });
}
