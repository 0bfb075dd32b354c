/** A channel: publishing, consuming and acknowledging, whichever protocol its client speaks. */
import { type FieldTable, fieldType } from '../../../protocols/amqp/table.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { Message } from '../messages/message.ts';
import { prepareContent } from '../messages/publishing.ts';
import { REPLY_TO } from '../messages/reply-to.ts';
import type { Handover } from '../messages/witness.ts';
import { type ConsumedQueue, Consumer, type ConsumerOwner } from '../queues/consumer.ts';
import type { Entry } from '../queues/entry.ts';
import type { Queue } from '../queues/queue.ts';
import { accessRefused, notAllowed, notImplemented, preconditionFailed } from '../refusal.ts';
import { bare, isInteger } from '../terms.ts';
import { Confirms } from './confirms.ts';
import { type DeferredPublish, type Settlement, Transaction } from './transaction.ts';
import { byQueue, type Unacked, UnackedMessages } from './unacked.ts';

/** Where a channel's own messages to its client go. */
export interface ChannelSink {
  /** Whether the client keeps up with what it is sent. */
  readonly canSend: boolean;
  deliver(
    consumerTag: string,
    deliveryTag: number,
    redelivered: boolean,
    message: Message,
    deliveryCount: number | undefined,
  ): void;
  /** A mandatory message that no queue took. */
  returned(message: Message): void;
  /** The queue of a consumer is gone. */
  cancelled(consumerTag: string): void;
  /** There are publishes to confirm; `confirms.take` gives them when the sink is ready to send. */
  confirmable(): void;
}

export interface ConsumeRequest {
  readonly queue: string;
  readonly tag: string;
  readonly noAck: boolean;
  readonly isExclusive: boolean;
  readonly arguments: FieldTable;
  /** Called with the tag before the first message can be delivered. */
  readonly accepted: (tag: string) => void;
}

export class Channel implements ConsumerOwner {
  readonly session: VhostClient;
  readonly #sink: ChannelSink;
  readonly #consumers = new Map<string, Consumer>();
  readonly #unacked = new UnackedMessages();
  readonly confirms = new Confirms();
  #nextTag = 1;
  #consumerPrefetch = 0;
  /** The limit of the whole channel; 0 is none. */
  #channelPrefetch = 0;
  #transaction: Transaction | undefined;
  #reply: { readonly tag: string; readonly name: string } | undefined;
  isOpen = true;
  lastQueue = '';

  constructor(session: VhostClient, sink: ChannelSink) {
    this.session = session;
    this.#sink = sink;
    session.vhost.witness?.({ what: 'opened', channel: this });
  }

  get canSend(): boolean {
    return this.isOpen && this.#sink.canSend;
  }

  /** Messages got with basic.get don't count, as they were asked for one by one. */
  get hasRoom(): boolean {
    return this.#channelPrefetch === 0 || this.#unacked.size < this.#channelPrefetch;
  }

  /** A queue's name as a client may write it: none at all is the last one declared on this channel. */
  queueName(name: string): string {
    return name === '' ? this.lastQueue : name;
  }

  publish(exchangeName: string, routingKey: string, mandatory: boolean, properties: Buffer, body: Buffer): void {
    const { vhost } = this.session;
    const exchange = vhost.writable(this.session, exchangeName);
    const content = prepareContent(properties, this.session.user.name, this.#reply?.name, vhost.traits);
    const message = new Message(exchange.name, routingKey, content.properties, body, content, content.extraKeys);
    vhost.witness?.({ what: 'published', message, channel: this });
    if (this.#transaction) this.#transaction.publish({ message, exchange, mandatory });
    else this.#route(message, exchange, mandatory, this.confirms.number());
  }

  /** Returns whether every queue took the message. */
  #route(message: Message, exchange: Exchange, mandatory: boolean, sequence: number): boolean {
    const { vhost } = this.session;
    if (exchange.name === '') vhost.replies.assertReadable(message);
    const isReply = exchange.name === '' && vhost.replies.deliver(message);
    const queues = vhost.topology.route(exchange, message);
    let isAccepted = true;
    for (const queue of queues) isAccepted = queue.publish(message) && isAccepted;
    if (queues.length === 0) {
      if (!isReply) vhost.witness?.({ what: 'unroutable', message, returned: mandatory, channel: this });
      // That no queue took it is all that RabbitMQ asks for: a reply comes back although it has arrived.
      if (mandatory) this.#sink.returned(message);
    }
    if (sequence > 0) this.#confirm(sequence, isAccepted, message);
    return isAccepted;
  }

  #confirm(sequence: number, isAccepted: boolean, message: Message): void {
    this.session.vhost.witness?.({ what: 'confirmed', message, isAccepted });
    if (this.confirms.settle(sequence, isAccepted)) this.#sink.confirmable();
  }

