/** Who asked to take from a queue while it was deleted and declared anew takes from the one or from the other. */
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { unite } from '../messages/twins.ts';
import { routeDoubt } from '../queues/doubts.ts';
import type { Match, SeenEntry } from '../queues/entry.ts';
import type { Wanted } from '../queues/find.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { during, type Span } from '../span.ts';
import type { SeenTopology } from '../topology/topology.ts';
import type { Arrival } from './arrivals/arrival.ts';
import type { SeenChannel } from './channel.ts';
import { Taking } from './taking.ts';

/** A queue is declared: who was to take from one that went, and may not have been read before, may take from this one. */
export function mayMoveTo(topology: SeenTopology, queue: SeenQueue): void {
  for (const former of topology.everNamed(queue.name)) {
    if (former === queue || !former.gone) continue;
    for (const taker of former.takers) if (taker instanceof Taking) taker.mayMove(queue, former.gone);
  }
}

/** It was asked for before it was known that the queue before went: it may take from that. */
export function mayBeginAtFormer(topology: SeenTopology, taking: Taking): void {
  const { queue, request } = taking;
  if (!queue) return;
  const all = topology.everNamed(queue.name);
  taking.mayBeginAt(all.filter((one) => one !== queue && one.gone && during(one, request.span) !== 'no'));
}

/** Whether what is said of a queue may be said of another one of its name, which went or came in that time. */
export function mayBeAnother(topology: SeenTopology, queue: SeenQueue, then: Span): boolean {
  return topology.everNamed(queue.name).some((one) => one !== queue && during(one, then) !== 'no');
}

/** It comes from a queue that took the place of the consumer's own, or from any of them. */
export function findInNext(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  taking: Taking,
): Match | undefined {
  if (taking.next.length === 0) return undefined;
  const wanted = wantedBy(broker, at, channel, arrival, taking);
  const found = taking.queues.flatMap((queue) => queue.find(wanted) ?? []);
  const last = found.at(-1);
  if (!last || last.entry.queue === taking.queue) return undefined;
  const all = found.flatMap(({ entry, among }) => [entry, ...among]);
  const byMessage = new Map(all.map((entry) => [entry.message, entry]));
  const [first, ...among] = byMessage.values();
  const also = all.filter((entry) => byMessage.get(entry.message) !== entry);
  if (first && among.length > 0) {
    // One that may be in either of two queues was taken from the one or from the other.
    for (const entry of also) entry.queue.doubt(entry, routeDoubt(entry.queue));
    unite(all);
    return { entry: first, among, isOfEither: among.some(({ queue }) => queue !== first.queue) };
  }
  const to = taking.next.find((queue) => queue === last.entry.queue);
  // What may have been in either says nothing of which it takes from.
  if (to && also.length === 0) taking.movesTo(to);
  if (also.length === 0) return last;
  // It was in a queue that was surely there rather than in one that may never have come in its place.
  const still = found.filter(({ entry }) => !entry.queue.why);
  const match = still.find(({ entry }) => !entry.queue.perhapsGone) ?? still[0] ?? last;
  for (const { entry } of found) if (entry !== match.entry) wentAlong(broker, entry);
  return { ...match, isOfEither: true };
}

/** Its message went to another queue, or was taken there. */
function wentAlong(broker: SeenBroker, entry: SeenEntry): void {
  if (entry.twins) return entry.queue.doubt(entry, routeDoubt(entry.queue));
  entry.queue.take(entry);
  broker.leave(entry, undefined);
}

/** What arrives for somebody; it may have been published before what it finds there now was declared or bound. */
export function wantedBy(
  { unproven, topology }: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  { publication: { key }, redelivered }: Arrival,
  { request }: Taking,
): Wanted {
  unproven.lookAgain(at, key, topology.generation);
  return { key, redelivered, channel, atMs: at.at, asked: request.span };
}
