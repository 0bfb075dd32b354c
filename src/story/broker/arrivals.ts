/** A message arrives at a client: which of those that are expected it is. */
import type { Statement } from '../../core/statements/index.ts';
import { type Content, REACHED, type Sighting } from '../ledger/index.ts';
import type { Broker } from './broker.ts';
import type { Channel, Consumer, Held } from './channel.ts';
import { Entry, type Match, type Publication } from './entry.ts';
import type { Queue } from './queue.ts';
import { ALWAYS } from './span.ts';
import { REPLY_TO } from './topology.ts';
import { othersOf, unite } from './twins.ts';

export interface Arrival {
  /** As it arrived. */
  readonly publication: Publication;
  readonly content: Content;
  readonly tag: number;
  readonly redelivered: boolean;
  readonly noAck: boolean;
  /** Undefined where who consumes from what was not seen. */
  readonly queue: Queue | undefined;
  readonly consumer: Consumer | undefined;
  /** It died before, and it is not told where. */
  readonly hasDied?: boolean;
}

/**
 * Finds the message, tells its arrival by `tell`, and holds it until it is settled where acks are asked for. What was
 * published out of sight is a message from outside.
 */
export function arrive(
  broker: Broker,
  at: Sighting,
  channel: Channel,
  arrival: Arrival,
  tell: (entry: Entry) => void,
): void {
  const match = find(broker, at, channel, arrival) ?? fromOutside(broker, at, arrival);
  const { entry, among } = match;
  const { consumer } = arrival;
  if (consumer) channel.pending.carriedOut(at, consumer.request, false);
  const { queue } = entry;
  if (among.length > 0) {
    unite([entry, ...among]);
    // If one of them may not be there, each of those that stay may be that one.
    const doubt = [entry, ...among].find((one) => one.doubt)?.doubt ?? queue.overflowDoubt;
    if (doubt) for (const one of among) queue.doubt(one, doubt);
  }
  if (!entry.twins) {
    entry.origin?.proven(at);
    if (entry.returned) entry.returned.to = Math.min(entry.returned.to, at.seq);
  }
  entry.doubt = undefined;
  queue.skipped(at, match, channel, broker.departures);
  queue.passed(entry);
  if (entry.delivered === 'no') {
    queue.standsFirst(entry, channel);
    entry.handed = { by: channel, tag: arrival.tag };
  }
  tell(entry);
  queue.take(entry, at.seq);
  entry.delivered = 'yes';
  broker.changed(queue);
  if (arrival.noAck) broker.leave(entry, REACHED);
  else {
    channel.forgetHeld();
    channel.hold({ entry, tag: arrival.tag, consumer }, at);
    if (isRecovering(channel) && !arrival.redelivered) recovered(broker, at, channel);
  }
}

/** It was handed out before the server gave back all that the channel held, as it was asked to. */
function recovered(broker: Broker, at: Sighting, channel: Channel): void {
  const { recovering, unacked } = channel;
  if (recovering) broker.release(at, channel, [...unacked.values()], recovering.span, RECOVERED);
}

const RECOVERED: Statement = { code: 'RECOVERED', values: {} };

function find(broker: Broker, at: Sighting, channel: Channel, arrival: Arrival): Match | undefined {
  const { queue, publication, redelivered } = arrival;
  const { key } = publication;
  if (!queue) return anywhere(broker, arrival);
  // What was not expected here when it was published may have been bound, or the queue declared, meanwhile.
  for (const publish of broker.unproven.get(key) ?? []) publish.lookAgain(at);
  const found = queue.find(key, redelivered, channel, at.at);
  if (found) return found;
  if (redelivered && releaseHeld(broker, at, queue, key, channel)) return queue.find(key, redelivered, channel, at.at);
  const dead = arrival.hasDied && deadOne(queue, publication);
  if (dead) return dead;
  // It may have been handed to somebody before without that having been seen.
  const unseen = redelivered ? queue.find(key, false, channel, at.at) : undefined;
  if (unseen) return unseen;
  if (queue.name === REPLY_TO) return broker.topology.replies?.find(key, redelivered, channel, at.at);
  return risen(broker, at, queue, arrival) ?? copied(broker, at, queue, arrival);
}

/** STOMP tells that a message died, but not where last: any that did may be it. */
function deadOne(queue: Queue, { identity, exchange, routingKey }: Publication): Match | undefined {
  const dead = [...queue.ready].filter(({ publication }) => {
    const isSame = publication.identity === identity && publication.exchange === exchange;
    return isSame && publication.routingKey === routingKey && publication.deaths.length > 0;
  });
  const [entry, ...among] = dead;
  return entry && { entry, among };
}

