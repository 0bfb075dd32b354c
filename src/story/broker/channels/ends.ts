/** How channels and connections end: what they held goes back, what was theirs goes, what was under way is settled. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { goneWithQueue, handedOut, routeDoubt, unanswered } from '../queues/doubts.ts';
import { isSurelyAhead, isThere, type SeenEntry } from '../queues/entry.ts';
import { lookedFor } from '../queues/expiry.ts';
import { mayHaveGone } from '../queues/losses.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { persistsAll } from '../queues/traits.ts';
import { repliesUnseen } from '../remaining.ts';
import { isBefore, type Span } from '../span.ts';
import type { SeenTopology } from '../topology/topology.ts';
import { type SeenChannel, SeenConsumer } from './channel.ts';
import { release } from './held.ts';
import { LateReturn } from './late-return.ts';
import { type ChannelError, failAt } from './request.ts';
import type { Taking } from './taking.ts';

/** The most messages of a queue that are compared when somebody who takes from it is lost. */
const LOOKED_AT = 256;

/** The client has closed it, and the server agreed: all that was asked before was carried out. */
export function closed(broker: SeenBroker, at: Sighting, channel: SeenChannel, span: Span, why: Statement): void {
  channel.pending.carriedOut(at);
  leave(broker, at, channel, { ...span, by: channel }, why);
}

/**
 * The server has closed it over an error. What the client held, and what it settled behind the error, goes back: not
 * before `since`, where another channel of its connection failed.
 */
export function failed(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  error: ChannelError,
  why: Statement,
  since = at.seq,
): void {
  channel.hasFailed = true;
  const waiting = channel.pending.drain();
  const culprit = failAt(at, waiting, error);
  for (const consumer of channel.consumers.values()) if (consumer.noAck) droppedOnTheWay(broker, consumer);
  const from = culprit?.span.from ?? since;
  leave(broker, at, channel, { by: channel, from, to: at.seq, atMs: culprit?.span.atMs ?? 0 }, why);
}

/** Its connection is gone, with nothing to tell how much of what was asked was still carried out. */
export function lost(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  from: number,
  unread: Statement,
  why: Statement,
): void {
  const { mayFailAt } = channel.pending;
  const atMs = mayFailAt ?? at.at;
  // It may have ended before its connection did.
  const mayBeEarlier = mayFailAt !== undefined || channel.goodbye !== undefined;
  for (const taker of [...channel.consumers.values(), ...channel.gets]) underWay(broker, at, channel, taker);
  for (const one of channel.pending.drain()) one.lost(at, unread);
  const span = { by: channel, from, to: Number.POSITIVE_INFINITY, atMs };
  broker.happensLate(at, span);
  leave(broker, at, channel, span, why, new LateReturn(broker, at, why, mayBeEarlier));
}

/** What may have been on its way to somebody when its connection was lost. */
export function underWay(broker: SeenBroker, at: Sighting, channel: SeenChannel, taking: Taking): void {
  for (const queue of taking.queues) {
    broker.changed(queue);
    if (taking.room > 0) underWayFrom(queue, at, channel, taking);
  }
}

function underWayFrom(queue: SeenQueue, at: Sighting, channel: SeenChannel, taker: Taking): void {
  const { noAck } = taker;
  queue.loses({
    channel,
    peer: channel.peer,
    noAck,
    atMs: at.at,
    mayBegin: taker.request.span.to === Number.POSITIVE_INFINITY,
    room: taker.room,
  });
  // What stands first may have been given to others.
  let room = 0;
  for (const other of queue.takers) room += other.room;
  const first: SeenEntry[] = [];
  let looked = 0;
  for (const entry of queue.ready) {
    if (first.length >= room && ++looked > LOOKED_AT) return;
    if (room !== Number.POSITIVE_INFINITY) {
      if (first.filter((one) => isSurelyAhead(one, entry)).length >= room) continue;
      const isSure = isThere(entry) && entry.unseenReturns === 0 && !queue.mayHaveLeft(entry, at.at);
      if (isSure && first.length < LOOKED_AT) first.push(entry);
    }
    if (entry.unseenReturns === 0 && taker.hasSeen(entry.returned ?? entry.came)) continue;
    if (noAck) queue.doubt(entry, handedOut(queue, channel.peer));
    else mayHaveGone(queue, entry, channel.peer);
  }
}

/** What was on its way to a channel that has failed is not sent any more, and no ack was to tell that it came. */
function droppedOnTheWay(broker: SeenBroker, consumer: SeenConsumer): void {
  const { channel, queues } = consumer;
  for (const queue of broker.own ? queues : []) {
    for (const entry of queue.ready) {
      if (!consumer.hasSeen(entry.returned ?? entry.came)) queue.doubt(entry, handedOut(queue, channel.peer));
    }
    broker.changed(queue);
  }
}

function leave(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  span: Span,
  why: Statement,
  late?: LateReturn,
): void {
  const { transaction, held } = channel;
  channel.transaction = undefined;
  if (transaction) {
    for (const publish of transaction.publishes) publish.undone(at, { code: 'NEVER_COMMITTED', values: {} });
  }
  for (const get of [...channel.gets]) get.leave();
  broker.asksNoMore(channel.asking);
  if (channel.replies && !channel.replies.gone) {
    channel.replies.gone = span;
    repliesUnseen(broker, channel.replies);
  }
  const consumers = [...channel.consumers.values()];
  channel.consumers.clear();
  for (const { queues } of consumers) for (const queue of queues) broker.changed(queue);
  for (const consumer of consumers) consumer.leave();
  for (const consumer of consumers) if (!consumer.ended) consumerLeft(broker, at, consumer, span);
  release(broker, at, channel, held, span, why, late);
  channel.unconfirmed.clear();
  broker.channels.delete(channel);
}

