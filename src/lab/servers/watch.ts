/** Watches over the servers of a run: one that dies or hangs is told within seconds, whatever its clients make of it. */
import type { Endpoint } from '../../backends/backend.ts';
import { messageOf } from '../../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../../core/services.ts';
import { redactUrl } from '../../core/urls.ts';
import { isAnswer, knock } from '../../services/knock.ts';
import type { ServiceDefinition } from '../../services/service.ts';

/** How often it is looked at what has been heard, in ms. */
const LOOK_MS = 500;
/** A server that has said nothing for so long is knocked at, in ms. */
const SILENCE_MS = 2_000;

export interface WatchOptions {
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  readonly services: ReadonlyMap<Service, ServiceDefinition>;
  /** The bytes that a service's server has sent so far. */
  readonly heardBytes: (service: Service) => number;
  /** Whether the run itself restarts a server right now. */
  readonly isRestarting: () => boolean;
  /** Milliseconds since the run began. */
  readonly now: () => number;
  /** Hears, once, that a server went away. */
  readonly gone: (went: WentAway) => void;
}

/** A server that is no longer there, and the sentence that tells it. */
export interface WentAway {
  readonly service: Service;
  readonly told: string;
}

interface Watched {
  readonly service: Service;
  readonly endpoint: Endpoint;
  bytes: number;
  /** When it was last known to be there, in ms since the run began. */
  seenAt: number;
  knocking: boolean;
}

export class Watch {
  readonly #options: WatchOptions;
  readonly #watched: readonly Watched[];
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  /** What was told to be gone, while whoever asks was busy with what came of that. */
  #gone: string | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    // An embedded server lives and dies with this process.
    const others = [...options.endpoints].filter(([, { backend }]) => backend !== 'embedded');
    const seenAt = options.now();
    this.#watched = others.map(([service, endpoint]) => ({ service, endpoint, bytes: 0, seenAt, knocking: false }));
    for (const one of this.#watched) one.endpoint.exited?.then((why) => this.#tell(one, why));
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopped.abort();
  }

  /** Knocks at every server, for whoever has reason to doubt; resolves with what went away, if anything did. */
  async doubt(): Promise<string | undefined> {
    if (this.#gone !== undefined) return this.#gone;
    const found = await Promise.all(this.#watched.map(async (one) => ({ one, why: await this.#knock(one) })));
    for (const { one, why } of found) if (why !== undefined) return this.#sentence(one, why);
    return undefined;
  }

  #look(): void {
    const { now, heardBytes, isRestarting } = this.#options;
    for (const one of this.#watched) {
      const bytes = heardBytes(one.service);
      if (bytes !== one.bytes || isRestarting()) {
        one.bytes = bytes;
        one.seenAt = now();
      } else if (!one.knocking && now() - one.seenAt > SILENCE_MS) void this.#check(one);
    }
  }

  async #check(one: Watched): Promise<void> {
    const seenAt = one.seenAt;
    const why = await this.#knock(one);
    // A word on any connection is as good as an answer at the door.
    if (why !== undefined && one.seenAt === seenAt && !this.#options.isRestarting()) this.#tell(one, why);
  }

  async #knock(one: Watched): Promise<string | undefined> {
    const { service, endpoint } = one;
    const definition = this.#options.services.get(service);
    if (!definition) return undefined;
    one.knocking = true;
    try {
      await knock(definition, new URL(endpoint.url), this.#stopped.signal, true);
      one.seenAt = this.#options.now();
      return undefined;
    } catch (error) {
      if (!isAnswer(error)) return this.#stopped.signal.aborted ? undefined : messageOf(error);
      one.seenAt = this.#options.now();
      return undefined;
    } finally {
      one.knocking = false;
    }
  }

  #tell(one: Watched, why: string): void {
    if (this.#stopped.signal.aborted) return;
    const told = this.#sentence(one, why);
    this.#gone = told;
    this.stop();
    this.#options.gone({ service: one.service, told });
  }

  #sentence({ service, endpoint, seenAt }: Watched, why: string): string {
    const since = `last heard of ${(seenAt / 1000).toFixed(1)} s after the run began`;
    return `${SERVICE_TITLES[service]} at ${redactUrl(endpoint.url)} went away in the middle of the run, ${since}: ${why}`;
  }
}
