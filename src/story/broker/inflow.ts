/** How many dead messages may have come to a queue from others, though nothing has shown it. */
import type { Sighting } from '../ledger/index.ts';
import { deadLettered, isCycle } from './messages/death.ts';
import { type Home, isSurelyAhead, type SeenEntry } from './queues/entry.ts';
import { excess } from './queues/limit.ts';
import type { SeenQueue } from './queues/queue.ts';
import { EARLY_MS, type Span } from './span.ts';
import type { SeenTopology } from './topology/topology.ts';

/** The most messages of a queue of which the way is looked at; more are taken to come. */
const LOOKED_AT = 64;

export function inflow(topology: SeenTopology, at: Sighting, into: Home): number {
  let count = 0;
  for (const queue of topology.queues()) {
    if (queue.traits.deadLetterExchange === undefined || queue.ready.size === 0) continue;
    if (!queue.dropsByItself && !queue.hasDeadlines) continue;
    // Any of those that are too many may have been dropped.
    let dropped = excess(queue);
    let looked = 0;
    for (const entry of queue.ready) {
      const hasDied = queue.mayHaveDied(entry, at.at);
      if (!hasDied && dropped === 0) continue;
      if (++looked <= LOOKED_AT && !mayComeTo(topology, entry, into)) continue;
      count++;
      if (!hasDied) dropped--;
    }
  }
  return count;
}

/**
 * Those that may have died of their time and come to a queue by a request, in the order in which they die. Undefined where
 * others may have come, or where that order, or their way, is not known.
 */
export function expiringInto(
  topology: SeenTopology,
  seen: Sighting,
  into: SeenQueue,
  { from: by }: Span,
): readonly SeenEntry[] | undefined {
  const at = { ...seen, at: seen.at + EARLY_MS };
  const count = inflow(topology, at, into);
  if (count === 0) return [];
  for (const queue of topology.queues()) {
    if (queue === into || !diesOfTimeOnly(queue, at.at)) continue;
    const dying: SeenEntry[] = [];
    for (const entry of queue.ready) {
      if (!queue.mayHaveDied(entry, at.at) || !diesInTurn(queue, entry)) break;
      if (wayFrom(topology, entry, by)?.queues.get(into) !== 'yes') break;
      dying.push(entry);
    }
    if (dying.length === count) return dying;
  }
  return undefined;
}

/** Whether nothing in a queue dies of anything but its time, one after the other. */
function diesOfTimeOnly(queue: SeenQueue, atMs: number): boolean {
  const { maxLength, maxLengthBytes, deliveryLimit, maxPriority, deadLetterExchange } = queue.traits;
  if (deadLetterExchange === undefined || maxPriority > 0 || deliveryLimit !== undefined) return false;
  if (maxLength !== undefined || maxLengthBytes !== undefined) return false;
  return !queue.lost && !queue.perhapsGone && queue.mayEnd.size === 0 && !queue.mayBeUnused(atMs);
}

function diesInTurn(queue: SeenQueue, entry: SeenEntry): boolean {
  const { doubt, twins, returned, origin, next } = entry;
  if (doubt || twins || returned || origin || !queue.isQuietFor(entry) || queue.mayBePurged(entry)) return false;
  return !next || isSurelyAhead(entry, next);
}

/** Whether a message that dies where it is may come to another queue, or may make one die that does. */
export function mayComeTo(topology: SeenTopology, entry: SeenEntry, into: Home): boolean {
  const way = wayFrom(topology, entry);
  if (!way) return false;
  for (const next of way.queues.keys()) {
    if (isCycle(way.dead, next.name)) continue;
    if (next === into || leadsTo(topology, next, into, new Set())) return true;
  }
  return false;
}

/** Whether a message that dies where it is comes to another queue without a way round, whenever it does. */
export function surelyComesTo(topology: SeenTopology, entry: SeenEntry, into: SeenQueue): boolean {
  return wayFrom(topology, entry)?.queues.get(into) === 'yes';
}

/** Where a message goes that dies at any time since it came, before a frame; undefined where that is not sent on. */
function wayFrom(topology: SeenTopology, { publication, queue, came }: SeenEntry, by = Number.POSITIVE_INFINITY) {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: key } = queue.traits;
  if (exchange === undefined) return undefined;
  const dead = deadLettered(publication, queue.name, 'maxlen', exchange, key);
  const span = { by: undefined, from: came.from, to: by };
  return { dead, queues: topology.route({ ...dead, span }).queues };
}

/** Whether anything that dies in a queue may come to another one, whatever its key. */
function leadsTo(topology: SeenTopology, queue: SeenQueue, into: Home, seen: Set<SeenQueue>): boolean {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: key } = queue.traits;
  if (exchange === undefined || !queue.dropsByItself || seen.has(queue)) return false;
  seen.add(queue);
  for (const next of topology.behind(exchange, key)) {
    if (next === into || leadsTo(topology, next, into, seen)) return true;
  }
  return false;
}
