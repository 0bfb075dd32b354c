/** The contract of a service: what acts for it. The default export of `services/<name>.ts`; its facts are a row in core. */
import { loadNamed } from '../core/catalogue.ts';
import { SERVICES, type Service } from '../core/services.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { Knock } from './knock.ts';

/** What a run declared at one service that others share, and how to remove it. */
export interface Leftovers {
  /** Takes note of what a client's frame declares. */
  watch(frame: Frame): void;
  /**
   * Removes all of it; `urls` are those of the services that the run shares with others. Rejects with whatever the
   * client library did.
   */
  remove(urls: ReadonlyMap<Service, string>): Promise<void>;
}

export interface ServiceDefinition {
  readonly name: Service;
  /** The protocols spoken with it: the first from the first byte, the others carried inside it. */
  readonly protocols: readonly [string, ...string[]];
  /** Finds out whether a URL leads to it: connects, logs in, and ends the connection. */
  readonly knock: Knock;
  /** The client libraries of it that a scenario file may import though they are not installed beside it. */
  readonly clients: readonly string[];
  /** Begins to take note of what a run leaves behind; `isOurs` knows the names that the run gave. */
  readonly leftovers?: (isOurs: (name: string) => boolean) => Leftovers;
}

const DIRECTORY = new URL('./', import.meta.url);

export function loadService(name: Service): Promise<ServiceDefinition> {
  return loadNamed<ServiceDefinition>(DIRECTORY, name);
}

/** What acts for each of these services, or for all. */
export async function loadServices(
  names: readonly Service[] = SERVICES,
): Promise<ReadonlyMap<Service, ServiceDefinition>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await loadService(name)] as const)));
}