/** It is asked to go, and an auto-delete queue may go with it. Returns what to call when that is known. */
export function leaving({ topology }: SeenBroker, consumer: SeenConsumer, span: Span): () => void {
  consumer.isLeaving = true;
  const { queue } = consumer;
  const isKept = [...queue.takers].some((one) => one instanceof SeenConsumer && one !== consumer && one.keepsQueue);
  return queue.traits.autoDelete && !isKept ? mayEnd(topology, queue, span) : () => {};
}

/** A queue or an exchange may go then. Returns what to call when that is known. */
export function mayEnd(topology: SeenTopology, one: { readonly mayEnd: Set<Span> }, span: Span): () => void {
  one.mayEnd.add(span);
  topology.generation++;
  return () => {
    if (one.mayEnd.delete(span)) topology.generation++;
  };
}

/**
 * It is given nothing more. What it was given before has been seen by the time of an answer; where something else shows
 * that it went, that may still be on its way, and only then `forget` is called.
 */
export function consumerEnds(
  broker: SeenBroker,
  at: Sighting,
  consumer: SeenConsumer,
  span: Span,
  forget: () => void,
): void {
  const { pending } = consumer.channel;
  if (pending.isAnswering) forget();
  else pending.onAnswer(span, forget);
  if (consumer.ended) return;
  consumer.ended = span;
  for (const queue of consumer.queues) broker.changed(queue);
  consumerLeft(broker, at, consumer, span);
}

/** An auto-delete queue goes with its last consumer. AMQP 0-9-1 §1.7.2.1 (auto-delete) */
export function consumerLeft(broker: SeenBroker, at: Sighting, consumer: SeenConsumer, span: Span): void {
  const { queue, next, request } = consumer;
  for (const one of next) if (one.traits.autoDelete && broker.own && !one.gone) perhapsGone(broker, one);
  const mayHaveBegun = request.span.to === Number.POSITIVE_INFINITY;
  // It may never have begun, or have been gone before that.
  const isEarlier = mayHaveBegun || (consumer.isLeaving && consumer.ended !== span);
  queue.lastUse.at(isEarlier ? 0 : (span.atMs ?? at.at), at.at);
  if (!queue.traits.autoDelete || !(queue.hadConsumer || mayHaveBegun) || queue.gone) return;
  if (!broker.own) return perhapsGone(broker, queue);
  const others = [...queue.takers].filter(
    (taker): taker is SeenConsumer => taker instanceof SeenConsumer && taker !== consumer && !taker.ended,
  );
  if (others.length > 0) {
    // Nothing tells whether one of them came before the last one left, or has left as well; or came to one of its name.
    const mayBeAnew = [...queue.alsoMade.keys()].some((made) => isBefore(made, span) !== 'yes');
    const keeps = (one: SeenConsumer): boolean =>
      one.keepsQueue && (!mayBeAnew || isBefore(one.request.span, span) === 'yes');
    if (queue.hadConsumer && !others.some(keeps)) perhapsGone(broker, queue);
    return;
  }
  if (!queue.hadConsumer) return perhapsGone(broker, queue);
  broker.removeQueue(at, queue, span, { code: 'QUEUE_AUTO_DELETE', values: { queue: queue.name } });
}

/** Nothing tells whether it is still there. */
export function perhapsGone(broker: SeenBroker, queue: SeenQueue, why?: Statement): void {
  queue.perhapsGone = unanswered(routeDoubt(queue));
  queue.perhapsWhy = why;
  broker.topology.generation++;
  for (const entry of queue.ready) queue.doubt(entry, goneWithQueue(queue, why));
  broker.changed(queue);
}

/** Exclusive queues go with their connection. AMQP 0-9-1 §1.7.2.1 (exclusive) */
export function exclusiveQueuesGo(
  broker: SeenBroker,
  at: Sighting,
  connection: number,
  peer: string,
  span: Span,
): void {
  for (const queue of broker.topology.queues()) {
    if (queue.traits.exclusiveTo !== connection) continue;
    const why: Statement = { code: 'QUEUE_EXCLUSIVE', values: { queue: queue.name, peer } };
    broker.removeQueue(at, queue, span, why, connection);
  }
}

/** The server was stopped and started again. https://www.rabbitmq.com/docs/queues#durability */
export function restarted(broker: SeenBroker, at: Sighting): void {
  const span: Span = { by: undefined, from: at.seq, to: at.seq, atMs: at.at };
  // For how long nobody used a queue is counted anew. https://www.rabbitmq.com/docs/ttl#queue-ttl
  for (const queue of broker.topology.queues()) queue.used(at.at, span);
  broker.begin(at);
  broker.heardAll();
  broker.isStopping = false;
  for (const queue of [...broker.topology.queues()]) {
    const { name, traits } = queue;
    lookedFor(queue);
    if (!traits.durable) {
      broker.removeQueue(at, queue, span, { code: 'RESTART_QUEUE_NOT_DURABLE', values: { queue: name } });
      continue;
    }
    const transient: SeenEntry[] = [];
    for (const entry of persistsAll(traits) ? [] : queue.ready) {
      // It may be another one, which is elsewhere.
      const isEither = entry.twins?.isMixed === true;
      if (isEither) queue.doubt(entry, unanswered(routeDoubt(queue)));
      if (isEither || entry.publication.persistent) continue;
      transient.push(entry);
    }
    const reason: Statement = { code: 'RESTART_TRANSIENT', values: { queue: name } };
    broker.departures.endTogether(at, queue, transient, { reason });
  }
  for (const exchange of [...broker.topology.exchanges()]) {
    if (!exchange.durable) broker.topology.removeExchange(exchange, span);
  }
}