/** A message whose queue is not known: the first that fits anywhere, and all others that fit. */
function anywhere(broker: Broker, { publication: { key }, redelivered }: Arrival): Match | undefined {
  const fitting = [...broker.topology.queues()].flatMap(({ ready }) => [...ready.of(key)]);
  const [entry, ...among] = fitting.filter(({ delivered }) => (redelivered ? delivered !== 'no' : delivered !== 'yes'));
  return entry && { entry, among };
}

/** It comes again although somebody held it, as far as was seen: so whoever held it is gone, or gave all of it back. */
function releaseHeld(broker: Broker, at: Sighting, queue: Queue, key: string, channel: Channel): boolean {
  const holds = ({ entry }: Held): boolean => entry.queue === queue && entry.publication.key === key;
  const holders = [...broker.channels].filter(
    (other) => (other !== channel || isRecovering(other)) && [...other.unacked.values()].some(holds),
  );
  const closing = holders.filter((other) => other.isClosing || isRecovering(other));
  const gone = closing.length > 0 ? closing : holders;
  const [first] = gone;
  if (!first) return false;
  const perhaps = gone.flatMap((other) => [...other.unacked.values()].filter(holds)).map(({ entry }) => entry);
  if (gone.length > 1) unite(perhaps);
  const why: Statement = { code: 'GONE_BEFORE_ACK', values: { peer: first.peer } };
  const span = first.recovering?.span ?? { by: first, from: first.seenAt, to: at.seq };
  broker.release({ ...at, peer: first.peer }, first, [...first.unacked.values()], span, why);
  return true;
}

function isRecovering({ recovering }: Channel): boolean {
  return recovering?.span.to === Number.POSITIVE_INFINITY;
}

/** A message that died elsewhere, as its header x-death tells, and that nothing was known to send here. */
function risen(broker: Broker, at: Sighting, queue: Queue, { publication }: Arrival): Match | undefined {
  const diedIn = publication.deaths[0]?.queue;
  if (diedIn === undefined) return undefined;
  const fromQueue = broker.topology.queue(diedIn)?.ready.like(publication.identity);
  const source = fromQueue ?? broker.missing.risen(publication.identity, diedIn);
  if (!source) return undefined;
  const { message } = source;
  const others = fromQueue ? othersOf(fromQueue) : {};
  const cause = publication.deaths[0]?.reason ?? '';
  const reason: Statement = { code: 'DEAD_LETTER', values: { queue: diedIn, cause } };
  const route = `${diedIn} → ${queue.name}`;
  if (cause === 'expired' || cause === 'maxlen') {
    const stage = cause === 'expired' ? 'expired' : 'dropped';
    broker.ledger.step(at, message, { stage, verb: stage, from: 'server', route: diedIn, ...others });
  }
  broker.ledger.step(at, message, {
    stage: 'dead-lettered',
    verb: 'dead-letter',
    from: 'server',
    route,
    reason,
    ...others,
  });
  const entry = new Entry(message, publication, queue, { by: undefined, from: 0, to: at.seq }, undefined);
  broker.enter(entry, at);
  entry.twins = fromQueue?.twins;
  if (fromQueue) {
    fromQueue.queue.take(fromQueue, at.seq);
    broker.leave(fromQueue, undefined);
  } else broker.ledger.leave(message, broker.missing);
  return { entry, among: [] };
}

/** A copy of a message that a binding took which was not seen. */
function copied(broker: Broker, at: Sighting, queue: Queue, { publication, redelivered }: Arrival): Match | undefined {
  const { key, identity } = publication;
  const found = broker.own ? undefined : broker.missing.copy(key, identity, queue.name);
  if (!found) return undefined;
  const entry = new Entry(found.message, publication, queue, { by: undefined, from: 0, to: at.seq }, undefined);
  if (redelivered) entry.delivered = 'yes';
  broker.enter(entry, at);
  return { entry, among: [] };
}

function fromOutside(broker: Broker, at: Sighting, { publication, content, queue, redelivered }: Arrival): Match {
  if (broker.own) broker.ledger.contradiction(at, `a message arrives that nobody was seen to publish`);
  const message = broker.ledger.foreign(at, content);
  const entry = new Entry(message, publication, queue ?? broker.elsewhere, ALWAYS, undefined);
  if (redelivered) entry.delivered = 'yes';
  broker.enter(entry, at);
  return { entry, among: [] };
}
