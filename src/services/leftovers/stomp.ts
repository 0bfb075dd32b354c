/** The queues that a run made by sending or subscribing to STOMP destinations on a broker that others share. */
import type { Frame } from '../../protocols/protocol.ts';
import { header, type StompValue } from '../../protocols/stomp/index.ts';
import type { Item, LeftoversOf, Watcher, Watching } from './leftovers.ts';
import { rabbitmqLeftovers } from './rabbitmq.ts';

class StompQueues implements Watcher {
  readonly #watching: Watching;
  readonly #items = new Map<string, Item>();
  readonly #foreign = new Set<string>();

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** RabbitMQ makes a queue of that name for /queue/<name>, at SEND as well as at SUBSCRIBE. */
  watch(frame: Frame): void {
    if (frame.protocol !== 'stomp') return;
    const destination = header(frame.value as StompValue, 'destination') ?? '';
    const [, existing, name] = /^\/(amq\/)?queue\/(.+)$/.exec(destination) ?? [];
    if (name === undefined) return;
    const { isOurs, declared, foreign } = this.#watching;
    if (isOurs(name) && !this.#items.has(name)) {
      const item: Item = { kind: 'queue', name };
      this.#items.set(name, item);
      declared(item);
    } else if (!isOurs(name) && existing === undefined && !this.#foreign.has(name)) {
      this.#foreign.add(name);
      foreign({ kind: 'queue', name });
    }
  }

  async items(): Promise<readonly Item[]> {
    return [...this.#items.values()];
  }
}

/** STOMP can't delete a queue, so they go by AMQP, where the run reaches the same broker by it. */
export const stompLeftovers: LeftoversOf = { ...rabbitmqLeftovers, watcher: (watching) => new StompQueues(watching) };
