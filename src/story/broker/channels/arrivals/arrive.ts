/** A message arrives at a client: which of those that are expected it is. */
import type { Statement } from '../../../../core/statements/index.ts';
import { REACHED, type SeenMessage, type Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import { unite } from '../../messages/twins.ts';
import { RefusalDoubt, routeDoubt, unanswered } from '../../queues/doubts.ts';
import { type Doubt, type Match, SeenEntry } from '../../queues/entry.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import { ALWAYS } from '../../span.ts';
import { type Held, type SeenChannel, SeenConsumer } from '../channel.ts';
import { findInNext, wantedBy } from '../moves.ts';
import { isRecovering, RECOVERED, recoveredBy } from '../recovery.ts';
import { Settle } from '../settle.ts';
import type { Taking } from '../taking.ts';
import type { Arrival } from './arrival.ts';
import { arrivedDeadLetter, enterAt } from './dead-letter.ts';
import { doneReading, readFrom } from './log.ts';

/**
 * Finds the message, tells its arrival by `tell`, and holds it until it is settled where acks are asked for. What was
 * published out of sight is a message from outside.
 */
export function arrive(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  tell: (entry: SeenEntry) => void,
): void {
  const [first] = arrival.takings;
  if (first) channel.pending.carriedOutBefore(at, first.request);
  if (first?.queue?.traits.isStream) {
    const look = () => find(broker, at, channel, arrival, first) ?? fromOutside(broker, at, arrival, first.queue);
    const read = readFrom(at, first.queue, arrival.publication, look, tell);
    if (first.noAck) doneReading(broker, read);
    else channel.reading.set(arrival.tag, read);
    return;
  }
  const { taking = first, match: found, mayNeedNoAck = false } = findFor(broker, at, channel, arrival) ?? {};
  const source = taking?.queue;
  const late = found ? undefined : seenLate(broker, source, arrival);
  // It went back, and on to somebody else or out of its queue, before this was seen.
  if (late) return tell(late);
  const match = found ?? fromOutside(broker, at, arrival, source);
  const { entry, among } = match;
  if (match.isHeldElsewhere) {
    unite([entry, ...among]);
    return tell(entry);
  }
  const consumer = taking instanceof SeenConsumer ? taking : undefined;
  if (consumer) channel.pending.carriedOut(at, consumer.request, false);
  const { queue } = entry;
  if (among.length > 0) {
    unite([entry, ...among]);
    // If one of them may not be there, each of those that stay may be that one.
    const doubt = [entry, ...among].find((one) => one.doubt)?.doubt ?? queue.absenceOf([entry, ...among]);
    for (const one of doubt ? among : []) {
      // Its own confirm tells of a message that may have been this one.
      const own = one.doubt instanceof RefusalDoubt ? undefined : one.doubt;
      one.doubt = undefined;
      one.queue.doubt(one, unanswered(own ?? (doubt as Doubt)));
    }
  }
  if (!entry.twins) {
    entry.origin?.proven(at);
    if (entry.returned) entry.returned.to = Math.min(entry.returned.to, at.seq);
  }
  entry.doubt = undefined;
  if (taking && !arrival.redelivered) queue.waited(match, taking.request.span);
  queue.skipped(at, match, channel, broker.departures);
  queue.passed(entry);
  if (entry.delivered === 'no') {
    if (taking) queue.standsFirst(entry, channel, taking.request.span, at.at);
    entry.handed = { by: channel, tag: arrival.tag };
  }
  tell(entry);
  if (arrival.redelivered && entry.delivered === 'no') broker.unseen.overtaken(entry);
  queue.take(entry, at.seq);
  entry.delivered = 'yes';
  broker.changed(queue);
  if (taking?.noAck && !mayNeedNoAck) broker.leave(entry, REACHED);
  else {
    channel.forgetHeld();
    const held = { entry, tag: arrival.tag, consumer, mayNeedNoAck };
    channel.hold(held, at);
    if (isRecovering(channel) && !arrival.redelivered) channel.recovered.add(held);
  }
}

interface Found {
  readonly taking: Taking | undefined;
  readonly match: Match;
  /** It may have come to others, and only some of all these need an ack. */
  readonly mayNeedNoAck?: boolean;
}

/** What is delivered here of which it was seen before what came of it. On a server of one's own, there is nothing else. */
function seenLate({ unseen, own }: SeenBroker, source: SeenQueue | undefined, arrival: Arrival): SeenEntry | undefined {
  const { publication, redelivered } = arrival;
  return unseen.seen(source, publication.key, redelivered) ?? (own ? unseen.left(source, publication.key) : undefined);
}

/** Who of those that it may have come to was given it, and which it is. */
function findFor(broker: SeenBroker, at: Sighting, channel: SeenChannel, arrival: Arrival): Found | undefined {
  const [taking, ...others] = arrival.takings;
  if (others.length > 0) {
    const expected = arrival.takings.flatMap((one): Found[] => {
      const match = expectedBy(broker, at, channel, arrival, one);
      return match ? [{ taking: one, match }] : [];
    });
    const [first, ...more] = expected;
    const among = more.flatMap(({ match: { entry, among: also } }) => [entry, ...also]);
    const mayNeedNoAck = more.some(({ taking: other }) => other?.noAck !== first?.taking?.noAck);
    if (first) return { ...first, match: { ...first.match, among: [...first.match.among, ...among] }, mayNeedNoAck };
  }
  for (const one of [taking, ...others]) {
    const match = (one && findInNext(broker, at, channel, arrival, one)) ?? find(broker, at, channel, arrival, one);
    if (match) return { taking: one, match };
  }
  return undefined;
}

/** What is known to wait for somebody, as it arrives. */
function expectedBy(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  taking: Taking,
): Match | undefined {
  const wanted = wantedBy(broker, at, channel, arrival, taking);
  return taking.queue?.find(wanted);
}

function find(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  taking: Taking | undefined,
): Match | undefined {
  const { publication, redelivered } = arrival;
  const { key } = publication;
  const queue = taking?.queue;
  if (!queue) return anywhere(broker, arrival);
  // What was not expected here when it was published may have been bound, or the queue declared, meanwhile.
  broker.unproven.lookAgain(at, key, broker.topology.generation);
  if (redelivered) givenBackFirst(broker, at, queue, publication);
  const inflow = dropsHead(queue) ? broker.departures.mayBring(at, queue) : 0;
  const wanted = { key, redelivered, channel, atMs: at.at, inflow, asked: taking?.request.span };
  const found = queue.find(wanted);
  const isHere = ({ entry }: Held): boolean => entry.queue === queue && entry.publication.key === key;
  if (found && redelivered && found.mayBeOther) orBack(broker, channel, found.entry, isHere);
  if (found) return orDying(broker, at, publication, found);
  if (redelivered) unreadAcks(broker, isHere, (pending, one) => pending.isBehindError(one));
  const before = redelivered ? handedOutBefore(broker, channel, isHere) : undefined;
  if (before) return before;
  if (redelivered && releaseHeld(broker, at, channel, isHere)) return queue.find(wanted);
  // Nobody holds it: so one of those who settled it was refused something before that.
  if (redelivered && broker.own && unreadAcks(broker, isHere, mayBeBehindError)) {
    if (releaseHeld(broker, at, channel, isHere)) return queue.find(wanted);
  }
  const [death] = publication.deaths;
  const isDead = ({ entry }: Held): boolean =>
    entry.queue.name === death?.queue && entry.publication.identity === publication.identity;
  if (death?.reason === 'delivery_limit' && givenBack(broker, at, death.queue, publication.identity))
    return queue.find(wanted);
  const mayBeHeld = death && !broker.topology.queue(death.queue)?.ready.like(publication.identity);
  if (mayBeHeld && death.reason !== 'rejected' && releaseHeld(broker, at, undefined, isDead)) {
    const sentOn = queue.find(wanted);
    if (sentOn) return sentOn;
  }
  const dead = arrival.hasDied && deadOne(queue, publication);
  if (dead) return dead;
  // It may have been handed to somebody before without that having been seen.
  const unseen = redelivered ? queue.find({ ...wanted, redelivered: false }) : undefined;
  if (unseen) return unseen;
  const reply = broker.topology.replies?.find({ key, redelivered, channel, atMs: at.at });
  if (reply) return reply;
  return arrivedDeadLetter(broker, at, queue, channel, arrival) ?? outOfSight(broker, at, queue, arrival);
}

/** It may not be there any more, and this be one that somebody held who is about to end: then that one is gone instead. */
function orBack(broker: SeenBroker, channel: SeenChannel, found: SeenEntry, holds: (held: Held) => boolean): void {
  const { doubt } = found;
  const ending = doubt ? holdersBut(broker, channel, holds).filter((other) => isEnding(broker, other)) : [];
  const back = ending.flatMap(({ held }) => held.filter(holds).map(({ entry }) => entry));
  if (!doubt || back.length === 0) return;
  unite([found, ...back]);
  for (const entry of back) entry.doubt ??= unanswered(doubt);
}

/** It may also be one of those of which nothing has shown that they died where this one did. */
function orDying(
  { topology }: SeenBroker,
  at: Sighting,
  { deaths: [death], identity }: Publication,
  found: Match,
): Match {
  const queue = death && topology.queue(death.queue);
  if (!queue) return found;
  const dying = [...queue.ready].filter(
    (entry) => entry.publication.identity === identity && queue.mayHaveLeft(entry, at.at),
  );
  return { ...found, among: [...found.among, ...dying] };
}

/** STOMP tells that a message died, but not where last: any that did may be it. */
function deadOne(queue: SeenQueue, { identity, exchange, routingKey }: Publication): Match | undefined {
  const dead = [...queue.ready].filter(({ publication }) => {
    const isSame = publication.identity === identity && publication.exchange === exchange;
    return isSame && publication.routingKey === routingKey && publication.deaths.length > 0;
  });
  const [entry, ...among] = dead;
  return entry && { entry, among };
}

/** A message whose queue is not known: the first that fits anywhere, and all others that fit. */
function anywhere(broker: SeenBroker, { publication: { key }, redelivered }: Arrival): Match | undefined {
  const fitting = [...broker.topology.queues()].flatMap(({ ready }) => [...ready.of(key)]);
  const [entry, ...among] = fitting.filter(({ delivered }) => (redelivered ? delivered !== 'no' : delivered !== 'yes'));
  return entry && { entry, among };
}

/**
 * It comes again to somebody who may have ended since, while others hold it and none of them can have given it back: so
 * they were given it later.
 */
function handedOutBefore(broker: SeenBroker, channel: SeenChannel, holds: (held: Held) => boolean): Match | undefined {
  if (!broker.own || !isEnding(broker, channel)) return undefined;
  const holders = holdersBut(broker, channel, holds);
  if (holders.some((other) => isEnding(broker, other))) return undefined;
  const [entry, ...among] = holders.flatMap(({ held }) => held.filter(holds).map((one) => one.entry));
  return entry && { entry, among, isHeldElsewhere: true };
}

function holdersBut(
  { channels }: SeenBroker,
  channel: SeenChannel | undefined,
  holds: (held: Held) => boolean,
): SeenChannel[] {
  return [...channels].filter((other) => (other !== channel || isRecovering(other)) && other.held.some(holds));
}

/** Whether what it holds may have been given back. */
function isEnding(broker: SeenBroker, channel: SeenChannel): boolean {
  return channel.goodbye !== undefined || isRecovering(channel) || mayFail(broker, channel);
}

/**
 * It comes again, or came back too often, although somebody held it as far as was seen: so whoever held it is gone, or
 * gave all of it back. That can't be who gets it again.
 */
function releaseHeld(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel | undefined,
  holds: (held: Held) => boolean,
): boolean {
  const holders = holdersBut(broker, channel, holds);
  const ending = holders.filter((other) => isEnding(broker, other));
  const gone = ending.length > 0 ? ending : holders;
  const [first] = gone;
  if (!first) return false;
  for (const other of gone) {
    other.giveUpTransaction();
    unreadSettles(at, other.pending);
  }
  if (gone.length > 1) {
    // Any of them may be gone: what each of them held may be back.
    const perhaps = gone.flatMap((other) => other.held.filter(holds).map((held) => [other, held] as const));
    unite(perhaps.map(([, { entry }]) => entry));
    for (const [other, { tag, consumer, entry }] of perhaps) {
      other.unacked.delete(tag);
      if (consumer) consumer.unacked--;
      broker.perhapsBack(entry, { by: other, from: other.seenAt, to: at.seq }, routeDoubt(entry.queue));
    }
    return true;
  }
  // The server may have ended its channel over an error, or have lost its connection, and nothing has told yet.
  const ended: Statement = { code: 'ENDED_BEFORE_ACK', values: { peer: first.peer } };
  const why = isRecovering(first) ? RECOVERED : (first.goodbye ?? ended);
  // It is given nothing more.
  if (first.goodbye) for (const consumer of first.consumers.values()) consumer.leave();
  const span = first.recovering?.span ?? { by: first, from: first.seenAt, to: at.seq };
  broker.release({ ...at, peer: first.peer }, first, first.held, span, why);
  return true;
}

/** It came back too often, so whoever gave it back was heard. Returns whether somebody is known to have done so. */
function givenBack({ channels }: SeenBroker, at: Sighting, queue: string, identity: string): boolean {
  for (const { pending } of channels) {
    const settle = pending.all.find((one): one is Settle => one instanceof Settle && one.returns(queue, identity));
    if (!settle) continue;
    settle.proven(at);
    return true;
  }
  return false;
}

/** Where all that a message may be was given back on one channel, the first to be given back has come back. */
function givenBackFirst(
  { channels }: SeenBroker,
  at: Sighting,
  { ready }: SeenQueue,
  { key, deaths }: Publication,
): void {
  const same = ready.of(key);
  const by = same.length > 0 && deaths.length === 0 ? same.at(0).returned?.by : undefined;
  const channel = [...channels].find((one) => one === by);
  if (!channel || same.length > LOOKED_AT) return;
  const waiting = channel.pending.all.filter((one): one is Settle => one instanceof Settle);
  const givers = [...same].map((entry) => waiting.find(({ held }) => held.some((one) => one.entry === entry)));
  const first = waiting.find((one) => givers.includes(one));
  if (!first || givers.includes(undefined)) return;
  first.proven(at);
  recoveredBy(at, channel, first);
}

/** The most messages that look alike of which it is looked at who gave them back. */
const LOOKED_AT = 64;

/** What comes again was not settled, though its client said so: not where that stands behind an error. */
function unreadAcks(
  { channels }: SeenBroker,
  holds: (held: Held) => boolean,
  isUnread: (pending: SeenChannel['pending'], one: Settle) => boolean,
): boolean {
  let isAny = false;
  for (const { pending } of channels) {
    for (const one of pending.all) {
      if (!(one instanceof Settle) || !isUnread(pending, one) || !one.held.some(holds)) continue;
      pending.forget(one);
      one.undone();
      isAny = true;
    }
  }
  return isAny;
}

function mayBeBehindError({ all }: SeenChannel['pending'], one: Settle): boolean {
  return all.slice(0, all.indexOf(one)).some((before) => before.refused() !== 'no');
}

/** Whoever is gone may have said what becomes of others, too, and not have been read any more. */
function unreadSettles(at: Sighting, pending: SeenChannel['pending']): void {
  for (const one of pending.all) {
    if (!(one instanceof Settle)) continue;
    pending.forget(one);
    if (pending.isBehindError(one)) one.undone();
    else one.lost(at, { code: 'UNREAD', values: {} });
  }
}

/** Whether the server may have ended it over an error by now: one of its own, or one that ended its connection. */
function mayFail({ channels }: SeenBroker, { connection }: SeenChannel): boolean {
  const together = [...channels].filter((one) => one.connection === connection);
  return together.some(({ pending }) => pending.all.some((one) => one.refused() !== 'no'));
}

/** One that others were handed, and that came back, or that stood elsewhere; or a copy that a binding took which was not seen. */
function outOfSight(
  broker: SeenBroker,
  at: Sighting,
  queue: SeenQueue,
  { publication, redelivered }: Arrival,
): Match | undefined {
  if (broker.own) return undefined;
  // How a queue orders its messages is known of those that were seen declared.
  const mayComeBack = redelivered || !queue.declared;
  const back = mayComeBack ? broker.missing.cameBackTo(queue.name, publication) : undefined;
  const found = back ?? broker.missing.copy(queue.name, publication);
  if (!found) return undefined;
  const entry = enterAt(broker, at, queue, publication, found.message);
  if (redelivered) entry.delivered = 'yes';
  if (back) broker.ledger.leave(back.message, back);
  return { entry, among: [] };
}

function fromOutside(
  broker: SeenBroker,
  at: Sighting,
  { publication, content, redelivered }: Arrival,
  queue: SeenQueue | undefined,
): Match {
  if (broker.own) broker.ledger.contradiction(at, `a message arrives that nobody was seen to publish`);
  // What others published may have come to another queue before.
  const place = queue ?? broker.elsewhere;
  const foreign = (): SeenMessage => broker.ledger.foreign(at, content);
  const message = broker.strangers.cameTo(place, publication.key, foreign);
  const entry = new SeenEntry(message, publication, place, ALWAYS, undefined);
  if (redelivered) entry.delivered = 'yes';
  broker.enter(entry, at);
  return { entry, among: [] };
}
