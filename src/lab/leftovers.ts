/**
 * What a run declared on a server that others share, and how to remove it.
 *
 * The names are read off the wire like everything else. Only those that bear the run's prefix are removed: whatever
 * has another name may be somebody's own.
 */
import type { Endpoint } from '../backends/backend.ts';
import type { Service } from '../core/services.ts';
import type { AmqpValue } from '../protocols/amqp/index.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { RespFrameValue } from '../protocols/resp/index.ts';
import { header, type StompValue } from '../protocols/stomp/index.ts';

export class Leftovers {
  readonly #prefix: string;
  readonly #queues = new Set<string>();
  readonly #exchanges = new Set<string>();
  readonly #keys = new Set<string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Takes note of what a frame declares. */
  watch(frame: Frame): void {
    if (frame.from !== 'client' || frame.phase === 'opening') return;
    if (frame.protocol === 'amqp') this.#watchAmqp(frame.value as AmqpValue);
    else if (frame.protocol === 'resp') this.#watchRedis(frame.value as RespFrameValue);
    else if (frame.protocol === 'stomp') this.#watchStomp(frame.value as StompValue);
  }

  /** Removes all of it; `endpoints` are those that others share. */
  async remove(endpoints: ReadonlyMap<Service, Endpoint>): Promise<void> {
    const rabbitmq = endpoints.get('rabbitmq');
    const redis = endpoints.get('redis');
    if (rabbitmq && this.#queues.size + this.#exchanges.size > 0) await this.#removeFromRabbitmq(rabbitmq.url);
    if (redis && this.#keys.size > 0) await this.#removeFromRedis(redis.url);
  }

  #ours(name: string): boolean {
    return name.startsWith(this.#prefix);
  }

  #watchAmqp(value: AmqpValue): void {
    if (value.method === 'queue.declare' && this.#ours(value.args.queue)) this.#queues.add(value.args.queue);
    if (value.method === 'exchange.declare' && this.#ours(value.args.exchange))
      this.#exchanges.add(value.args.exchange);
  }

  /** Any argument may be a key; removing one that isn't costs nothing. */
  #watchRedis(value: RespFrameValue): void {
    if (value.kind !== 'command') return;
    for (const argument of value.args) {
      const text = argument.toString('latin1', 0, 256);
      if (this.#ours(text)) this.#keys.add(text);
    }
  }

  /** RabbitMQ makes a queue of that name for /queue/<name>, at SEND as well as at SUBSCRIBE. */
  #watchStomp(value: StompValue): void {
    const queue = /^\/(?:amq\/)?queue\/(.+)$/.exec(header(value, 'destination') ?? '')?.[1];
    if (queue !== undefined && this.#ours(queue)) this.#queues.add(queue);
  }

  async #removeFromRabbitmq(url: string): Promise<void> {
    const amqp = await import('amqplib');
    const connection = await amqp.connect(url);
    try {
      const channel = await connection.createChannel();
      // RabbitMQ answers a deletion of what is not there with success, so nothing needs to be asked first.
      for (const queue of this.#queues) await channel.deleteQueue(queue);
      for (const exchange of this.#exchanges) await channel.deleteExchange(exchange);
    } finally {
      await connection.close();
    }
  }

  async #removeFromRedis(url: string): Promise<void> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    // ioredis rejects with "Connection is closed" and emits why.
    let failure: unknown;
    redis.on('error', (error) => {
      failure ??= error;
    });
    try {
      await redis.connect();
      await redis.unlink(...this.#keys);
    } catch (error) {
      throw failure ?? error;
    } finally {
      redis.disconnect();
    }
  }
}
