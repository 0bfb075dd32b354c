/** What a lab is made of, and how its parts work together. */
import { setImmediate } from 'node:timers/promises';
import type { Endpoint } from '../backends/backend.ts';
import { BackendError, UsageError } from '../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { addressOf, redactText } from '../core/urls.ts';
import type { Leftovers } from '../lab/servers/leftovers.ts';
import type { Provision } from '../lab/servers/provision.ts';
import type { Watch } from '../lab/servers/watch.ts';
import type { Peers } from '../lab/wire/peers.ts';
import type { Trace } from '../lab/wire/trace.ts';
import type { Story } from '../story/story.ts';
import type { MovableClock } from './clock.ts';
import type { Seen } from './messages.ts';
import { wipe } from './wipe.ts';
import type { Wires } from './wires.ts';

/** Whoever has something to say says it within so many turns of the event loop. */
const CALM_TURNS = 8;

export interface Parts {
  readonly provided: Provision;
  readonly clock: MovableClock;
  readonly trace: Trace;
  readonly story: Story;
  readonly peers: Peers;
  readonly leftovers: Leftovers;
  readonly watch: Watch;
  readonly wires: Wires;
  readonly seen: Seen;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** The queues that were seen declared. */
  readonly queues: ReadonlySet<string>;
}

export class Wiring {
  readonly parts: Parts;
  /** The services that embedded servers serve. */
  readonly embedded: ReadonlySet<Service>;
  /** Why nothing more will come, where a server went away. */
  gone: BackendError | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    const endpoints = [...parts.provided.endpoints.values()];
    this.embedded = new Set(endpoints.flatMap((one) => (one.backend === 'embedded' ? one.service : [])));
  }

  endpoint(service: Service): Endpoint {
    const { endpoints } = this.parts.provided;
    const endpoint = endpoints.get(service);
    if (endpoint) return endpoint;
    const title = SERVICE_TITLES[service] ?? service;
    throw new UsageError(`This lab has no ${title}.`, {
      hint: `Start it with services: ['${[...endpoints.keys(), service].join("', '")}'].`,
    });
  }

  /**
   * Waits until clients and servers have nothing more to say, for a while at most. What clients of this process have sent
   * has arrived by then, and embedded servers have read it all, so that the story can conclude what follows.
   */
  async catchUp(withinMs = this.parts.timeoutMs): Promise<void> {
    const { peers, story, trace } = this.parts;
    if (!(await this.#isCalm(withinMs)) || peers.isHolding) return;
    story.caughtUp({ seq: trace.number(), at: trace.now() }, this.embedded);
  }

  async #isCalm(withinMs: number): Promise<boolean> {
    const { peers, wires } = this.parts;
    const deadline = performance.now() + withinMs;
    let seen = -1;
    for (let calm = 0; calm < CALM_TURNS; ) {
      if (performance.now() > deadline) return false;
      // Clients and servers gather what they write in a turn, so that they may have something to say in the next one.
      await setImmediate();
      const { fromClientBytes, fromServerBytes, connections } = peers.traffic();
      const now = fromClientBytes + fromServerBytes + connections;
      const ports = new Set([...this.#serverPorts, ...peers.ports]);
      calm = now === seen && !peers.isBusy && wires.isQuiet(ports) ? calm + 1 : 0;
      seen = now;
    }
    return true;
  }

  get #serverPorts(): number[] {
    const { endpoints } = this.parts.provided;
    return [...endpoints].flatMap(([service, { url }]) => addressOf(service, new URL(url)).port);
  }

  async reset(): Promise<void> {
    const { peers, queues, seen } = this.parts;
    await this.catchUp();
    await wipe(this.embedded, queues, (service) => peers.url(service, 'msgplay'));
    await this.catchUp();
    seen.clear();
  }

  async close(): Promise<void> {
    const { peers, watch, wires, leftovers, story, trace, provided } = this.parts;
    wires.stop();
    peers.ending = true;
    watch.stop();
    await peers.close();
    const left = await leftovers.remove(() => {});
    story.end({ seq: trace.number(), at: trace.now() });
    await provided.close();
    if (left !== undefined) throw new BackendError(redactText(left));
  }
}
