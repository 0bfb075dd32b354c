/** What the servers of a run are called. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import { isService, type Service } from '../../core/services.ts';
import type { Look } from '../reporter.ts';
import { type Words, wordsIn } from '../words/words.ts';

/** What is spoken with a server that is reached in several ways. */
const SPOKEN: { readonly [service in Service]?: string } = { rabbitmq: 'AMQP', stomp: 'STOMP' };

export class Servers {
  readonly #words: Words;
  #backends: EventOf<'run-start'>['backends'] = {};

  constructor({ language }: Look) {
    this.#words = wordsIn(language);
  }

  meet(event: TraceEvent): void {
    if (event.type === 'run-start') this.#backends = event.backends;
  }

  /** The server that an event is about. */
  of({ service, server }: { readonly service?: Service; readonly server?: string }): string {
    return server ?? (service === undefined ? '' : this.titleOf(service));
  }

  /** What somebody else runs at a URL may be anything that speaks the protocol. */
  titleOf(service: string): string {
    if (!isService(service)) return service;
    const foreign = this.#backends[service]?.backend === 'url' ? this.#words.foreignServers[service] : undefined;
    return foreign ?? this.#words.servers[service];
  }

  /** The same of several services: one that is reached in two ways is called by them, too. */
  titlesOf(services: readonly string[]): string[] {
    const titles = services.map((service) => this.titleOf(service));
    return services.map((service, index) => {
      const title = titles[index] ?? service;
      const isOnly = titles.indexOf(title) === titles.lastIndexOf(title);
      const spoken = isService(service) ? SPOKEN[service] : undefined;
      return isOnly || !spoken ? title : `${title} (${spoken})`;
    });
  }

  /** `RabbitMQ 3.10 (embedded)`: what serves the run, each once. */
  served(): string[] {
    const told = Object.entries(this.#backends).map(([service, { backend, version }]) => {
      // An embedded web server has no version of its own, and behaves like nobody's.
      const [number] = /^\d[\w.-]*/.exec(version) ?? [];
      const shown = number ?? (backend === 'embedded' || /^of unknown/.test(version) ? undefined : version);
      const title = this.titleOf(service);
      return `${title}${shown === undefined || shown.startsWith(title) ? '' : ` ${shown}`} (${backend})`;
    });
    return [...new Set(told)];
  }
}