  consume(request: ConsumeRequest): void {
    const { tag, noAck } = request;
    if (tag !== '' && (this.#consumers.has(tag) || this.#reply?.tag === tag)) {
      throw notAllowed(`attempt to reuse consumer tag '${tag}'`);
    }
    if (request.queue === REPLY_TO) {
      this.#consumeReplies(request);
      return;
    }
    const queue = this.session.vhost.readable(this.session, request.queue);
    this.#assertConsumable(queue, request);
    const consumer = new Consumer(this, queue, {
      tag: tag === '' ? this.session.vhost.uniqueName('amq.ctag') : tag,
      noAck,
      isExclusive: request.isExclusive,
      prefetch: noAck ? 0 : this.#consumerPrefetch,
      priority: priorityOf(request.arguments),
      offset: request.arguments['x-stream-offset'],
    });
    this.#consumers.set(consumer.tag, consumer);
    request.accepted(consumer.tag);
    queue.consume(consumer);
  }

  #assertConsumable(queue: Queue, request: ConsumeRequest): void {
    const { title } = queue;
    const { kind, options } = queue.spec;
    const isExclusive = request.isExclusive && !kind.isLog;
    const isTaken = queue.hasExclusiveConsumer || (isExclusive && queue.consumerCount > 0);
    if (isTaken || (isExclusive && options.isSingleActive)) throw accessRefused(`${title} in exclusive use`);
    kind.checkConsume(queue.spec, {
      hasGlobalPrefetch: this.#channelPrefetch > 0,
      prefetch: this.#consumerPrefetch,
      noAck: request.noAck,
      arguments: request.arguments,
      now: this.session.vhost.clock.wall(),
    });
    const priority = request.arguments['x-priority'];
    if (priority !== undefined && !isInteger(priority)) {
      const got = fieldType(priority);
      throw preconditionFailed(`invalid arg 'x-priority' for ${title}: "expected integer, got ${got}"`);
    }
  }

  #consumeReplies({ tag, noAck, accepted }: ConsumeRequest): void {
    if (!noAck) throw preconditionFailed('reply consumer cannot acknowledge');
    if (this.#reply) throw preconditionFailed('reply consumer already set');
    const { vhost } = this.session;
    const consumerTag = tag === '' ? vhost.uniqueName('amq.ctag') : tag;
    const name = vhost.replies.expect((message) => {
      if (!this.isOpen) return;
      this.#testify(message, undefined, { consumer: consumerTag, tag: this.#nextTag, redelivered: false, noAck: true });
      this.#sink.deliver(consumerTag, this.#nextTag, false, message, undefined);
    });
    this.#reply = { tag: consumerTag, name };
    accepted(consumerTag);
  }

  #dropReplies(): void {
    if (this.#reply) this.session.vhost.replies.forget(this.#reply.name);
    this.#reply = undefined;
  }

  /** Ends a consumer; one that is not there is already ended. */
  cancel(tag: string): void {
    if (this.#reply?.tag === tag) this.#dropReplies();
    const consumer = this.#consumers.get(tag);
    this.#consumers.delete(tag);
    consumer?.queue.cancel(consumer);
  }

  get(
    queueName: string,
    noAck: boolean,
  ):
    | { message: Message; tag: number; redelivered: boolean; left: number; deliveryCount: number | undefined }
    | undefined {
    const queue = this.session.vhost.readable(this.session, queueName);
    queue.spec.kind.checkGet(queue.spec);
    const got = queue.get(noAck);
    if (!got) return undefined;
    const tag = this.#nextTag++;
    if (!noAck) this.#unacked.add({ queue, entry: got.entry, consumer: undefined, tag });
    this.#testify(got.entry.message, queue, { consumer: undefined, tag, redelivered: got.redelivered, noAck });
    return {
      message: got.entry.message,
      tag,
      redelivered: got.redelivered,
      left: queue.length,
      deliveryCount: queue.spec.kind.countToTell(got.entry, 'get'),
    };
  }

  deliver(consumer: Consumer, entry: Entry): void {
    const tag = this.#nextTag++;
    if (!consumer.noAck) this.#unacked.add({ queue: consumer.queue, entry, consumer, tag });
    const { wasDelivered: redelivered } = entry;
    const { noAck } = consumer;
    this.#testify(entry.message, consumer.queue, { consumer: consumer.tag, tag, redelivered, noAck });
    this.#sink.deliver(consumer.tag, tag, redelivered, entry.message, consumer.queue.countToTell(entry));
  }

  #testify(message: Message, queue: ConsumedQueue | undefined, handover: Omit<Handover, 'channel'>): void {
    this.session.vhost.witness?.({ what: 'delivered', message, queue, channel: this, ...handover });
  }

