/** The story of a run: frames in, messages and notes out. */

import { loadNamed } from '../core/catalogue.ts';
import type { Stats } from '../core/events.ts';
import { obtain } from '../core/maps.ts';
import { Ledger, type Sighting, type Tell } from './ledger.ts';
import type { SeenFrame, Tale, Teller } from './teller.ts';

const TALES = new URL('./tales/', import.meta.url);

export class Story {
  readonly #ledger: Ledger;
  readonly #tales: ReadonlyMap<string, Tale>;
  /** One teller per service and protocol: everybody who talks to a broker is in the same story. */
  readonly #tellers = new Map<string, Teller>();

  private constructor(tales: readonly Tale[], tell: Tell) {
    this.#tales = new Map(tales.map((tale) => [tale.name, tale]));
    this.#ledger = new Ledger(tell);
  }

  /** Loads the tales of the protocols that a run will meet; `tell` gets each event as it becomes clear. */
  static async begin(protocols: Iterable<string>, tell: Tell): Promise<Story> {
    const names = [...new Set(protocols)];
    return new Story(await Promise.all(names.map((name) => loadNamed<Tale>(TALES, name))), tell);
  }

  frame(seen: SeenFrame): void {
    this.#teller(seen.service, seen.frame.protocol)?.frame(seen);
  }

  /** A connection is gone. */
  closed(at: Sighting, connection: number): void {
    for (const name of this.#tales.keys()) this.#tellers.get(`${at.service} ${name}`)?.closed?.(at, connection);
  }

  /** The run is over: what still waits in a queue is accounted for. */
  end(): Pick<Stats, 'stages' | 'lost' | 'latencyMs'> {
    for (const teller of this.#tellers.values()) teller.end?.();
    return this.#ledger.stats();
  }

  #teller(service: string, protocol: string): Teller | undefined {
    const key = `${service} ${protocol}`;
    const tale = this.#tales.get(protocol);
    return tale && obtain(this.#tellers, key, () => tale.begin(this.#ledger));
  }
}
