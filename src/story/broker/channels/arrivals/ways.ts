/** The ways in which a message may have come to be delivered from a queue, the likeliest first. */
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import type { Match, SeenEntry } from '../../queues/entry.ts';
import type { Wanted } from '../../queues/find.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Held, SeenChannel } from '../channel.ts';
import { isEnding } from '../ending.ts';
import type { Arrival } from './arrival.ts';
import { comesAgain, notHandedOut } from './comes-again.ts';
import { arrivedDeadLetter, deadOne, enterAt, isLike } from './dead-letter.ts';
import { givenBack, isHeld, lookAgain, mayComeUnseen, orBack, releaseHeld, unreadBehindErrors } from './given-back.ts';

/** What is delivered from a queue. */
export interface Delivery {
  readonly broker: SeenBroker;
  readonly at: Sighting;
  readonly channel: SeenChannel;
  readonly arrival: Arrival;
  readonly queue: SeenQueue;
  readonly wanted: Wanted;
  /** Whether what somebody holds came from there and looks like it. */
  readonly isHere: (held: Held) => boolean;
}

type Way = (delivery: Delivery) => Match | undefined;

/** Each is asked only where none before it knows of a message. */
const WAYS: readonly Way[] = [
  itWaited,
  itDiedAgain,
  itDiedInQuorum,
  itCameAgain,
  itReachedItsLimit,
  itWasHeldAndDied,
  itDied,
  itWasNotHandedOut,
  itReplies,
  ({ broker, at, queue, channel, arrival }) => arrivedDeadLetter(broker, at, queue, channel, arrival),
  itWasOutOfSight,
];

/** How it came there; undefined where no message that was seen may be the one. */
export function wayHere(delivery: Delivery): Match | undefined {
  for (const way of WAYS) {
    const found = way(delivery);
    if (found) return found;
  }
  return undefined;
}

function itWaited(delivery: Delivery): Match | undefined {
  const { broker, at, channel, arrival, queue, wanted, isHere } = delivery;
  const { redelivered } = arrival;
  const found = queue.find(wanted) ?? (redelivered && lookAgain(broker, at, isHere) ? queue.find(wanted) : undefined);
  if (!found) return undefined;
  if (redelivered && found.mayBeOther) orBack(broker, channel, found.entry, isHere);
  return orDying(delivery, redelivered ? orUnseen(delivery, found) : found);
}

/** It died where it was handed out before, and came here to be handed out again. */
function itDiedAgain({ arrival: { publication, redelivered, hasDied }, queue }: Delivery): Match | undefined {
  return redelivered && hasDied ? deadOne(queue, publication, redelivered) : undefined;
}

function itDiedInQuorum({ arrival: { publication, redelivered }, queue, wanted }: Delivery): Match | undefined {
  return redelivered && comesAsIfAgain({ queue, publication }) ? notHandedOut(queue, wanted) : undefined;
}

function itCameAgain(delivery: Delivery): Match | undefined {
  const { broker, at, channel, arrival, queue, wanted, isHere } = delivery;
  const isBack = !mayComeLate(delivery) || isHeld(broker, channel, isHere);
  return arrival.redelivered && isBack ? comesAgain(broker, at, channel, queue, wanted, isHere) : undefined;
}

/** It may have been handed to somebody before without that having been seen. */
function mayComeLate({ broker, channel, queue, wanted }: Delivery): boolean {
  return isEnding(broker, channel) && broker.unseen.left(queue, wanted.key, channel).length > 0;
}

/** It was given back more often than its queue allows, and went on from there. */
function itReachedItsLimit({ broker, at, arrival: { publication }, queue, wanted }: Delivery): Match | undefined {
  const [death] = publication.deaths;
  if (death?.reason !== 'delivery_limit') return undefined;
  return givenBack(broker, at, death.queue, publication.identity) ? queue.find(wanted) : undefined;
}

/** Somebody held it, and it died once that one had given it back. */
function itWasHeldAndDied({ broker, at, arrival: { publication }, queue, wanted }: Delivery): Match | undefined {
  const [death] = publication.deaths;
  if (!death || death.reason === 'rejected' || hasLike(broker.topology.queue(death.queue), publication))
    return undefined;
  const isDead = ({ entry }: Held): boolean => entry.queue.name === death.queue && isLike(entry, publication);
  unreadBehindErrors(broker, isDead);
  return releaseHeld(broker, at, undefined, isDead) ? queue.find(wanted) : undefined;
}

function itDied({ arrival: { publication, hasDied }, queue }: Delivery): Match | undefined {
  return hasDied ? deadOne(queue, publication) : undefined;
}

function itWasNotHandedOut(delivery: Delivery): Match | undefined {
  const { arrival, queue, wanted } = delivery;
  return arrival.redelivered && !mayComeLate(delivery) ? notHandedOut(queue, wanted) : undefined;
}

/** It answers a request, at the address of whoever asked. https://www.rabbitmq.com/docs/direct-reply-to */
function itReplies({ broker, channel, wanted: { key, redelivered, atMs } }: Delivery): Match | undefined {
  return broker.topology.replies?.find({ key, redelivered, channel, atMs });
}

/** A quorum queue tells of what was rejected, and comes to it as a dead message, that it is delivered again. */
export function comesAsIfAgain({ queue, publication }: Pick<SeenEntry, 'queue' | 'publication'>): boolean {
  return queue.traits.isQuorum && publication.deaths.some(({ reason }) => reason === 'rejected');
}

/** It may also be one that was handed out, and given back, before that is seen. */
function orUnseen({ broker, channel, queue, wanted }: Delivery, found: Match): Match {
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
function orDying({ broker, at, arrival }: Delivery, found: Match): Match {
  const { identity } = arrival.publication;
  const [death] = arrival.publication.deaths;
  const dying = (death ? broker.topology.everNamed(death.queue) : []).flatMap((queue) => {
    // Of a full queue that went, nothing tells which of its messages died before.
    const wasFull = queue.gone !== undefined && dropsHead(queue);
    return [...queue.ready].filter((entry) => {
      if (entry.publication.identity !== identity) return false;
      return wasFull || queue.mayHaveLeft(entry, at.at) || queue.mayHaveDied(entry, at.at);
    });
  });
  return { ...found, among: [...found.among, ...dying] };
}

/** One that others were handed, and that came back, or that stood elsewhere; or a copy that a binding took which was not seen. */
function itWasOutOfSight({ broker, at, queue, arrival: { publication, redelivered } }: Delivery): Match | undefined {
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
