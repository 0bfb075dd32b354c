/** Which message of those that are known it is that arrives: what waits in a queue, came back to it, or died elsewhere. */
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import type { Match, SeenEntry } from '../../queues/entry.ts';
import type { Wanted } from '../../queues/find.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Held, SeenChannel } from '../channel.ts';
import { isEnding } from '../ending.ts';
import { findInNext, wantedBy } from '../moves.ts';
import type { Taking } from '../taking.ts';
import type { Arrival } from './arrival.ts';
import { comesAgain, notHandedOut } from './comes-again.ts';
import { arrivedDeadLetter, deadOne, enterAt, isLike } from './dead-letter.ts';
import {
  givenBack,
  givenBackFirst,
  isHeld,
  isHeldByEnding,
  lookAgain,
  mayComeUnseen,
  orBack,
  releaseHeld,
  unreadBehindErrors,
} from './given-back.ts';

export interface Found {
  readonly taking: Taking | undefined;
  readonly match: Match;
  /** It may have come to others, and only some of all these need an ack. */
  readonly mayNeedNoAck?: boolean;
}

/** The first that is found for one of the queues that somebody may take from. */
export function inAnyOf<T>(
  taking: Taking | undefined,
  find: (queue: SeenQueue | undefined) => T | undefined,
): T | undefined {
  for (const queue of taking?.queues ?? [undefined]) {
    const found = find(queue);
    if (found) return found;
  }
  return undefined;
}

/** Who of those that it may have come to was given it, and which it is. */
export function findFor(broker: SeenBroker, at: Sighting, channel: SeenChannel, arrival: Arrival): Found | undefined {
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
    const match = inAnyOf(one, (queue) => find(broker, at, channel, arrival, one, queue));
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
  return inAnyOf(taking, (queue) => queue?.find(wanted));
}

/** What is delivered from a queue; undefined where nothing that was seen may be it. */
export function find(
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
  const [waiting] = redelivered ? queue.ready.of(key) : [];
  const isComing = waiting?.returned?.to === Number.POSITIVE_INFINITY;
  if (isComing) {
    unreadBehindErrors(broker, isHere);
    if (!isHeldByEnding(broker, channel, isHere)) givenBackFirst(broker, at, queue, publication);
  }
  const inflow = dropsHead(queue) ? broker.departures.mayBring(at, queue) : 0;
  const wanted = { key, redelivered, channel, atMs: at.at, inflow, asked: taking?.request.span };
  const found = queue.find(wanted) ?? (redelivered && lookAgain(broker, at, isHere) ? queue.find(wanted) : undefined);
  if (found && redelivered && found.mayBeOther) orBack(broker, channel, found.entry, isHere);
  if (found)
    return orDying(broker, at, publication, redelivered ? orUnseen(broker, channel, queue, wanted, found) : found);
  const deadAgain = redelivered && arrival.hasDied && deadOne(queue, publication, redelivered);
  if (deadAgain) return deadAgain;
  const deadFirst = redelivered && comesAsIfAgain({ queue, publication }) ? notHandedOut(queue, wanted) : undefined;
  if (deadFirst) return deadFirst;
  // It may have been handed to somebody before without that having been seen.
  const isLate = isEnding(broker, channel) && broker.unseen.left(queue, key, channel).length > 0;
  const isBack = !isLate || isHeld(broker, channel, isHere);
  const again = redelivered && isBack && comesAgain(broker, at, channel, queue, wanted, isHere);
  if (again) return again;
  const [death] = publication.deaths;
  const isDead = ({ entry }: Held): boolean => entry.queue.name === death?.queue && isLike(entry, publication);
  if (death?.reason === 'delivery_limit' && givenBack(broker, at, death.queue, publication.identity)) {
    const sentOn = queue.find(wanted);
    if (sentOn) return sentOn;
  }
  const mayBeHeld = death && !hasLike(broker.topology.queue(death.queue), publication);
  if (mayBeHeld && death.reason !== 'rejected') {
    unreadBehindErrors(broker, isDead);
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
export function comesAsIfAgain({ queue, publication }: Pick<SeenEntry, 'queue' | 'publication'>): boolean {
  return queue.traits.isQuorum && publication.deaths.some(({ reason }) => reason === 'rejected');
}

/** It may also be one that was handed out, and given back, before that is seen. */
function orUnseen(broker: SeenBroker, channel: SeenChannel, queue: SeenQueue, wanted: Wanted, found: Match): Match {
  const same = queue.ready.of(wanted.key);
  // What was never handed out stands behind what came back.
  const isNone = same.length === 0 || same.at(same.length - 1).delivered === 'yes';
  const unseen = broker.own && !isNone ? notHandedOut(queue, wanted) : undefined;
  if (!unseen) return found;
  const isRecovered = [...broker.channels].some(({ recovering }) => recovering);
  if (!isRecovered && !mayComeUnseen(broker, queue, channel)) return found;
  return { ...found, among: [...found.among, unseen.entry, ...unseen.among] };
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