  #testifyDiscarded(publishes: readonly DeferredPublish[]): void {
    const { witness } = this.session.vhost;
    for (const { message } of publishes) witness?.({ what: 'discarded', message, channel: this });
  }

  cancelled(consumer: Consumer): void {
    this.#consumers.delete(consumer.tag);
    if (this.isOpen) this.#sink.cancelled(consumer.tag);
  }

  ack(tag: number, multiple: boolean): void {
    this.#settle('ack', this.#unacked.take(tag, multiple));
  }

  nack(tag: number, multiple: boolean, requeue: boolean): void {
    this.#settle(requeue ? 'requeue' : 'reject', this.#unacked.take(tag, multiple));
  }

  #settle(kind: Settlement['kind'], items: readonly Unacked[]): void {
    if (this.#transaction) this.#transaction.settle({ kind, items });
    else this.#apply(kind, items);
  }

  #apply(kind: Settlement['kind'], items: readonly Unacked[]): void {
    if (kind !== 'ack') this.#checkReturn(items, 'nack');
    if (kind === 'ack') for (const { queue, entry, consumer } of items) queue.settle(entry, consumer);
    else if (kind === 'reject') for (const { queue, entry, consumer } of items) queue.reject(entry, consumer);
    else for (const [queue, returned] of byQueue(items)) queue.requeue(returned);
    if (this.#channelPrefetch > 0) this.wakeConsumers();
  }

  /** Throws a Refusal where a queue takes nothing back, and holds all that was to be given back. */
  #checkReturn(items: readonly Unacked[], by: 'nack' | 'recover'): void {
    try {
      for (const { queue } of items) queue.checkReturn(by);
    } catch (refusal) {
      this.#unacked.restore(items);
      throw refusal;
    }
  }

  /** `answer` goes before what is handed out again. */
  recover(requeue: boolean, answer = (): void => {}): void {
    if (!requeue) throw notImplemented('requeue=false');
    const held = this.#unacked.takeAll();
    this.#checkReturn(held, 'recover');
    answer();
    this.#apply('requeue', held);
  }

  qos(prefetchCount: number, prefetchSize: number, isGlobal: boolean): void {
    if (prefetchSize !== 0) throw notImplemented(`prefetch_size!=0 (${prefetchSize})`);
    if (isGlobal) this.#channelPrefetch = prefetchCount;
    else {
      this.#consumerPrefetch = prefetchCount;
      this.#channelPrefetch = 0;
    }
    this.wakeConsumers();
  }

  /** Something that held consumers back is gone: room in the channel, or a client that reads again. */
  wakeConsumers(): void {
    for (const consumer of [...this.#consumers.values()]) consumer.queue.wake(consumer);
  }

  selectConfirms(): void {
    if (this.#transaction) throw preconditionFailed('cannot switch from tx to confirm mode');
    this.confirms.select();
  }

  selectTransactions(): void {
    if (this.confirms.isSelected) throw preconditionFailed('cannot switch from confirm to tx mode');
    this.#transaction ??= new Transaction((bytes) => this.session.vhost.account(bytes));
  }

  commit(): void {
    const { publishes, settlements } = this.#openTransaction.end();
    let isComplete = true;
    for (const { message, exchange, mandatory } of publishes) {
      isComplete = this.#route(message, exchange, mandatory, 0) && isComplete;
    }
    for (const { kind, items } of settlements) this.#apply(kind, items);
    if (!isComplete) throw preconditionFailed('partial tx completion');
  }

  /** What was published is forgotten; what was acknowledged counts as unacknowledged again, in its old order. */
  rollback(): void {
    const { publishes, settlements } = this.#openTransaction.end();
    this.#testifyDiscarded(publishes);
    this.#unacked.restore(settlements.flatMap(({ items }) => items));
  }

  get #openTransaction(): Transaction {
    if (!this.#transaction) throw preconditionFailed('channel is not transactional');
    return this.#transaction;
  }

  /** Ends the channel: its consumers go, and what they held returns to its queues. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#dropReplies();
    const unfinished = this.#transaction?.end();
    this.#testifyDiscarded(unfinished?.publishes ?? []);
    this.#unacked.restore(unfinished?.settlements.flatMap(({ items }) => items) ?? []);
    this.#transaction = undefined;
    const held = byQueue(this.#unacked.takeAll());
    const consumers = byQueue(this.#consumers.values());
    this.#consumers.clear();
    for (const queue of new Set([...consumers.keys(), ...held.keys()])) {
      queue.leave(consumers.get(queue) ?? [], held.get(queue) ?? []);
    }
  }
}

function priorityOf(args: FieldTable): number {
  const priority = args['x-priority'];
  return priority === undefined ? 0 : Number(bare(priority));
}
