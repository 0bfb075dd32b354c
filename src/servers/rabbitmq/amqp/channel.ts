/** The AMQP face of a channel: methods in, methods out. */
import type { FrameWriter } from '../../../protocols/amqp/encode.ts';
import type { AmqpArgs, AmqpMethodName } from '../../../protocols/amqp/methods.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import { Channel, type ChannelSink } from '../channels/channel.ts';
import type { Message } from '../messages/message.ts';
import { channelError, commandInvalid, notFound, notImplemented } from '../refusal.ts';
import { verdicts } from './confirms.ts';
import { ContentAssembler, messageMax, type Publish } from './content.ts';
import { withDeliveryCount } from './delivery-count.ts';

/** What a channel needs of its connection. */
export interface ChannelLine {
  readonly writer: FrameWriter;
  readonly frameMax: number;
  readonly canSend: boolean;
  /** Whether the client wants to be told when a consumer's queue goes away. */
  readonly wantsCancels: boolean;
  /** Something was written, or will be before the next write. */
  touch(): void;
  account(bytes: number): void;
}

type Handlers = { [M in AmqpMethodName]?: (channel: WireChannel, args: AmqpArgs[M]) => void };

export class WireChannel implements ChannelSink {
  readonly number: number;
  readonly line: ChannelLine;
  readonly core: Channel;
  readonly content: ContentAssembler;
  readonly #gone: string[] = [];
  #hasConfirms = false;
  isOpened = false;
  /** The broker closed it, and waits for the client to agree. */
  isClosing = false;

  constructor(number: number, session: VhostClient, line: ChannelLine) {
    this.number = number;
    this.line = line;
    this.core = new Channel(session, this);
    this.content = new ContentAssembler((bytes) => line.account(bytes), messageMax(session.vhost.traits));
  }

  get canSend(): boolean {
    return this.line.canSend;
  }

  send<M extends AmqpMethodName>(method: M, args: Partial<AmqpArgs[M]> = {}): void {
    this.line.writer.method(this.number, method, args);
    this.line.touch();
  }

  handle<M extends AmqpMethodName>(method: M, args: AmqpArgs[M]): void {
    if (method === 'channel.open') {
      if (this.isOpened) throw channelError("second 'channel.open' seen");
      this.isOpened = true;
      this.send('channel.open-ok');
      return;
    }
    if (!this.isOpened) throw channelError("expected 'channel.open'");
    const handler = HANDLERS[method];
    if (!handler) throw commandInvalid('unimplemented method');
    handler(this, args);
  }

  publish({ args, properties, body }: Publish): void {
    if (args.immediate) throw notImplemented('immediate=true');
    this.core.publish(args.exchange, args.routingKey, args.mandatory, properties, body);
  }

  deliver(
    consumerTag: string,
    deliveryTag: number,
    redelivered: boolean,
    message: Message,
    deliveryCount: number | undefined,
  ): void {
    const { exchange, routingKey } = message;
    const args = { consumerTag, deliveryTag, redelivered, exchange, routingKey };
    this.sendContent('basic.deliver', args, message, deliveryCount);
  }

  sendContent<M extends 'basic.deliver' | 'basic.get-ok' | 'basic.return'>(
    method: M,
    args: Partial<AmqpArgs[M]>,
    message: Message,
    deliveryCount: number | undefined,
  ): void {
    const properties = deliveryCount === undefined ? message.properties : withDeliveryCount(message, deliveryCount);
    this.line.writer.content(this.number, method, args, properties, message.body, this.line.frameMax);
    this.line.touch();
  }

  returned(message: Message): void {
    const { exchange, routingKey } = message;
    this.sendContent(
      'basic.return',
      { replyCode: 312, replyText: 'NO_ROUTE', exchange, routingKey },
      message,
      undefined,
    );
  }

  cancelled(consumerTag: string): void {
    if (!this.line.wantsCancels) return;
    this.#gone.push(consumerTag);
    this.line.touch();
  }

