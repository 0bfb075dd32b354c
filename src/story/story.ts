/** The story of a run: frames in, messages and notes out. */

import { loadNamed } from '../core/catalogue.ts';
import { obtain } from '../core/collections/maps.ts';
import type { Ender, Side, Stats } from '../core/events.ts';
import type { Service } from '../core/services.ts';
import { Ledger, type Settled, type Sighting, type Tell } from './ledger/index.ts';
import type { SeenFrame, Server, Tale, Teller } from './teller.ts';

const TALES = new URL('./tales/', import.meta.url);

/** Which server is behind a service. */
export interface ServerIdentity {
  /** Equal for two services that one server serves. */
  readonly name: string;
  /** See `Server.own`. */
  readonly own: boolean;
}

export interface StoryOptions {
  /** The protocols that the run will meet. */
  readonly protocols: Iterable<string>;
  /** What is known of the server behind a service. */
  readonly serverOf: (service: Service) => ServerIdentity;
  /** Gets each event as it becomes clear. */
  readonly tell: Tell;
  /** Gives each event its number. */
  readonly number: () => number;
  /** The most messages that are followed at a time. */
  readonly followed?: number | undefined;
  /** Gets what became of each message, once it is accounted for. */
  readonly settled?: Settled | undefined;
  /** Fields by which messages are called. */
  readonly names?: readonly string[] | undefined;
}

export class Story {
  readonly #ledger: Ledger;
  readonly #tales = new Map<string, Tale>();
  /** By protocol, the tales of others that see it, too. */
  readonly #alsoSee = new Map<string, string[]>();
  readonly #serverOf: StoryOptions['serverOf'];
  readonly #servers = new Map<string, Server>();
  /** One teller per service and protocol: everybody who talks to a broker is in the same story. */
  readonly #tellers = new Map<Service, Map<string, Teller>>();

  private constructor({ serverOf, tell, number, followed, settled, names }: StoryOptions) {
    this.#serverOf = serverOf;
    this.#ledger = new Ledger(tell, number, followed, settled, names);
  }

  /** Loads the tales of the protocols that a run will meet. */
  static async begin(options: StoryOptions): Promise<Story> {
    const story = new Story(options);
    await story.load(options.protocols);
    return story;
  }

  /** Loads the tales of more protocols. */
  async load(protocols: Iterable<string>): Promise<void> {
    const names = [...new Set(protocols)].filter((name) => !this.#tales.has(name));
    for (const tale of await Promise.all(names.map((name) => loadNamed<Tale>(TALES, name)))) {
      this.#tales.set(tale.name, tale);
      for (const protocol of tale.alsoSees ?? []) obtain(this.#alsoSee, protocol, () => []).push(tale.name);
    }
  }

  frame(seen: SeenFrame): void {
    const { protocol } = seen.frame;
    this.#teller(seen.service, protocol)?.frame(seen);
    for (const name of this.#alsoSee.get(protocol) ?? []) this.#teller(seen.service, name)?.frame(seen);
  }

  /** One side of a connection will say nothing more; see `Teller.ended`. */
  ended(at: Sighting, connection: number, by: Side): void {
    for (const teller of this.#tellersOf(at.service)) teller.ended?.({ ...at, connection }, connection, by);
  }

  /** A connection is gone; see `Teller.closed`. */
  closed(at: Sighting, connection: number, by: Ender, since = 0): void {
    for (const teller of this.#tellersOf(at.service)) teller.closed?.({ ...at, connection }, connection, by, since);
  }

  /** That side of a connection can't be decoded any more. */
  unread(service: Service, connection: number, from: Side): void {
    for (const teller of this.#tellersOf(service)) teller.unread?.(connection, from);
  }

  /** A server is about to be stopped: until it is restarted, it ends connections for no other reason. */
  restarting(service: Service): void {
    for (const teller of this.#tellersBehind(service)) teller.restarting?.();
  }

  /** A server was stopped and started again. */
  restarted(at: Sighting): void {
    for (const teller of this.#tellersBehind(at.service)) teller.restarted?.(at);
  }

  /** Those of all services of the same server. */
  #tellersBehind(service: Service): Teller[] {
    const { name } = this.#serverOf(service);
    const all = [...this.#tellers].filter(([one]) => this.#serverOf(one).name === name);
    return all.flatMap(([, tellers]) => [...tellers.values()]);
  }

  /**
   * The servers of these services have carried out all that they were asked, and everything that they said was seen:
   * what waited for a proof of that is concluded.
   */
  caughtUp({ seq, at }: Pick<Sighting, 'seq' | 'at'>, services: ReadonlySet<Service>): void {
    for (const [service, tellers] of this.#tellers) {
      if (!services.has(service)) continue;
      for (const teller of tellers.values()) teller.caughtUp?.({ seq, at, peer: '', service, phase: 'open' });
    }
  }

  /** The ids of messages that somebody was given and has not acknowledged. */
  unsettled(): ReadonlySet<string> {
    const tellers = [...this.#tellers.values()].flatMap((byProtocol) => [...byProtocol.values()]);
    return new Set(tellers.flatMap((teller) => [...(teller.unsettled?.() ?? [])].map(({ id }) => id)));
  }

  /** The run is over: what is still somewhere is accounted for. `at` tells where in the run that is. */
  end({ seq, at }: Pick<Sighting, 'seq' | 'at'>): Omit<Stats, 'frames' | 'bytes'> {
    for (const [service, tellers] of this.#tellers) {
      for (const teller of tellers.values()) teller.end?.({ seq, at, peer: '', service, phase: 'closing' });
    }
    return this.#ledger.stats();
  }

  #tellersOf(service: Service): Iterable<Teller> {
    return this.#tellers.get(service)?.values() ?? [];
  }

  #teller(service: Service, protocol: string): Teller | undefined {
    const known = this.#tellers.get(service)?.get(protocol);
    if (known) return known;
    const tale = this.#tales.get(protocol);
    if (!tale) return undefined;
    const tellers = obtain(this.#tellers, service, () => new Map<string, Teller>());
    return obtain(tellers, protocol, () => tale.begin(this.#ledger, this.#server(service)));
  }

  #server(service: Service): Server {
    const { name, own } = this.#serverOf(service);
    return obtain(this.#servers, name, () => {
      let model: unknown;
      return {
        own,
        model: <Model>(make: () => Model): Model => {
          model ??= make();
          return model as Model;
        },
      };
    });
  }
}
