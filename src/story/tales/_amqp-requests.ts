/** What AMQP clients ask of a broker: each becomes a request of the channel, which counts as the server carries it out. */
import { type AmqpArgs, type ExchangeType, type FieldTable, plain } from '../../protocols/amqp/index.ts';
import { fieldType } from '../../protocols/amqp/table.ts';
import type { SeenBroker } from '../broker/broker.ts';
import { anyOf, exclusion, givesToConsumersOnly, isDenied, isLocked } from '../broker/channels/access.ts';
import { doneReading } from '../broker/channels/arrivals/log.ts';
import { Get, type Held, SeenConsumer, take, takeRead } from '../broker/channels/channel.ts';
import * as declare from '../broker/channels/declare.ts';
import { consumerEnds, consumerLeft, leaving, underWay } from '../broker/channels/ends.ts';
import { mayBeAnother, mayBeginAtFormer } from '../broker/channels/moves.ts';
import { request } from '../broker/channels/request.ts';
import { type How, Settle } from '../broker/channels/settle.ts';
import type { SeenEntry } from '../broker/queues/entry.ts';
import type { SeenQueue } from '../broker/queues/queue.ts';
import { REPLY_TO } from '../broker/queues/reply-to.ts';
import { isBefore, type Order, type Span } from '../broker/span.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import type { AmqpChannel } from './_amqp-channel.ts';

type Args<Name extends keyof AmqpArgs> = AmqpArgs[Name];

/** There is no such queue. AMQP 0-9-1 §1.2 (reply-code) */
const NOT_FOUND = 404;

/** The types of queue that the server gives no names to. https://www.rabbitmq.com/docs/quorum-queues#feature-matrix */
const NAMED_BY_CLIENTS: ReadonlySet<string> = new Set(['quorum', 'stream']);

export function declareQueue(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  args: Args<'queue.declare'>,
): void {
  const { queue: given, passive, durable, exclusive, autoDelete, noWait } = args;
  if (passive) return checkQueue(broker, seen, channel, args);
  const exclusiveTo = exclusive ? channel.connection : undefined;
  const declared = { durable: durable && !exclusive, autoDelete, exclusiveTo, arguments: args.arguments };
  // The broker is to choose a name; until it tells it, the queue goes by one that nobody can give.
  const name = given === '' ? `(named by the broker, ${seen.seq})` : given;
  const made = declare.declareQueue(broker, seen, channel, 'queue.declare', name, declared);
  const isRefused = given === '' && NAMED_BY_CLIENTS.has(String(args.arguments['x-queue-type']));
  const asked = isRefused ? { ...made, names: [], refused: () => 'yes' as const } : made;
  channel.lastQueue = name;
  channel.ask(asked, noWait, (at, value) => {
    if (value.method !== 'queue.declare-ok') return;
    const queue = broker.topology.queue(name);
    if (queue && given === '') broker.topology.rename(queue, value.args.queue);
    if (channel.lastQueue === name) channel.lastQueue = value.args.queue;
    if (queue) counted(broker, at, queue, value.args.messageCount, asked.span, true);
  });
}

function checkQueue(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, args: Args<'queue.declare'>): void {
  const name = args.queue || channel.lastQueue;
  channel.lastQueue = name;
  const asked = request('queue.declare', channel.span(seen), {
    names: [name],
    refused: () => isDenied(broker, name, channel, asked.span),
  });
  channel.ask(asked, args.noWait, (at, value) => {
    if (value.method !== 'queue.declare-ok') return;
    const queue = broker.queueNamed(name, asked.span);
    queue?.used(at.at, asked.span);
    if (queue) counted(broker, at, queue, value.args.messageCount, asked.span, true);
  });
}

/**
 * The server tells how many messages wait in a queue: as a declaration asks for it, else when it has done what it was
 * asked for in its turn.
 */
