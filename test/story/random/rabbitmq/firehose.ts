/**
 * What a real RabbitMQ tells of itself: every publish with the queues that took it, from its tracer, and what is left in
 * its queues (https://www.rabbitmq.com/docs/firehose). Bodies tell messages apart, so they must be unique.
 */
import { AmqpPeer, type Reply } from '../../../helpers/amqp-peer.ts';

const TRACES = 'firehose';
const WAIT_MS = 10_000;
const NOT_FOUND = 404;

interface TraceHeaders {
  readonly exchange_name: string;
  readonly routed_queues: string[];
}

/** A publish that the broker carried out. */
export interface Routed {
  readonly exchange: string;
  /** Where it was routed to. From the default exchange that is the key, whether there is such a queue or not. */
  readonly queues: readonly string[];
}

export class Firehose {
  readonly #url: string;
  #peer!: AmqpPeer;
  #markers = 0;
  /** By their bodies. */
  readonly routed = new Map<string, Routed>();

  /** The tracer must be on. */
  static async open(url: string): Promise<Firehose> {
    const firehose = new Firehose(url);
    await firehose.#listen();
    return firehose;
  }

  private constructor(url: string) {
    this.#url = url;
  }

  async #listen(): Promise<void> {
    this.#peer = await AmqpPeer.open(this.#url);
    await this.#peer.call(1, 'channel.open');
    await this.#peer.call(1, 'queue.declare', { queue: TRACES, exclusive: true });
    await this.#peer.call(1, 'queue.bind', { queue: TRACES, exchange: 'amq.rabbitmq.trace', routingKey: 'publish.#' });
    await this.#peer.call(1, 'basic.consume', { queue: TRACES, noAck: true, consumerTag: TRACES });
  }

  /** Reads the traces of all that was published before, and waits until nobody subscribes to these topics any more. */
  async catchUp(topics: readonly string[]): Promise<void> {
    await this.#probe('', 'nobody');
    const deadline = performance.now() + WAIT_MS;
    for (const topic of topics) {
      while ((await this.#probe('amq.topic', topic)).length > 0) {
        if (performance.now() > deadline) throw new Error(`somebody still subscribes to ${topic}`);
      }
    }
  }

  /** The queues that such a publish goes to. */
  async #probe(exchange: string, routingKey: string): Promise<readonly string[]> {
    const marker = `marker ${++this.#markers}`;
    this.#peer.publish(1, { exchange, routingKey }, marker);
    const deadline = performance.now() + WAIT_MS;
    while (!this.routed.has(marker)) {
      if (performance.now() > deadline) throw new Error('the tracer tells nothing');
      const [trace] = await this.#peer.unasked(1, 'basic.deliver');
      const { body = '', properties } = trace as Reply;
      const { exchange_name: exchange, routed_queues: queues } = (properties as { headers: TraceHeaders }).headers;
      this.routed.set(body, { exchange, queues });
    }
    return this.routed.get(marker)?.queues ?? [];
  }

  /** What is left in a queue, in its order; nothing is then. Undefined where there is none. */
  async drain(queue: string): Promise<string[] | undefined> {
    const peer = await AmqpPeer.open(this.#url);
    try {
      const count = await this.#count(peer, queue);
      if (count === undefined) return undefined;
      await peer.call(1, 'basic.consume', { queue, noAck: true });
      const delivered = await peer.unasked(1, 'basic.deliver', count);
      await peer.call(1, 'queue.purge', { queue });
      return [...delivered, ...peer.pending(1)].map(({ body }) => body ?? '');
    } finally {
      peer.close();
    }
  }

  /** How many messages are in a queue; one that is exclusive goes soon after its connection. */
  async #count(peer: AmqpPeer, queue: string): Promise<number | undefined> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      await peer.call(1, 'channel.open');
      const { method, args } = await peer.call(1, 'queue.declare', { queue, passive: true });
      if (method === 'queue.declare-ok') return args.messageCount as number;
      peer.send(1, 'channel.close-ok');
      if (args.replyCode === NOT_FOUND) return undefined;
      if (performance.now() > deadline) throw new Error(`queue ${queue} does not go: ${args.replyText}`);
    }
  }

  /** Leaves nothing for the next program. */
  async cleanUp(queues: readonly string[], exchanges: readonly string[]): Promise<void> {
    for (const queue of queues) await this.#peer.call(1, 'queue.delete', { queue });
    for (const exchange of exchanges) await this.#peer.call(1, 'exchange.delete', { exchange });
  }

  close(): void {
    this.#peer.close();
  }
}
