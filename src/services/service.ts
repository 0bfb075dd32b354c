/** The contract of a service: what acts for it. The default export of `services/<name>.ts`; its facts are a row in core. */
import { loadNamed } from '../core/catalogue.ts';
import { SERVICES, type Service } from '../core/services.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { Knock } from './knock.ts';
import type { LeftoversOf } from './leftovers/leftovers.ts';

export interface ServiceDefinition {
  readonly name: Service;
  /** The protocols spoken with it: the first from the first byte, the others carried inside it. */
  readonly protocols: readonly [string, ...string[]];
  /** Finds out whether a URL leads to it: connects, logs in, and ends the connection. */
  readonly knock: Knock;
  /** The client libraries of it that a scenario file may import though they are not installed beside it. */
  readonly clients: readonly string[];
  /** What a client calls itself, or this connection, where this frame of it says so. */
  readonly introduction?: (frame: Frame) => string | undefined;
  /** What runs leave there, where they leave something. */
  readonly leftovers?: LeftoversOf;
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
