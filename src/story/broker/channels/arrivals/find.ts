/** Which message of those that are known it is that arrives: what waits in a queue, came back to it, or died elsewhere. */
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import type { Match } from '../../queues/entry.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Held, SeenChannel } from '../channel.ts';
import { findInNext, wantedBy } from '../moves.ts';
import type { Taking } from '../taking.ts';
import type { Arrival } from './arrival.ts';
import { givenBackFirst, isHeldByEnding, unreadBehindErrors } from './given-back.ts';
import { wayHere } from './ways.ts';

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
  if (!queue) return anywhere(broker, arrival);
  const { publication, redelivered } = arrival;
  const { key } = publication;
  // What was not expected here when it was published may have been bound, or the queue declared, meanwhile.
  broker.unproven.lookAgain(at, key, broker.topology.generation);
  const isHere = ({ entry }: Held): boolean => entry.queue === queue && entry.publication.key === key;
  if (redelivered) returned(broker, at, channel, queue, publication, isHere);
  const inflow = dropsHead(queue) ? broker.departures.mayBring(at, queue) : 0;
  const wanted = { key, redelivered, channel, atMs: at.at, inflow, asked: taking?.request.span };
  return wayHere({ broker, at, channel, arrival, queue, wanted, isHere });
}

/** What is on its way back to the queue is there, if one of its kind is delivered again. */
function returned(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  queue: SeenQueue,
  publication: Publication,
  isHere: (held: Held) => boolean,
): void {
  const [waiting] = queue.ready.of(publication.key);
  if (waiting?.returned?.to !== Number.POSITIVE_INFINITY) return;
  unreadBehindErrors(broker, isHere);
  if (!isHeldByEnding(broker, channel, isHere)) givenBackFirst(broker, at, queue, publication);
}

/** A message whose queue is not known: the first that fits anywhere, and all others that fit. */
function anywhere(broker: SeenBroker, { publication: { key }, redelivered }: Arrival): Match | undefined {
  const fitting = [...broker.topology.queues()].flatMap(({ ready }) => [...ready.of(key)]);
  const [entry, ...among] = fitting.filter(({ delivered }) => (redelivered ? delivered !== 'no' : delivered !== 'yes'));
  return entry && { entry, among };
}
