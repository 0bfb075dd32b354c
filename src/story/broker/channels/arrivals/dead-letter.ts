/** A message arrives that died elsewhere: what that tells of the queue in which it died. */
import type { Statement } from '../../../../core/statements/index.ts';
import type { SeenMessage, Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import { mayComeTo, surelyComesTo } from '../../inflow.ts';
import type { Death, DeathReason, Publication } from '../../messages/publication.ts';
import { type Twins, unite } from '../../messages/twins.ts';
import { deadLetter, queueFull, RefusalDoubt } from '../../queues/doubts.ts';
import { isSurelyAhead, isThere, type Match, mayBeRefused, SeenEntry } from '../../queues/entry.ts';
import { dropsHead, excess } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { SeenChannel } from '../channel.ts';
import type { Arrival } from './arrival.ts';
import { notHandedOut } from './comes-again.ts';

/**
 * A message that died elsewhere, as its header x-death tells, and that nothing was known to send here.
 *
 * @param deaths those that are not explained yet, the latest first
 */
export function arrivedDeadLetter(
  broker: SeenBroker,
  at: Sighting,
  queue: SeenQueue,
  channel: SeenChannel,
  arrival: Arrival,
  deaths: readonly Death[] = arrival.publication.deaths,
): Match | undefined {
  const { publication, redelivered } = arrival;
  const likeIn = (name: string): SeenEntry[] => {
    const homes = broker.topology.everNamed(name);
    return homes.flatMap((home) =>
      [...home.ready].filter(
        (entry) =>
          isLike(entry, publication) &&
          !isKept(broker, at, home, entry, publication) &&
          (!broker.own || entry.twins?.isMixed || mayComeTo(broker.topology, entry, queue)),
      ),
    );
  };
  // Where it died several times since it was last known of, that is where it died first.
  const { identity } = publication;
  const wasIn = (name: string): boolean => likeIn(name).length > 0 || broker.missing.wasIn(name, identity);
  const index = Math.max(
    0,
    deaths.findIndex((one) => wasIn(one.queue)),
  );
  const death = deaths[index];
  if (!death) return undefined;
  const since = arrival.hasDied && !wasIn(death.queue) ? diedSince(broker, at, queue, publication) : undefined;
  if (since) {
    died(broker, at, since.entry, since.cause);
    broker.settle(at);
    return deadOne(queue, publication);
  }
  const { queue: diedIn, reason: cause } = death;
  const [fromQueue, ...others] = likeIn(diedIn);
  // What surely stood first died first, and may have been dropped since, in its turn. Not so what may have been refused.
  const isAnyOrder = dropsHead(queue) || fromQueue?.doubt instanceof RefusalDoubt;
  const mayHaveMissed = fromQueue !== undefined && (isAnyOrder || mayBeGone(broker, fromQueue, queue));
  const later = others.filter((one) => mayHaveMissed || !isSurelyAhead(fromQueue as SeenEntry, one));
  if (fromQueue && later.length > 0) unite([fromQueue, ...later]);
  if (fromQueue && broker.own && cause !== 'rejected') {
    // All that follows from its death is known, for whoever else gets it, too.
    died(broker, at, fromQueue, cause);
    // Others may have been dropped for it where it came.
    broker.settle(at);
    const wanted = { key: publication.key, redelivered, channel, atMs: at.at };
    const found = queue.find(wanted) ??
      // A quorum queue tells of what it was sent back once that it is delivered again.
      (redelivered ? notHandedOut(queue, wanted) : undefined) ??
      (arrival.hasDied ? deadOne(queue, publication) : undefined) ??
      arrivedDeadLetter(broker, at, queue, channel, arrival, deaths.slice(0, index)) ?? {
        entry: enterAt(broker, at, queue, publication, fromQueue.message, fromQueue.twins),
        among: [],
      };
    return { ...found, among: [...found.among, ...later] };
  }
  const missing = fromQueue ? undefined : broker.missing.diedIn(diedIn, identity);
  const { message } = fromQueue ?? missing ?? {};
  if (!message) return undefined;
  const twins = fromQueue?.twins;
  const unseen: Statement = { code: 'DEAD_LETTER', values: { queue: diedIn, cause } };
  const reason = fromQueue ? deadLetter(fromQueue.queue, cause) : unseen;
  const way = deaths.slice(0, index + 1).map((one) => one.queue);
  const route = [...way.reverse(), queue.name].join(' → ');
  if (cause === 'expired' || cause === 'maxlen') {
    const stage = cause === 'expired' ? 'expired' : 'dropped';
    broker.ledger.step(at, message, { stage, verb: stage, from: 'server', route: diedIn, among: twins });
  }
  broker.ledger.step(at, message, {
    stage: 'dead-lettered',
    verb: 'dead-letter',
    from: 'server',
    route,
    reason,
    among: twins,
  });
  const entry = enterAt(broker, at, queue, publication, message, twins);
  if (fromQueue) {
    fromQueue.queue.take(fromQueue, at.seq);
    broker.leave(fromQueue, undefined);
  }
  if (missing) broker.ledger.leave(message, missing);
  return { entry, among: later };
}

/** Whether a queue that drops what it has no room for still has it: it had room for all that may have come. */
function isKept(
  { own, departures }: SeenBroker,
  at: Sighting,
  home: SeenQueue,
  entry: SeenEntry,
  { deaths }: Publication,
): boolean {
  if (!own || !dropsHead(home) || !isThere(entry) || entry.twins) return false;
  const death = deaths.find(({ queue }) => queue === home.name);
  return death?.reason === 'maxlen' && excess(home, departures.mayBring(at, home)) === 0;
}

/** STOMP tells where a message died first: it may have died since, in a queue that leads to this one. */
function diedSince(
  { topology, own, departures }: SeenBroker,
  at: Sighting,
  into: SeenQueue,
  { identity, deaths: [first] }: Publication,
): { readonly entry: SeenEntry; readonly cause: 'expired' | 'maxlen' } | undefined {
  for (const queue of own ? topology.queues() : []) {
    const isOver = dropsHead(queue) && excess(queue, departures.mayBring(at, queue)) > 0;
    for (const entry of queue.ready) {
      const { publication } = entry;
      const before = publication.deaths.at(-1);
      if (publication.identity !== identity || !before || before.queue !== first?.queue) continue;
      const isExpired = queue.mayHaveExpired(entry, at.at);
      if (!(isExpired || isOver) || !mayComeTo(topology, entry, into)) continue;
      return { entry, cause: isExpired ? 'expired' : 'maxlen' };
    }
  }
  return undefined;
}

/** STOMP tells that a message died, but not where last: any that did may be it. */
export function deadOne(
  queue: SeenQueue,
  { identity, exchange, routingKey, deaths: [told] }: Publication,
  isAgain = false,
): Match | undefined {
  const dead = [...queue.ready].filter(({ publication, delivered }) => {
    if (isAgain && delivered === 'no') return false;
    const isSame = publication.identity === identity && publication.exchange === exchange;
    const first = publication.deaths.at(-1);
    if (!isSame || publication.routingKey !== routingKey || !first) return false;
    return first.queue === told?.queue && first.reason === told.reason;
  });
  const [entry, ...among] = dead;
  return entry && { entry, among };
}

/** Whether what died before may not have come to a queue, or have left it again, so that this may be a later one. */
function mayBeGone({ topology, own }: SeenBroker, dead: SeenEntry, into: SeenQueue): boolean {
  if (!own) return false;
  if (into.hasDeadlines || into.purges.size > 0) return true;
  if (into.mayHaveBeenEmptied(dead)) return true;
  return !surelyComesTo(topology, dead, into);
}

/** It died where it was, as a frame shows. */
function died(broker: SeenBroker, at: Sighting, entry: SeenEntry, cause: Exclude<DeathReason, 'rejected'>): void {
  const { doubt, origin, queue, returned, came } = entry;
  if (!entry.twins) origin?.proven(at);
  // When it came, others may have been dropped to make room for it.
  if (dropsHead(queue)) queue.settle(at, broker.departures);
  if (!entry.isReady) return;
  entry.doubt = undefined;
  if (cause === 'expired') broker.departures.expired(at, entry);
  else if (cause === 'delivery_limit') {
    const span = { by: undefined, from: (returned ?? came).from, to: Number.POSITIVE_INFINITY };
    broker.departures.returnedTooOften(at, entry, queue.traits.deliveryLimit ?? 0, span);
  } else if (doubt instanceof RefusalDoubt || queue.traits.refuses !== 'no') {
    const stage = origin?.isConfirming ? 'nacked' : 'dropped';
    broker.departures.refused(at, entry, stage, queueFull(queue));
  } else broker.departures.dropped(at, entry, undefined);
}

/** Whether an entry may be what died so: a queue that refuses what it has no room for keeps what it has taken. */
export function isLike(entry: SeenEntry, dead: Publication): boolean {
  const { publication, queue, deadline, twins, origin } = entry;
  if (publication.identity !== dead.identity || origin?.isBehindError) return false;
  const death = dead.deaths.find((one) => one.queue === queue.name);
  const isSame = (one: Death): boolean => one.queue === death?.queue && one.reason === death.reason;
  const isFirst = !publication.deaths.some(isSame);
  if (death && isFirst && death.exchange !== publication.exchange) return false;
  // A policy may have given it a time to live.
  if (death?.reason === 'expired' && !deadline && !twins?.deadline && queue.isInSight) return false;
  const isRefused = death?.reason === 'maxlen' && queue.traits.refuses !== 'no';
  return !isRefused || mayBeRefused(entry) || twins !== undefined;
}

/** A message is in a queue, as a frame shows; how it came there was not seen. */
export function enterAt(
  broker: SeenBroker,
  at: Sighting,
  queue: SeenQueue,
  publication: Publication,
  message: SeenMessage,
  twins?: Twins,
): SeenEntry {
  const entry = new SeenEntry(message, publication, queue, { by: undefined, from: 0, to: at.seq }, undefined);
  twins?.join(entry);
  broker.enter(entry, at);
  return entry;
}
