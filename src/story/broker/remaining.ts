/** What is still in queues when the run is over, and replies that did not arrive. */
import type { Statement } from '../../core/statements/index.ts';
import { type Sighting, waitingIn } from '../ledger/index.ts';
import { goneWithQueue, outOfSight } from './queues/doubts.ts';
import type { SeenEntry } from './queues/entry.ts';
import type { SeenQueue } from './queues/queue.ts';
import type { World } from './world.ts';

/** It stays in its queue, as far as that is known. */
export function remains(world: World, at: Sighting, queue: SeenQueue, entry: SeenEntry): void {
  const { name } = queue;
  const unknown = (reason: Statement): void => world.leave(entry, { kind: 'unknown', reason });
  if (!queue.isInSight) unknown(outOfSight(queue));
  else if (entry.doubt) unknown(entry.doubt.unknown);
  else if (queue.gone) unknown(goneWithQueue(queue).unknown);
  else if (queue.mayHaveExpired(entry, at.at)) unknown({ code: 'MAY_BE_EXPIRED', values: { queue: name } });
  else world.leave(entry, waitingIn(name));
}

/** Nothing keeps replies. */
export function repliesUnseen(world: World, { ready, name }: SeenQueue): void {
  const reason: Statement = { code: 'REPLY_UNSEEN', values: { queue: name } };
  for (const entry of ready) {
    entry.queue.take(entry);
    world.leave(entry, { kind: 'unknown', reason });
  }
}