  /** Writes at once which consumers the server has ended. */
  tellCancelled(): void {
    for (const consumerTag of this.#gone.splice(0)) this.send('basic.cancel', { consumerTag, noWait: true });
  }

  confirmable(): void {
    this.#hasConfirms = true;
    this.line.touch();
  }

  /** Writes what was put off so that it comes after the answers that caused it, and in as few frames as can be. */
  beforeWrite(): void {
    this.tellCancelled();
    if (!this.#hasConfirms) return;
    this.#hasConfirms = false;
    const { confirmed, rejected } = this.core.confirms.take();
    for (const { method, deliveryTag, multiple } of verdicts(confirmed, rejected)) {
      // Means nothing to a publisher, and has its default (AMQP 0-9-1 with RabbitMQ's extensions).
      const requeue = method === 'basic.nack' ? { requeue: true } : {};
      this.send(method, { deliveryTag, multiple, ...requeue });
    }
  }

  /** Ends the channel, whoever wanted it to end. */
  close(): void {
    this.content.abandon();
    this.core.close();
  }

  /** The name a client means, where it may leave the name out. */
  named(queue: string): string {
    const name = this.core.queueName(queue);
    if (name === '') throw notFound('no previously declared queue');
    return name;
  }
}

const { assign } = Object;

/** One handler for each method that a client may send on an open channel. */
const HANDLERS: Handlers = assign(Object.create(null), {
  'channel.flow': (channel, { active }) => {
    if (!active) throw notImplemented('active=false');
    channel.send('channel.flow-ok', { active });
  },
  'access.request': (channel) => channel.send('access.request-ok', { ticket: 1 }),

  'exchange.declare': (channel, args) => {
    const { session } = channel.core;
    if (args.passive) session.vhost.checkExchange(args.exchange);
    else {
      session.vhost.declareExchange(session, {
        name: args.exchange,
        type: args.type,
        isDurable: args.durable,
        isAutoDelete: args.autoDelete,
        isInternal: args.internal,
        arguments: args.arguments,
      });
    }
    if (!args.noWait) channel.send('exchange.declare-ok');
  },
  'exchange.delete': (channel, { exchange, ifUnused, noWait }) => {
    const { session } = channel.core;
    session.vhost.deleteExchange(session, exchange, ifUnused);
    if (!noWait) channel.send('exchange.delete-ok');
  },
  'exchange.bind': (channel, args) => {
    const { session } = channel.core;
    session.vhost.bind(session, { ...args, destinationType: 'exchange' });
    if (!args.noWait) channel.send('exchange.bind-ok');
  },
  'exchange.unbind': (channel, args) => {
    const { session } = channel.core;
    session.vhost.unbind(session, { ...args, destinationType: 'exchange' });
    if (!args.noWait) channel.send('exchange.unbind-ok');
  },

  'queue.declare': (channel, args) => {
    const { session } = channel.core;
    const queue = args.passive
      ? session.vhost.checkQueue(session, args.queue)
      : session.vhost.declareQueue(session, {
          name: args.queue,
          isDurable: args.durable,
          isExclusive: args.exclusive,
          isAutoDelete: args.autoDelete,
          arguments: args.arguments,
        });
    channel.core.lastQueue = queue.name;
    if (args.noWait) return;
    const { name, length: messageCount, consumerCount } = queue;
    channel.send('queue.declare-ok', { queue: name, messageCount, consumerCount });
  },
  'queue.bind': (channel, args) => {
    const { session } = channel.core;
    session.vhost.bind(session, queueBinding(channel, args));
    if (!args.noWait) channel.send('queue.bind-ok');
  },
  'queue.unbind': (channel, args) => {
    const { session } = channel.core;
    session.vhost.unbind(session, queueBinding(channel, args));
    channel.send('queue.unbind-ok');
  },
  'queue.purge': (channel, { queue, noWait }) => {
    const { session } = channel.core;
    const messageCount = session.vhost.purgeQueue(session, channel.named(queue));
    if (!noWait) channel.send('queue.purge-ok', { messageCount });
  },
  'queue.delete': (channel, { queue, ifUnused, ifEmpty, noWait }) => {
    const { session } = channel.core;
    const messageCount = session.vhost.deleteQueue(session, channel.named(queue), ifUnused, ifEmpty);
    if (!noWait) channel.send('queue.delete-ok', { messageCount });
  },

  'basic.qos': (channel, { prefetchCount, prefetchSize, global }) => {
    channel.core.qos(prefetchCount, prefetchSize, global);
    channel.send('basic.qos-ok');
  },
  'basic.consume': (channel, args) => {
    // A tag may be used again once its client can know that the consumer is gone.
    channel.tellCancelled();
    channel.core.consume({
      queue: channel.named(args.queue),
      tag: args.consumerTag,
      noAck: args.noAck,
      isExclusive: args.exclusive,
      arguments: args.arguments,
      accepted: (consumerTag) => {
        if (!args.noWait) channel.send('basic.consume-ok', { consumerTag });
      },
    });
  },
  'basic.cancel': (channel, { consumerTag, noWait }) => {
    if (!noWait) channel.send('basic.cancel-ok', { consumerTag });
    channel.core.cancel(consumerTag);
  },
  // A consumer was cancelled by us, and the client says that it saw it.
  'basic.cancel-ok': () => {},
  'basic.get': (channel, { queue, noAck }) => {
    const got = channel.core.get(channel.named(queue), noAck);
    if (!got) {
      channel.send('basic.get-empty');
      return;
    }
    const { message, tag, redelivered, left, deliveryCount } = got;
    const { exchange, routingKey } = message;
    const args = { deliveryTag: tag, redelivered, exchange, routingKey, messageCount: left };
    channel.sendContent('basic.get-ok', args, message, deliveryCount);
  },
  'basic.ack': (channel, { deliveryTag, multiple }) => channel.core.ack(deliveryTag, multiple),
  'basic.nack': (channel, { deliveryTag, multiple, requeue }) => channel.core.nack(deliveryTag, multiple, requeue),
  'basic.reject': (channel, { deliveryTag, requeue }) => channel.core.nack(deliveryTag, false, requeue),
  'basic.recover-async': (channel, { requeue }) => channel.core.recover(requeue),
  'basic.recover': (channel, { requeue }) => channel.core.recover(requeue, () => channel.send('basic.recover-ok')),

  'confirm.select': (channel, { noWait }) => {
    channel.core.selectConfirms();
    if (!noWait) channel.send('confirm.select-ok');
  },
  'tx.select': (channel) => {
    channel.core.selectTransactions();
    channel.send('tx.select-ok');
  },
  'tx.commit': (channel) => {
    channel.core.commit();
    channel.send('tx.commit-ok');
  },
  'tx.rollback': (channel) => {
    channel.core.rollback();
    channel.send('tx.rollback-ok');
  },
} satisfies Handlers);

/** Without a queue's name the last one declared is meant, and without a key then its name is the key. */
function queueBinding(channel: WireChannel, args: AmqpArgs['queue.unbind']) {
  const destination = channel.named(args.queue);
  const routingKey = args.queue === '' && args.routingKey === '' ? destination : args.routingKey;
  return {
    source: args.exchange,
    destinationType: 'queue' as const,
    destination,
    routingKey,
    arguments: args.arguments,
  };
}
