/** How many dead messages may have come to a queue from others, though nothing has shown it. */
import type { Sighting } from '../ledger/index.ts';
import { deadLettered, isCycle } from './messages/death.ts';
import type { Home, SeenEntry } from './queues/entry.ts';
import { excess } from './queues/limit.ts';
import type { SeenQueue } from './queues/queue.ts';
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

/** Where a message goes that dies at any time since it came; undefined where that is not sent on. */
function wayFrom(topology: SeenTopology, { publication, queue, came }: SeenEntry) {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: key } = queue.traits;
  if (exchange === undefined) return undefined;
  const dead = deadLettered(publication, queue.name, 'maxlen', exchange, key);
  const span = { by: undefined, from: came.from, to: Number.POSITIVE_INFINITY };
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
