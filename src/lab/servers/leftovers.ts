/**
 * What a run declared on servers that others share, and how to remove it.
 *
 * The names are read off the wire like everything else. Only those that bear the run's prefix are removed: whatever
 * has another name may be somebody's own.
 */
import type { Endpoint } from '../../backends/backend.ts';
import { messageOf } from '../../core/errors.ts';
import { SERVICE_TITLES, SERVICES, type Service } from '../../core/services.ts';
import { redactUrl } from '../../core/urls.ts';
import type { Frame } from '../../protocols/protocol.ts';
import { Journal, placeOf } from '../../services/leftovers/journal.ts';
import {
  counted,
  type Foreign,
  type Item,
  type LeftoversOf,
  type Watcher,
} from '../../services/leftovers/leftovers.ts';
import type { ServiceDefinition } from '../../services/service.ts';

/** A removal that takes longer than this says how far it is, and again after each such time, in ms. */
const TELL_MS = 2_000;

interface Watched {
  readonly service: Service;
  readonly of: LeftoversOf;
  readonly watcher: Watcher;
  /** What is there, as far as is known. */
  readonly there: Set<Item>;
}

export interface LeftoversOptions {
  readonly prefix: string;
  /** All servers that the user named, needed or not: what STOMP makes goes by AMQP. */
  readonly urls: Partial<Record<Service, string>>;
  /** The endpoints that others use too. */
  readonly shared: ReadonlyMap<Service, Endpoint>;
  readonly services: ReadonlyMap<Service, ServiceDefinition>;
  /** Hears of things that the run declared under names which the lab did not give. */
  readonly foreign: (service: Service, foreign: Foreign) => void;
}

export class Leftovers {
  readonly #prefix: string;
  readonly #urls: ReadonlyMap<Service, string>;
  readonly #watched = new Map<Service, Watched>();
  readonly #journal: Journal | undefined;

  constructor({ prefix, urls, shared, services, foreign }: LeftoversOptions) {
    this.#prefix = prefix;
    const named = SERVICES.flatMap((service) => [[service, urls[service]] as const]);
    const used = [...shared].map(([service, { url }]) => [service, url] as const);
    this.#urls = new Map([...named, ...used].flatMap(([service, url]) => (url === undefined ? [] : [[service, url]])));
    this.#journal = shared.size > 0 ? new Journal(prefix) : undefined;
    for (const service of shared.keys()) {
      const of = services.get(service)?.leftovers;
      if (!of) continue;
      const there = new Set<Item>();
      const watcher = of.watcher({
        isOurs: (name) => name.startsWith(prefix),
        declared: (item) => {
          there.add(item);
          this.#note(service, item);
        },
        foreign: (told) => foreign(service, told),
      });
      this.#watched.set(service, { service, of, watcher, there });
    }
  }

  /** Takes note of what a frame declares. */
  watch(service: Service, frame: Frame, connection: number): void {
    if (frame.from !== 'client' || frame.phase === 'closing') return;
    this.#watched.get(service)?.watcher.watch(frame, connection);
  }

  /** What would stay if the run ended now, and what removes it; undefined where nothing would. */
  told(): string | undefined {
    const sentences = [...this.#watched.values()].flatMap((one) => (hasAny(one) ? [this.#stays(one)] : []));
    return sentences.length === 0 ? undefined : sentences.join('\n');
  }

  /**
   * Removes all that can be removed, from servers that are not `gone`; resolves with what stays and why, where something
   * does. Never rejects.
   */
  async remove(progress: (text: string) => void, gone?: Service): Promise<string | undefined> {
    const stays = await Promise.all(
      [...this.#watched.values()].map((one) => {
        if (one.service !== gone) return this.#removeFrom(one, progress);
        return hasAny(one) ? this.#stays(one, 'it went away') : undefined;
      }),
    );
    const told = stays.filter((sentence) => sentence !== undefined);
    if (told.length === 0) this.#journal?.close();
    return told.length === 0 ? undefined : told.join('\n');
  }

  async #removeFrom(one: Watched, progress: (text: string) => void): Promise<string | undefined> {
    const { service, of, watcher, there } = one;
    if (!hasAny(one)) return undefined;
    let isKnown = false;
    try {
      const items = await watcher.items(this.#urls.get(service) ?? '');
      there.clear();
      for (const item of items) there.add(item);
      isKnown = true;
      const all = [...there];
      let toldAt = performance.now();
      await of.remove(this.#urls, all, {
        removed: (item) => {
          there.delete(item);
          if (performance.now() - toldAt < TELL_MS) return;
          toldAt = performance.now();
          progress(
            `removing what the run declared in ${SERVICE_TITLES[service]}: ${all.length - there.size} of ${all.length}`,
          );
        },
      });
      return undefined;
    } catch (error) {
      return this.#stays(one, messageOf(error), isKnown);
    }
  }

  /** `isKnown`: all that is there is known, also where the wire does not show it. */
  #stays({ service, there, watcher }: Watched, why?: string, isKnown = watcher.mayBeMore !== true): string {
    const url = redactUrl(this.#urls.get(service === 'redis' ? 'redis' : 'rabbitmq') ?? 'amqp://…');
    const because = why === undefined ? '' : `: ${why.replace(/\.$/, '')}`;
    const what = there.size === 0 ? 'what scripts made' : `${isKnown ? '' : 'at least '}${counted(there)}`;
    const stays = there.size > 1 ? 'stay' : there.size === 1 ? 'stays' : 'may stay';
    return `${what} of this run ${stays} in ${SERVICE_TITLES[service]}${because}. To remove: msgplay clean ${url} --run ${this.#prefix} --yes`;
  }

  /** Redis can be asked for its keys, RabbitMQ can't. */
  #note(service: Service, item: Item): void {
    if (item.kind !== 'queue' && item.kind !== 'exchange') return;
    const url = this.#urls.get('rabbitmq') ?? this.#urls.get(service);
    if (url === undefined) return;
    this.#journal?.note(placeOf(this.#urls.has('rabbitmq') ? 'rabbitmq' : service, url), item);
  }
}

/** Whether a run may have left something there. */
function hasAny({ there, watcher }: Watched): boolean {
  return there.size > 0 || watcher.mayBeMore === true;
}
