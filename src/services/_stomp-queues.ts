/** The queues that a run made by sending or subscribing to STOMP destinations on a broker that others share. */
import type { Service } from '../core/services.ts';
import type { Frame } from '../protocols/protocol.ts';
import { header, type StompValue } from '../protocols/stomp/index.ts';
import { removeFrom } from './rabbitmq.ts';
import type { Leftovers } from './service.ts';

/** STOMP can't delete a queue, so they go by AMQP, where the run reaches the same broker by it. */
class StompQueues implements Leftovers {
  readonly #isOurs: (name: string) => boolean;
  readonly #queues = new Set<string>();

  constructor(isOurs: (name: string) => boolean) {
    this.#isOurs = isOurs;
  }

  /** RabbitMQ makes a queue of that name for /queue/<name>, at SEND as well as at SUBSCRIBE. */
  watch(frame: Frame): void {
    if (frame.protocol !== 'stomp') return;
    const destination = header(frame.value as StompValue, 'destination') ?? '';
    const queue = /^\/(?:amq\/)?queue\/(.+)$/.exec(destination)?.[1];
    if (queue !== undefined && this.#isOurs(queue)) this.#queues.add(queue);
  }

  async remove(urls: ReadonlyMap<Service, string>): Promise<void> {
    await removeFrom(urls.get('rabbitmq'), this.#queues, new Set());
  }
}

export const stompLeftovers = (isOurs: (name: string) => boolean): Leftovers => new StompQueues(isOurs);