export function counted(
  broker: SeenBroker,
  at: Sighting,
  queue: SeenQueue,
  count: number,
  then: Span,
  overtakes = false,
): void {
  if (mayBeAnother(broker.topology, queue, then)) return;
  for (const end of queue.mayEnd) if (isBefore(end, then) !== 'no') return;
  // What was not expected there when it was published may be counted, too.
  broker.unproven.lookAgainAtAll(at, broker.topology.generation);
  queue.counted({ at, count, span: then, overtakes }, broker.departures);
}

export function declareExchange(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  args: Args<'exchange.declare'>,
): void {
  const { exchange: name, type, durable, autoDelete, passive, noWait } = args;
  const declared = { name, type: type as ExchangeType, durable, autoDelete, arguments: args.arguments };
  const asked =
    passive || !isExchangeType(type)
      ? request('exchange.declare', channel.span(seen), {
          names: [name, type],
          endsConnection: !passive,
          refused: () => (broker.topology.exchange(name) ? 'no' : 'yes'),
        })
      : declare.declareExchange(broker, seen, channel, declared);
  channel.ask(asked, noWait);
}

export function consume(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, args: Args<'basic.consume'>): void {
  const { noAck, noWait, consumerTag } = args;
  const name = args.queue || channel.lastQueue;
  const prefetch = noAck ? 0 : channel.prefetch;
  // A tag can't be used twice.
  let isTaken = consumerTag !== '' && channel.tags.has(consumerTag);
  const taker = isTaken ? channel.consumers.get(consumerTag) : undefined;
  channel.tags.add(consumerTag);
  let consumer: SeenConsumer | undefined;
  let tag: string | undefined;
  const asked = request('basic.consume', channel.span(seen), {
    names: [name, consumerTag],
    endsSession: true,
    endsConnection: isTaken,
    refused: () => {
      // Who had it before may be gone with its queue.
      if (isTaken) return taker?.mayLoseQueue ? 'maybe' : 'yes';
      return consumer ? anyOf(consumer.mayLackQueue, mayNot()) : 'yes';
    },
    done: (at) => {
      broker.awaited.delete(enter);
      consumer?.began(at);
    },
    undone: (at, why) => {
      broker.awaited.delete(enter);
      if (!consumer?.leave()) return;
      broker.changed(consumer.queue);
      const isMissing = why.code === 'DISCARDED_BY_ERROR' && why.values.code === NOT_FOUND;
      if (isMissing) queueMissing(broker, at, consumer.next.at(-1) ?? consumer.queue, asked.span);
    },
    lost: (at) => {
      broker.awaited.delete(enter);
      broker.takesLate(at, name, channel, noAck);
      if (!consumer) return;
      underWay(broker, at, channel, consumer);
      if (consumer.leave()) consumerLeft(broker, at, consumer, asked.span);
    },
  });
  const isExcluded = exclusion(broker.topology.queue(name), args.exclusive, asked.span);
  const mayNot = (): Order => anyOf(isLocked(consumer?.queue, channel, asked.span), isExcluded());
  // The queue may be declared by somebody else before the server reads this.
  const enter = (): void => {
    if (isTaken || consumer) return;
    const queue = name === REPLY_TO ? replyQueue(seen, channel) : broker.queueNamed(name, asked.span);
    consumer = queue && new SeenConsumer(channel, queue, noAck, prefetch, asked, args.exclusive);
    if (!consumer) return void broker.awaited.set(enter, name);
    mayBeginAtFormer(broker.topology, consumer);
    broker.awaited.delete(enter);
    if (tag !== undefined) channel.consumers.set(tag, consumer);
  };
  const start = (told: string): void => {
    tag = told;
    if (consumerTag === '') channel.tags.add(tag);
    // The server agreed: who had it before was gone.
    if (!noWait) isTaken = false;
    enter();
    if (isTaken) return;
    if (consumer) channel.consumers.set(tag, consumer);
    const queue = consumer?.queue.name ?? name;
    if (consumer?.queue.traits.isStream) {
      broker.ledger.note(seen, { code: 'READS_STREAM', values: { queue, offset: offsetIn(args.arguments) } });
    } else {
      const limit = prefetch > 0 ? { prefetch } : {};
      broker.ledger.note(seen, { code: 'CONSUMES', values: { queue, noAck, ...limit } });
    }
  };
  enter();
  if (noWait) start(consumerTag);
  channel.ask(asked, noWait, (_at, value) => {
    if (value.method === 'basic.consume-ok') start(value.args.consumerTag);
  });
}

