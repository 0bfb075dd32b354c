/** Follows messages through AMQP 0-9-1: publish, route, deliver, ack, and everything that can come between. */

import type { Side } from '../../core/events.ts';
import { obtain } from '../../core/maps.ts';
import type { AmqpProperties, AmqpValue, FieldTable } from '../../protocols/amqp/index.ts';
import { fingerprint, type Ledger, type Message, type Sighting } from '../ledger.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { Topology } from '../topology.ts';
import { AmqpChannel, type Held } from './_amqp-channel.ts';
import { applyDeclaration } from './_amqp-declarations.ts';
import { Queue } from './_amqp-queues.ts';

type Of<Name extends AmqpValue['method']> = Extract<AmqpValue, { method: Name }>;
type Content = { properties: AmqpProperties; bodySize: number; body: Buffer };

/** The reply code of a message that no queue took. AMQP 0-9-1 §1.2 */
const NO_ROUTE = 312;
const NO_CONTENT: Content = { properties: {}, bodySize: 0, body: Buffer.alloc(0) };

class AmqpTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #topology = new Topology();
  readonly #queues = new Map<string, Queue>();
  /** Keyed by connection, then by channel number. */
  readonly #connections = new Map<number, Map<number, AmqpChannel>>();
  /** Connections that said goodbye before they ended. */
  readonly #goodbyes = new Set<number>();
  #now = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    this.#now = seen.at;
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
      case 'basic.cancel':
        return this.#cancel(seen, value);
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
    for (const queue of this.#queues.values()) {
      if (queue.goesWith(connection)) {
        this.#drop(at, queue, 'delete', 'server', `queue ${queue.name} was exclusive to ${at.peer} and went with it`);
      }
    }
    for (const channel of channels?.values() ?? []) {
      for (const { queue } of channel.consumers.values()) this.#leave(at, queue);
    }
  }

  /** What still waits in a queue is not lost. */
  end(): void {
    for (const [name, queue] of this.#queues) {
      const all = queue.mailbox.drain();
      for (const message of all) this.#ledger.explain(message);
      const expired = all.filter((message) => queue.isExpired(message, this.#now)).length;
      const waiting = all.length - expired;
      if (expired > 0)
        this.#ledger.remark(`${some(expired)} expired in queue ${name}: nobody took ${it(expired)} in time`);
      if (waiting > 0) this.#ledger.remark(`${some(waiting)} left in queue ${name}: nobody took ${it(waiting)}`);
    }
  }

  #channel(seen: SeenFrame, number: number): AmqpChannel {
    const channels = obtain(this.#connections, seen.connection, () => new Map<number, AmqpChannel>());
    return obtain(channels, number, () => new AmqpChannel());
  }

  #queue(name: string): Queue {
    return obtain(this.#queues, name, () => new Queue(name));
  }

  #publish(seen: SeenFrame, value: Of<'basic.publish'>): void {
    const { exchange, routingKey } = value.args;
    const { properties, bodySize, body } = value.content ?? NO_CONTENT;
    const routing = this.#topology.route(exchange, routingKey, properties.headers ?? {});
    const route = placeOf(exchange, routingKey);
    const message = this.#ledger.publish(seen, body, bodySize, { verb: 'publish', from: 'client', route });
    this.#channel(seen, value.channel).published(message);
    if (!routing) return;
    for (const queue of routing.queues) this.#queue(queue).add(message, seen.at, properties.expiration);
    const step = { verb: 'route', from: 'server', route } as const;
    if (routing.queues.length === 0) {
      this.#ledger.explain(message);
      this.#ledger.step(seen, message, { ...step, stage: 'unroutable', why: routing.why });
    } else if (exchange !== '' || routing.queues.length > 1) {
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
    const content = fingerprint(body, bodySize);
    const message =
      (queue === undefined ? undefined : this.#queue(queue).mailbox.take(content)) ??
      this.#risen(seen, content, queue, properties) ??
      this.#ledger.recall(body, bodySize);
    const route = queue ?? placeOf(value.args.exchange, value.args.routingKey);
    const stage = value.args.redelivered ? 'redelivered' : 'delivered';
    this.#ledger.step(seen, message, {
      stage,
      verb: stage === 'redelivered' ? `re${verb}` : verb,
      from: 'server',
      route,
    });
    if (noAck) return;
    const { deliveryTag, routingKey } = value.args;
    channel.hold(deliveryTag, { message, queue, routingKey, headers: properties.headers ?? {} });
  }

  /** A message that died in another queue, out of our sight, and was expected there. */
  #risen(seen: SeenFrame, content: string, queue: string | undefined, properties: AmqpProperties): Message | undefined {
    const death = deathOf(properties);
    const message = death && this.#queues.get(death.queue)?.mailbox.take(content);
    if (!message) return undefined;
    const step = { from: 'server', route: death.queue } as const;
    if (death.reason === 'expired') this.#ledger.step(seen, message, { ...step, stage: 'expired', verb: 'expire' });
    const why = `${death.reason} in queue ${death.queue}`;
    const route = queue === undefined ? death.queue : `${death.queue} → ${queue}`;
    this.#ledger.step(seen, message, { ...step, stage: 'dead-lettered', verb: 'dead-letter', route, why });
    return message;
  }

  /** A consumer says what became of its deliveries. */
  #settle(seen: SeenFrame, value: Of<'basic.ack'> | Of<'basic.nack'> | Of<'basic.reject'>): void {
    const multiple = value.method !== 'basic.reject' && value.args.multiple;
    const requeue = value.method !== 'basic.ack' && value.args.requeue;
    const verb = value.method.slice('basic.'.length);
    for (const held of this.#channel(seen, value.channel).settle(value.args.deliveryTag, multiple)) {
      const route = held.queue ?? '';
      const stage = value.method === 'basic.ack' ? 'acked' : requeue ? 'requeued' : 'rejected';
      const why = stage === 'rejected' ? this.#whyDropped(held) : undefined;
      this.#ledger.step(seen, held.message, { stage, verb, from: 'client', route, why });
      if (stage === 'requeued') this.#putBack(held);
      if (stage === 'rejected') this.#bury(seen, held);
    }
  }

  /** Why a rejected message goes nowhere, where that is known. A policy may still send it on, which no client sees. */
  #whyDropped({ queue: name }: Held): string | undefined {
    const queue = name === undefined ? undefined : this.#queues.get(name);
    if (!queue?.isDeclared || queue.deadLetters) return undefined;
    return `queue ${name} was declared without a dead-letter exchange, so it is gone`;
  }

  /** Rejected messages go to the dead-letter exchange of their queue, where it has one. https://www.rabbitmq.com/docs/dlx */
  #bury(seen: SeenFrame, { message, queue: name, routingKey, headers }: Held): void {
    const to = name === undefined ? undefined : this.#queues.get(name)?.deadLetters;
    if (!to) return;
    const routing = this.#topology.route(to.exchange, to.routingKey ?? routingKey, headers);
    if (!routing) return;
    const place = [name, ...(to.exchange === '' ? [] : [to.exchange])].join(' → ');
    const step = { verb: 'dead-letter', from: 'server' } as const;
    if (routing.queues.length === 0) {
      return this.#ledger.step(seen, message, { ...step, stage: 'dropped', route: place, why: routing.why });
    }
    for (const queue of routing.queues) this.#queue(queue).add(message, seen.at);
    const route = `${place} → ${routing.queues.join(', ')}`;
    this.#ledger.step(seen, message, { ...step, stage: 'dead-lettered', route, why: `rejected in queue ${name}` });
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
    const why = message.explained ? undefined : this.#whyReturned(value.args, properties.headers ?? {});
    this.#ledger.explain(message);
    this.#ledger.step(seen, message, {
      stage: 'returned',
      verb: 'return',
      from: 'server',
      route: placeOf(exchange, routingKey),
      why: `${replyCode} ${replyText}${why ? `: ${why}` : ''}`,
    });
  }

  #whyReturned(
    { exchange, routingKey, replyCode }: Of<'basic.return'>['args'],
    headers: FieldTable,
  ): string | undefined {
    // The default exchange has a binding for every queue, so it lacks the queue. AMQP 0-9-1 §2.1.2.4
    if (exchange === '' && replyCode === NO_ROUTE) return `there is no queue ${routingKey}`;
    return this.#topology.route(exchange, routingKey, headers)?.why;
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
    for (const { queue } of channel.consumers.values()) this.#leave(seen, queue);
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
    if (queue !== undefined) this.#queue(queue).mailbox.putBack(message);
  }

  #cancel(seen: SeenFrame, value: Of<'basic.cancel'>): void {
    const { consumers } = this.#channel(seen, value.channel);
    const queue = consumers.get(value.args.consumerTag)?.queue;
    consumers.delete(value.args.consumerTag);
    if (queue === undefined) return;
    this.#ledger.note(
      seen,
      `${seen.frame.from === 'server' ? 'is no longer allowed to consume' : 'stops consuming'} from queue ${queue}`,
    );
    this.#leave(seen, queue);
  }

  /** A consumer is gone; a queue that was declared so goes with its last one. AMQP 0-9-1 §1.7.2.1 (auto-delete) */
  #leave(at: Sighting, name: string): void {
    const queue = this.#queues.get(name);
    if (!queue?.autoDelete) return;
    const channels = [...this.#connections.values()].flatMap((all) => [...all.values()]);
    if (channels.some(({ consumers }) => [...consumers.values()].some((one) => one.queue === name))) return;
    this.#drop(at, queue, 'delete', 'server', `queue ${name} was auto-delete and went with its last consumer`);
  }

  /** A queue is emptied, or goes with what it holds. */
  #drop(at: Sighting, queue: Queue, verb: 'delete' | 'purge', from: Side, why: string): void {
    for (const message of queue.mailbox.drain()) {
      this.#ledger.explain(message);
      this.#ledger.step(at, message, { stage: 'dropped', verb, from, route: queue.name, why });
    }
    if (verb === 'purge') return;
    this.#queues.delete(queue.name);
    this.#topology.removeQueue(queue.name);
  }

  /** The server agreed to a declaration. */
  #declared(seen: SeenFrame, value: AmqpValue): void {
    switch (value.method) {
      case 'queue.declare':
        if (value.args.passive) return;
        this.#queue(value.args.queue).declare(value.args, seen.connection);
        return this.#topology.addQueue(value.args.queue);
      case 'queue.bind': {
        const { queue, exchange, routingKey } = value.args;
        const key = routingKey ? ` with key ${routingKey}` : '';
        applyDeclaration(this.#topology, value);
        return this.#ledger.note(seen, `queue ${queue} is bound to exchange ${exchange}${key}`);
      }
      case 'queue.delete':
      case 'queue.purge': {
        const { queue } = value.args;
        const verb = value.method === 'queue.delete' ? 'delete' : 'purge';
        return this.#drop(seen, this.#queue(queue), verb, 'client', `queue ${queue} was ${verb}d with it inside`);
      }

      case 'basic.consume':
        return this.#ledger.note(
          seen,
          `consumes from queue ${value.args.queue}${value.args.noAck ? ', without acks' : ''}`,
        );
      default:
        return applyDeclaration(this.#topology, value);
    }
  }
}

/** Why a message was dead-lettered, read from the header RabbitMQ adds. https://www.rabbitmq.com/docs/dlx */
function deathOf(properties: AmqpProperties): { readonly reason: string; readonly queue: string } | undefined {
  const deaths = properties.headers?.['x-death'];
  const last = Array.isArray(deaths) ? (deaths[0] as Record<string, unknown> | undefined) : undefined;
  return last ? { reason: String(last.reason), queue: String(last.queue) } : undefined;
}

/** Where something is published, in words: the queue itself where the default exchange leads to it. */
function placeOf(exchange: string, routingKey: string): string {
  if (exchange === '') return routingKey;
  return routingKey === '' ? exchange : `${exchange} (${routingKey})`;
}

const some = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);
const it = (count: number): string => (count === 1 ? 'it' : 'them');

const tale: Tale = { name: 'amqp', begin: (ledger) => new AmqpTeller(ledger) };
export default tale;
