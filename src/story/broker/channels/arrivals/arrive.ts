/** A message arrives at a client: which of those that are expected it is. */
import { type Among, REACHED, type SeenMessage, type Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import { unite } from '../../messages/twins.ts';
import { RefusalDoubt, unanswered } from '../../queues/doubts.ts';
import { type Doubt, type Match, SeenEntry } from '../../queues/entry.ts';
import type { Wanted } from '../../queues/find.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import { ALWAYS } from '../../span.ts';
import { type Held, type SeenChannel, SeenConsumer } from '../channel.ts';
import { findInNext, wantedBy } from '../moves.ts';
import { isRecovering } from '../recovery.ts';
import type { Taking } from '../taking.ts';
import type { Arrival } from './arrival.ts';
import { comesAgain, notHandedOut } from './comes-again.ts';
import { arrivedDeadLetter, deadOne, enterAt, isLike } from './dead-letter.ts';
import {
  givenBack,
  givenBackFirst,
  isEnding,
  isHeldByEnding,
  mayComeUnseen,
  orBack,
  releaseHeld,
  unreadAcks,
} from './given-back.ts';
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
  tell: (entry: SeenEntry, among?: Among) => void,
): void {
  const [first] = arrival.takings;
  if (first) channel.pending.carriedOutBefore(at, first.request);
  if (first?.queue?.traits.isStream) {
    const look = () =>
      find(broker, at, channel, arrival, first, first.queue) ?? fromOutside(broker, at, arrival, first.queue);
    const read = readFrom(at, first.queue, arrival.publication, look, tell);
    if (first.noAck) doneReading(broker, read);
    else channel.reading.set(arrival.tag, read);
    return;
  }
  // Who needs no ack gives nothing back.
  const overtaken = first?.noAck ? undefined : overtakenAt(broker, channel, first, arrival);
  if (overtaken) return tell(overtaken);
  const { taking = first, match: found, mayNeedNoAck = false } = findFor(broker, at, channel, arrival) ?? {};
  const source = taking?.queue;
  const late = found ? undefined : seenLate(broker, taking, channel, arrival);
  // It went back, and on to somebody else or out of its queue, before this was seen.
  if (late) return tell(late.entry, late.among);
  const match = found ?? fromOutside(broker, at, arrival, source);
  const { entry, among } = match;
  // Whichever of them it is, it is back.
  if (among.every(({ lateReturn }) => lateReturn === entry.lateReturn)) entry.lateReturn?.tell(at);
  if (match.isHeldElsewhere) {
    unite([entry, ...among]);
    return tell(entry);
  }
  const consumer = taking instanceof SeenConsumer ? taking : undefined;
  if (consumer) channel.pending.carriedOut(at, consumer.request, false);
  const { queue } = entry;
  if (among.length > 0) {
    unite([entry, ...among]);
    // If one of them was delivered before, each of those that stay may be that one.
    const mayHaveBeen = among.some(({ delivered }) => delivered !== entry.delivered);
    for (const one of mayHaveBeen ? among : []) one.delivered = 'maybe';
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
  if (among.length === 0) broker.departures.wasNowhereElse(entry);
  // Who was handed it before has given it back, which is seen later.
  if (arrival.redelivered && entry.delivered !== 'yes' && !comesAsIfAgain(entry)) {
    broker.unseen.overtaken(entry);
    if (entry.delivered === 'no') entry.returns++;
    else entry.unseenReturns++;
  }
  queue.take(entry, at.seq);
  // Of those that can't be told apart, another one may be the one that was given before.
  const isAsExpected = entry.delivered === (arrival.redelivered ? 'yes' : 'no');
  entry.delivered = entry.twins && !isAsExpected ? 'maybe' : 'yes';
  entry.takenOn = channel;
  broker.changed(queue);
  if (taking?.noAck && !mayNeedNoAck) broker.leave(entry, REACHED);
  else {
    channel.forgetHeld();
    const held = { entry, tag: arrival.tag, consumer, mayNeedNoAck, isOfEither: match.isOfEither === true };
    channel.hold(held, at);
    if (isRecovering(channel)) (arrival.redelivered ? channel.perhapsRecovered : channel.recovered).add(held);
  }
}

interface Found {
  readonly taking: Taking | undefined;
  readonly match: Match;
  /** It may have come to others, and only some of all these need an ack. */
  readonly mayNeedNoAck?: boolean;
}

/** What was delivered again elsewhere before this was seen: whoever gave it back has ended, or is about to. */
function overtakenAt(
  broker: SeenBroker,
  channel: SeenChannel,
  taking: Taking | undefined,
  { publication: { key }, redelivered }: Arrival,
): SeenEntry | undefined {
  const entry = redelivered ? undefined : anyOf(taking, (queue) => broker.unseen.awaitsFirst(queue, key));
  if (!entry || !isEnding(broker, channel)) return undefined;
  broker.unseen.forget(entry);
  return entry;
}

/** The first that is found for one of the queues that somebody may take from. */
function anyOf<T>(taking: Taking | undefined, find: (queue: SeenQueue | undefined) => T | undefined): T | undefined {
  for (const queue of taking?.queues ?? [undefined]) {
    const found = find(queue);
    if (found) return found;
  }
  return undefined;
}

/** What is delivered here of which it was seen before what came of it. On a server of one's own, there is nothing else. */
function seenLate(
  { unseen, own }: SeenBroker,
  taking: Taking | undefined,
  channel: SeenChannel,
  { publication: { key }, redelivered }: Arrival,
): { readonly entry: SeenEntry; readonly among?: Among | undefined } | undefined {
  const expected = anyOf(taking, (queue) => unseen.seen(queue, key, redelivered));
  if (expected) return { entry: expected, among: expected.twins };
  const [entry, ...others] = own ? unseen.left(taking?.queue, key, channel) : [];
  return entry && { entry, among: others.length > 0 ? new Set(others.map(({ message }) => message)) : entry.twins };
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
    const only = more.length === 0 ? first?.taking : undefined;
    if (only) {
      // What was asked before that shows which queue it takes from.
      channel.pending.carriedOutBefore(at, only.request);
      const match = findInNext(broker, at, channel, arrival, only) ?? expectedBy(broker, at, channel, arrival, only);
      if (match) return { taking: only, match };
    }
    const mayNeedNoAck = more.some(({ taking: other }) => other?.noAck !== first?.taking?.noAck);
    if (first) return { ...first, match: { ...first.match, among: [...first.match.among, ...among] }, mayNeedNoAck };
  }
  for (const one of [taking, ...others]) {
    const moved = one && findInNext(broker, at, channel, arrival, one);
    if (moved) return { taking: one, match: moved };
    const match = anyOf(one, (queue) => find(broker, at, channel, arrival, one, queue));
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
  for (const queue of taking.queues) {
    const match = queue.find(wanted);
    if (match) return match;
  }
  return undefined;
}

function find(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  taking: Taking | undefined,
  queue: SeenQueue | undefined,
): Match | undefined {
  const { publication, redelivered } = arrival;
  const { key } = publication;
  if (!queue) return anywhere(broker, arrival);
  // What was not expected here when it was published may have been bound, or the queue declared, meanwhile.
  broker.unproven.lookAgain(at, key, broker.topology.generation);
  const isHere = ({ entry }: Held): boolean => entry.queue === queue && entry.publication.key === key;
  if (redelivered && !isHeldByEnding(broker, channel, isHere)) givenBackFirst(broker, at, queue, publication);
  const inflow = dropsHead(queue) ? broker.departures.mayBring(at, queue) : 0;
  const wanted = { key, redelivered, channel, atMs: at.at, inflow, asked: taking?.request.span };
  const found = queue.find(wanted);
  if (found && redelivered && found.mayBeOther) orBack(broker, channel, found.entry, isHere);
  if (found)
    return orDying(broker, at, publication, redelivered ? orUnseen(broker, channel, queue, wanted, found) : found);
  const deadAgain = redelivered && arrival.hasDied && deadOne(queue, publication, redelivered);
  if (deadAgain) return deadAgain;
  const deadFirst = redelivered && comesAsIfAgain({ queue, publication }) ? notHandedOut(queue, wanted) : undefined;
  if (deadFirst) return deadFirst;
  // It may have been handed to somebody before without that having been seen.
  const isLate = isEnding(broker, channel) && broker.unseen.left(queue, key, channel).length > 0;
  const isBack = !isLate || isHeldByEnding(broker, channel, isHere);
  const again = redelivered && isBack && comesAgain(broker, at, channel, queue, wanted, isHere);
  if (again) return again;
  const [death] = publication.deaths;
  const isDead = ({ entry }: Held): boolean => entry.queue.name === death?.queue && isLike(entry, publication);
  if (death?.reason === 'delivery_limit' && givenBack(broker, at, death.queue, publication.identity))
    return queue.find(wanted);
  const mayBeHeld = death && !hasLike(broker.topology.queue(death.queue), publication);
  if (mayBeHeld && death.reason !== 'rejected') {
    unreadAcks(broker, isDead, (pending, one) => pending.isBehindError(one));
    const sentOn = releaseHeld(broker, at, undefined, isDead) ? queue.find(wanted) : undefined;
    if (sentOn) return sentOn;
  }
  const dead = arrival.hasDied && deadOne(queue, publication);
  if (dead) return dead;
  const unseen = redelivered && !isLate ? notHandedOut(queue, wanted) : undefined;
  if (unseen) return unseen;
  const reply = broker.topology.replies?.find({ key, redelivered, channel, atMs: at.at });
  if (reply) return reply;
  return arrivedDeadLetter(broker, at, queue, channel, arrival) ?? outOfSight(broker, at, queue, arrival);
}

/** A quorum queue tells of what was rejected, and comes to it as a dead message, that it is delivered again. */
function comesAsIfAgain({ queue, publication }: Pick<SeenEntry, 'queue' | 'publication'>): boolean {
  return queue.traits.isQuorum && publication.deaths.some(({ reason }) => reason === 'rejected');
}

/** It may also be one that was handed out, and given back, before that is seen. */
function orUnseen(broker: SeenBroker, channel: SeenChannel, queue: SeenQueue, wanted: Wanted, found: Match): Match {
  if (!broker.own) return found;
  const isRecovered = [...broker.channels].some(({ recovering }) => recovering);
  if (!isRecovered && !mayComeUnseen(broker, queue, channel)) return found;
  const unseen = notHandedOut(queue, wanted);
  return unseen ? { ...found, among: [...found.among, unseen.entry, ...unseen.among] } : found;
}

/** Whether what waits in a queue may be what died there. */
function hasLike(queue: SeenQueue | undefined, dead: Publication): boolean {
  return queue?.ready.like(dead.identity) !== undefined && [...queue.ready].some((entry) => isLike(entry, dead));
}

/** It may also be one of those of which nothing has shown that they died where this one did. */
function orDying(
  { topology }: SeenBroker,
  at: Sighting,
  { deaths: [death], identity }: Publication,
  found: Match,
): Match {
  const dying = (death ? topology.everNamed(death.queue) : []).flatMap((queue) => {
    // Of a full queue that went, nothing tells which of its messages died before.
    const wasFull = queue.gone !== undefined && dropsHead(queue);
    return [...queue.ready].filter((entry) => {
      if (entry.publication.identity !== identity) return false;
      return wasFull || queue.mayHaveLeft(entry, at.at) || queue.mayHaveDied(entry, at.at);
    });
  });
  return { ...found, among: [...found.among, ...dying] };
}

/** A message whose queue is not known: the first that fits anywhere, and all others that fit. */
function anywhere(broker: SeenBroker, { publication: { key }, redelivered }: Arrival): Match | undefined {
  const fitting = [...broker.topology.queues()].flatMap(({ ready }) => [...ready.of(key)]);
  const [entry, ...among] = fitting.filter(({ delivered }) => (redelivered ? delivered !== 'no' : delivered !== 'yes'));
  return entry && { entry, among };
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
  if (broker.own) broker.contradiction(at, `a message arrives that nobody was seen to publish`);
  // What others published may have come to another queue before.
  const place = queue ?? broker.elsewhere;
  const foreign = (): SeenMessage => broker.ledger.foreign(at, content);
  const message = broker.strangers.cameTo(place, publication.key, foreign);
  const entry = new SeenEntry(message, publication, place, ALWAYS, undefined);
  if (redelivered) entry.delivered = 'yes';
  broker.enter(entry, at);
  return { entry, among: [] };
}
