/**
 * What a run declared on servers that others share, and how to remove it.
 *
 * The names are read off the wire like everything else. Only those that bear the run's prefix are removed: whatever
 * has another name may be somebody's own.
 */
import type { Endpoint } from '../backends/backend.ts';
import type { Service } from '../core/services.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { ServiceDefinition, Leftovers as ServiceLeftovers } from '../services/service.ts';

export class Leftovers {
  readonly #shared: ReadonlyMap<Service, string>;
  readonly #watchers = new Map<Service, ServiceLeftovers>();

  /** `shared` are the endpoints that others use too. */
  constructor(
    prefix: string,
    shared: ReadonlyMap<Service, Endpoint>,
    services: ReadonlyMap<Service, ServiceDefinition>,
  ) {
    this.#shared = new Map([...shared].map(([service, { url }]) => [service, url]));
    for (const service of shared.keys()) {
      const watcher = services.get(service)?.leftovers?.((name) => name.startsWith(prefix));
      if (watcher) this.#watchers.set(service, watcher);
    }
  }

  /** Takes note of what a frame declares. */
  watch(service: Service, frame: Frame): void {
    if (frame.from === 'client' && frame.phase !== 'opening') this.#watchers.get(service)?.watch(frame);
  }

  /** Removes all that can be removed, and then rejects with the first of what failed. */
  async remove(): Promise<void> {
    const removed = await Promise.allSettled([...this.#watchers.values()].map((one) => one.remove(this.#shared)));
    for (const result of removed) if (result.status === 'rejected') throw result.reason;
  }
}
