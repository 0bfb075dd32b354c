/** Follows messages through AMQP 0-9-1: publish, route, deliver, ack, and everything that can come between. */
import { obtain } from '../../core/maps.ts';
import type { AmqpProperties, AmqpValue, ExchangeType } from '../../protocols/amqp/index.ts';
import { fingerprint, type Ledger, type Sighting } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { Topology } from '../topology.ts';
import { AmqpChannel, type Held } from './_amqp-channel.ts';

type Of<Name extends AmqpValue['method']> = Extract<AmqpValue, { method: Name }>;
type Content = { properties: AmqpProperties; bodySize: number; body: Buffer };

const NO_CONTENT: Content = { properties: {}, bodySize: 0, body: Buffer.alloc(0) };

class AmqpTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #topology = new Topology();
  readonly #mailboxes = new Map<string, Mailbox>();
  /** Keyed by connection, then by channel number. */
  readonly #connections = new Map<number, Map<number, AmqpChannel>>();

  /** Connections that said goodbye before they ended. */
  readonly #goodbyes = new Set<number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as AmqpValue;
    switch (value.method) {
      case 'basic.publish':
        return this.#publish(seen, value);
      case 'basic.deliver':
        return this.#deliver(seen, value);
      case 'basic.ack':
      case 'basic.nack':
      case 'basic.reject':
        return seen.frame.from === 'client' ? this.#settle(seen, value) : this.#confirm(seen, value);
      case 'basic.get-ok':
        return this.#got(seen, value);
      case 'basic.return':
        return this.#returned(seen, value);
      case 'channel.close':
      case 'connection.close':
        return this.#closing(seen, value);
      case 'connection.blocked':
        return this.#ledger.note(seen, `RabbitMQ blocks publishers: ${value.args.reason}`);
      default:
        return this.#channel(seen, value.channel).remember(value, (happened) => this.#declared(seen, happened));
    }
  }

  closed(at: Sighting, connection: number): void {
    const channels = this.#connections.get(connection);
    this.#connections.delete(connection);
    this.#ledger.note(at, this.#goodbyes.delete(connection) ? 'closes its connection' : 'connection lost');
    for (const channel of channels?.values() ?? []) this.#giveBack(at, channel, `${at.peer} is gone before its ack`);
  }

  /** What still waits in a queue is not lost. */
  end(): void {
    for (const [queue, mailbox] of this.#mailboxes) {
      const waiting = mailbox.drain();
      for (const message of waiting) this.#ledger.explain(message);
      const some = waiting.length === 1 ? '1 message' : `${waiting.length} messages`;
      if (waiting.length > 0)
        this.#ledger.remark(`${some} left in queue ${queue}: nobody took ${waiting.length === 1 ? 'it' : 'them'}`);
    }
  }

  #channel(seen: SeenFrame, number: number): AmqpChannel {
    const channels = obtain(this.#connections, seen.connection, () => new Map<number, AmqpChannel>());
    return obtain(channels, number, () => new AmqpChannel());
  }

  #mailbox(queue: string): Mailbox {
    return obtain(this.#mailboxes, queue, () => new Mailbox());
  }

  #publish(seen: SeenFrame, value: Of<'basic.publish'>): void {
    const { exchange, routingKey } = value.args;
    const { properties, bodySize, body } = value.content ?? NO_CONTENT;
    const routing = this.#topology.route(exchange, routingKey, properties.headers ?? {});
    const route = exchange === '' ? routingKey : `${exchange}${routingKey === '' ? '' : ` (${routingKey})`}`;
    const message = this.#ledger.publish(seen, body, bodySize, { verb: 'publish', from: 'client', route });
    this.#channel(seen, value.channel).published(message);
    if (!routing) return;
    for (const queue of routing.queues) this.#mailbox(queue).add(message);
    const step = { verb: 'route', from: 'server', route } as const;
    if (routing.queues.length === 0) {
      this.#ledger.explain(message);
      this.#ledger.step(seen, message, { ...step, stage: 'unroutable', why: routing.why });
    } else if (exchange !== '') {
      this.#ledger.step(seen, message, { ...step, stage: 'routed', route: `${route} → ${routing.queues.join(', ')}` });
    }
  }

  #deliver(seen: SeenFrame, value: Of<'basic.deliver'>): void {
    const channel = this.#channel(seen, value.channel);
    const consumer = channel.consumers.get(value.args.consumerTag);
    this.#arrived(seen, channel, value, consumer?.queue, consumer?.noAck ?? false, 'deliver');
  }

  #got(seen: SeenFrame, value: Of<'basic.get-ok'>): void {
    const channel = this.#channel(seen, value.channel);
    const get = channel.gets.shift();
    this.#arrived(seen, channel, value, get?.queue, get?.noAck ?? false, 'get');
  }

  #arrived(
    seen: SeenFrame,
    channel: AmqpChannel,
    value: Of<'basic.deliver'> | Of<'basic.get-ok'>,
    queue: string | undefined,
    noAck: boolean,
    verb: string,
  ): void {
    const { body, bodySize, properties } = value.content ?? NO_CONTENT;
    const expected = queue === undefined ? undefined : this.#mailbox(queue).take(fingerprint(body, bodySize));
    const message = expected ?? this.#ledger.recall(body, bodySize);
    const why = deathOf(properties);
    if (why && expected === undefined) {
      this.#ledger.step(seen, message, {
        stage: 'dead-lettered',
        verb: 'dead-letter',
        from: 'server',
        route: queue ?? '',
        why,
      });
    }
    const route = queue ?? `${value.args.exchange} (${value.args.routingKey})`;
    const stage = value.args.redelivered ? 'redelivered' : 'delivered';
    this.#ledger.step(seen, message, {
      stage,
      verb: stage === 'redelivered' ? `re${verb}` : verb,
      from: 'server',
      route,
    });
    if (!noAck) channel.held.set(value.args.deliveryTag, { message, queue });
  }

  /** A consumer says what became of its deliveries. */
  #settle(seen: SeenFrame, value: Of<'basic.ack'> | Of<'basic.nack'> | Of<'basic.reject'>): void {
    const multiple = value.method !== 'basic.reject' && value.args.multiple;
    const requeue = value.method !== 'basic.ack' && value.args.requeue;
    const verb = value.method.slice('basic.'.length);
    for (const held of this.#channel(seen, value.channel).settle(value.args.deliveryTag, multiple)) {
      const route = held.queue ?? '';
      const stage = value.method === 'basic.ack' ? 'acked' : requeue ? 'requeued' : 'rejected';
      this.#ledger.step(seen, held.message, { stage, verb, from: 'client', route });
      if (requeue) this.#putBack(held);
    }
  }

  /** The broker says what became of what was published. https://www.rabbitmq.com/docs/confirms */
  #confirm(seen: SeenFrame, value: Of<'basic.ack'> | Of<'basic.nack'> | Of<'basic.reject'>): void {
    const multiple = value.method !== 'basic.reject' && value.args.multiple;
    const acked = value.method === 'basic.ack';
    for (const message of this.#channel(seen, value.channel).confirm(value.args.deliveryTag, multiple)) {
      this.#ledger.step(seen, message, {
        stage: acked ? 'confirmed' : 'nacked',
        verb: acked ? 'confirm' : 'nack',
        from: 'server',
        route: '',
        why: acked ? undefined : 'the broker did not take responsibility for it',
      });
    }
  }

  #returned(seen: SeenFrame, value: Of<'basic.return'>): void {
    const { exchange, routingKey, replyCode, replyText } = value.args;
    const { body, bodySize, properties } = value.content ?? NO_CONTENT;
    const message = this.#ledger.recall(body, bodySize);
    // Where it was told already why nobody got it, the code says enough.
    const why = message.explained
      ? undefined
      : this.#topology.route(exchange, routingKey, properties.headers ?? {})?.why;
    this.#ledger.explain(message);
    this.#ledger.step(seen, message, {
      stage: 'returned',
      verb: 'return',
      from: 'server',
      route: exchange === '' ? routingKey : `${exchange} (${routingKey})`,
      why: `${replyCode} ${replyText}${why ? `: ${why}` : ''}`,
    });
  }

  #closing(seen: SeenFrame, value: Of<'channel.close'> | Of<'connection.close'>): void {
    const { replyCode, replyText } = value.args;
    // 200 is the code of an orderly goodbye; anything else tells an error. AMQP 0-9-1 §1.2 (reply-code)
    if (replyCode !== 200) this.#ledger.note(seen, `${value.method}: ${replyCode} ${replyText}`);
    const who = seen.frame.from === 'server' ? 'RabbitMQ' : seen.peer;
    const reason = `${who} closed the ${value.method === 'channel.close' ? 'channel' : 'connection'} before the ack`;
    if (value.method === 'connection.close') {
      this.#goodbyes.add(seen.connection);
      return;
    }
    const channel = this.#channel(seen, value.channel);
    this.#connections.get(seen.connection)?.delete(value.channel);
    this.#giveBack(seen, channel, reason);
  }

  /** Whatever a consumer held unacked goes back to its queue when the channel ends. AMQP 0-9-1 §1.8.3.13 */
  #giveBack(at: Sighting, channel: AmqpChannel, why: string): void {
    // The last one goes back first, so that each is put before those that followed it.
    for (const held of [...channel.held.values()].reverse()) {
      this.#ledger.step(at, held.message, {
        stage: 'requeued',
        verb: 'requeue',
        from: 'server',
        route: held.queue ?? '',
        why,
      });
      this.#putBack(held);
    }
    channel.held.clear();
  }

  #putBack({ message, queue }: Held): void {
    if (queue !== undefined) this.#mailbox(queue).putBack(message);
  }

  /** The server agreed to a declaration. */
  #declared(seen: SeenFrame, value: AmqpValue): void {
    switch (value.method) {
      case 'exchange.declare': {
        const { exchange, type, passive } = value.args;
        const alternate = value.args.arguments['alternate-exchange'];
        if (!passive && isExchangeType(type)) {
          this.#topology.addExchange({
            name: exchange,
            type,
            alternate: typeof alternate === 'string' ? alternate : undefined,
          });
        }
        return;
      }
      case 'exchange.delete':
        return this.#topology.removeExchange(value.args.exchange);
      case 'exchange.bind':
      case 'exchange.unbind': {
        const { source: exchange, destination, routingKey } = value.args;
        const binding = {
          exchange,
          destination,
          destinationType: 'exchange',
          routingKey,
          arguments: value.args.arguments,
        } as const;
        return value.method === 'exchange.bind' ? this.#topology.bind(binding) : this.#topology.unbind(binding);
      }
      case 'queue.declare':
        return this.#topology.addQueue(value.args.queue);
      case 'queue.bind':
      case 'queue.unbind': {
        const { exchange, queue: destination, routingKey } = value.args;
        const binding = {
          exchange,
          destination,
          destinationType: 'queue',
          routingKey,
          arguments: value.args.arguments,
        } as const;
        if (value.method === 'queue.unbind') return this.#topology.unbind(binding);
        this.#topology.bind(binding);
        return this.#ledger.note(
          seen,
          `queue ${destination} is bound to exchange ${exchange}${routingKey ? ` with key ${routingKey}` : ''}`,
        );
      }
      case 'queue.delete':
      case 'queue.purge': {
        const { queue } = value.args;
        const verb = value.method === 'queue.delete' ? 'delete' : 'purge';
        for (const message of this.#mailbox(queue).drain()) {
          this.#ledger.explain(message);
          this.#ledger.step(seen, message, {
            stage: 'dropped',
            verb,
            from: 'client',
            route: queue,
            why: `queue ${queue} was ${verb}d with it inside`,
          });
        }
        return value.method === 'queue.delete' ? this.#topology.removeQueue(queue) : undefined;
      }
      case 'basic.consume':
        return this.#ledger.note(
          seen,
          `consumes from queue ${value.args.queue}${value.args.noAck ? ', without acks' : ''}`,
        );
    }
  }
}

function isExchangeType(type: string): type is ExchangeType {
  return type === 'direct' || type === 'fanout' || type === 'topic' || type === 'headers';
}

/** Why a message was dead-lettered, read from the header RabbitMQ adds. https://www.rabbitmq.com/docs/dlx */
function deathOf(properties: AmqpProperties): string | undefined {
  const deaths = properties.headers?.['x-death'];
  const last = Array.isArray(deaths) ? (deaths[0] as Record<string, unknown> | undefined) : undefined;
  return last ? `${String(last.reason)} in queue ${String(last.queue)}` : undefined;
}

const tale: Tale = { name: 'amqp', begin: (ledger) => new AmqpTeller(ledger) };
export default tale;