/** Where a reader of a stream begins, in words; a time as ISO 8601. https://www.rabbitmq.com/docs/streams#consuming */
function offsetIn(args: FieldTable): string {
  const value = args['x-stream-offset'] ?? 'next';
  const bare = plain(value);
  if (fieldType(value) !== 'timestamp') return typeof bare === 'number' ? `offset ${bare}` : String(bare);
  return new Date(Number(bare) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The server knows no queue of that name: so it went, or was never made. */
function queueMissing(broker: SeenBroker, at: Sighting, queue: SeenQueue, then: Span): void {
  // Somebody may have declared it only after that.
  if (!queue.perhapsGone || isBefore(queue.made, then) !== 'yes') return;
  // Or it was never made anew, by any of those that were carried out by then.
  for (const span of queue.alsoMade.keys()) if (isBefore(span, then) === 'yes') queue.alsoMade.delete(span);
  const { name, made, perhapsWhy, traits } = queue;
  if (!perhapsWhy && !traits.autoDelete) return declare.unmake(broker, at, queue, made);
  const why = perhapsWhy ?? ({ code: 'QUEUE_AUTO_DELETE', values: { queue: name } } as const);
  broker.removeQueue(at, queue, { by: undefined, from: made.from, to: at.seq }, why);
}

/** Where a channel gets direct replies. https://www.rabbitmq.com/docs/direct-reply-to */
function replyQueue(seen: SeenFrame, channel: AmqpChannel): SeenQueue {
  channel.replies ??= declare.replyQueue(seen);
  return channel.replies;
}

export function cancel(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, args: Args<'basic.cancel'>): void {
  const { consumerTag, noWait } = args;
  channel.tags.delete(consumerTag);
  let consumer = channel.consumers.get(consumerTag);
  const span = channel.span(seen);
  if (consumer) broker.ledger.note(seen, { code: 'CONSUMES_NO_MORE', values: { queue: consumer.queue.name } });
  const decided = consumer ? leaving(broker, consumer, span) : () => {};
  const asked = request('basic.cancel', span, {
    undone: decided,
    lost: decided,
    done: (at) => {
      decided();
      // It may have been answered only after it was asked to go.
      consumer ??= askedBefore(channel.consumers.get(consumerTag), span);
      const ending = consumer;
      if (!ending) return;
      consumerEnds(broker, at, ending, span, () => {
        if (channel.consumers.get(consumerTag) === ending) channel.consumers.delete(consumerTag);
        ending.leave();
        for (const queue of ending.queues) broker.changed(queue);
      });
    },
  });
  channel.ask(asked, noWait);
}

/** A tag may be used again by whoever comes after that. */
function askedBefore(consumer: SeenConsumer | undefined, { from }: Span): SeenConsumer | undefined {
  return consumer && consumer.request.span.from < from ? consumer : undefined;
}

export function get(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, args: Args<'basic.get'>): void {
  const name = args.queue || channel.lastQueue;
  const lookUp = (): SeenQueue | undefined => broker.queueNamed(name, asked.span);
  const asked = request('basic.get', channel.span(seen), {
    names: [name],
    endsSession: true,
    refused: () => anyOf(isDenied(broker, name, channel, asked.span), givesToConsumersOnly(lookUp(), asked.span)),
    undone: () => stop(),
    lost: (at) => {
      broker.takesLate(at, name, channel, args.noAck);
      stop();
    },
  });
  const waiting = new Get(channel, lookUp(), args.noAck, asked);
  mayBeginAtFormer(broker.topology, waiting);
  const enter = (queue: SeenQueue): void => {
    broker.awaited.delete(enter);
    waiting.mayTakeFrom(queue);
  };
  if (!waiting.queue) broker.awaited.set(enter, name);
  const stop = (): void => {
    broker.awaited.delete(enter);
    waiting.leave();
    for (const queue of waiting.queues) broker.changed(queue);
  };
  channel.gets.push(waiting);
  channel.ask(asked, false, (at, value) => {
    stop();
    const { queue } = waiting;
    if (!queue) return;
    queue.used(at.at, asked.span);
    if (value.method === 'basic.get-empty') counted(broker, at, queue, 0, asked.span);
  });
}

const STAGES = { ack: 'acked', requeue: 'requeued', reject: 'rejected' } as const;

/** A consumer says what became of deliveries: told at once, and counted once nothing can undo it. */
export function settle(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  method: string,
  tag: number,
  multiple: boolean,
  how: How,
): void {
  const held = take(channel, tag, multiple);
  const read = takeRead(channel, tag, multiple);
  if (how === 'ack') for (const entry of read) ackRead(broker, seen, method, entry);
  if (channel.transaction) {
    channel.transaction.settled.push({ held, how, method });
    return;
  }
  settleNow(broker, seen, channel, method, held, how, {
    isKnown: held.length > 0 || read.length > 0 || tag === 0,
  });
}

/** All that a client holds goes back at once, in a transaction, too. */
export function recover(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, method: string): void {
  settleNow(broker, seen, channel, method, take(channel, 0, true), 'requeue');
}

/** An ack of what came from a stream: it stays there. */
function ackRead(broker: SeenBroker, at: Sighting, method: string, entry: SeenEntry): void {
  const { message, queue, twins: among } = entry;
  const verb = method.slice('basic.'.length);
  broker.ledger.step(at, message, { stage: 'acked', verb, from: 'client', route: queue.name, among });
  doneReading(broker, entry);
}

/**
 * With `isLater`, it is told when the server has carried it out: at the commit of its transaction. So is what may be about
 * nothing, as it may have come to somebody who needs no ack.
 */
export function settleNow(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  method: string,
  held: readonly Held[],
  how: How,
  { isKnown = true, isLater = false } = {},
): Settle {
  const asked = new Settle(broker, channel, method, held, how, channel.span(seen), isKnown);
  if (isLater || held.some(({ mayNeedNoAck }) => mayNeedNoAck))
    asked.tell = (then, told) => tellSettled(broker, then, method, told, how, true);
  else tellSettled(broker, seen, method, held, how, false);
  for (const { consumer } of held) consumer?.settles(asked);
  asked.send(seen);
  channel.pending.push(asked);
  channel.presume(seen);
  return asked;
}

function tellSettled(
  broker: SeenBroker,
  at: Sighting,
  method: string,
  held: readonly Held[],
  how: How,
  isConcluded: boolean,
): void {
  const verb = method.slice('basic.'.length);
  for (const { entry } of held) {
    const { queue, message } = entry;
    const isGone = how === 'reject' && queue.isInSight && queue.traits.deadLetterExchange === undefined && !queue.gone;
    const reason = isGone ? ({ code: 'REJECTED_NO_DEAD_LETTER', values: { queue: queue.name } } as const) : undefined;
    const step = { stage: STAGES[how], verb, from: 'client', route: queue.name, reason, among: entry.twins } as const;
    if (isConcluded) broker.ledger.conclude(at, message, step);
    else broker.ledger.step(at, message, step);
    broker.changed(queue);
  }
}

function isExchangeType(type: string): type is ExchangeType {
  return type === 'direct' || type === 'fanout' || type === 'topic' || type === 'headers';
}
