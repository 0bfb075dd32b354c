/** A publisher is told that a queue did not take its message: which one it was. https://www.rabbitmq.com/docs/maxlength */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import { queueFull, RefusalDoubt } from '../queues/doubts.ts';
import { type SeenEntry, trust } from '../queues/entry.ts';
import type { Order } from '../span.ts';
import type { World } from '../world.ts';

/** Returns why, where it is known which queue refused it. */
export function nacked(world: World, at: Sighting, entries: readonly SeenEntry[]): Statement | undefined {
  const asked = entries.filter(({ doubt }) => doubt instanceof RefusalDoubt);
  const fullness = new Map(asked.map((entry) => [entry, asked.length === 1 ? 'yes' : wasFull(world, at, entry)]));
  const may = asked.filter((entry) => fullness.get(entry) !== 'no');
  const refusing = may.length === 1 ? may : asked.filter((entry) => fullness.get(entry) === 'yes');
  for (const entry of asked) {
    if (!may.includes(entry)) trust(entry);
    else if (entry.doubt instanceof RefusalDoubt) entry.doubt.isUntold = true;
  }
  for (const entry of refusing) {
    if (entry.isReady) world.departures.refused(at, entry, 'nacked', queueFull(entry.queue));
  }
  const [first] = refusing;
  if (!first && asked.length === 0) notTaken(world, entries);
  return first && queueFull(first.queue);
}

/** The only queue that it went to did not take it, though nothing that was seen lets it refuse: as a policy has it. */
function notTaken(world: World, [only, ...others]: readonly SeenEntry[]): void {
  if (!only?.isReady || others.length > 0 || only.delivered !== 'no' || only.twins) return;
  only.queue.take(only);
  world.leave(only, { kind: 'ended', stage: 'nacked', reason: { code: 'NOT_TAKEN', values: {} } });
}

/** Whether its queue had no room for an entry when that came; more may have come there than is known of. */
export function wasFull({ departures }: World, at: Sighting, entry: SeenEntry): Order {
  const { queue } = entry;
  const full = entry.delivered === 'no' && !queue.gone ? queue.isFull(entry, at.at) : 'maybe';
  return full === 'no' && departures.mayBring(at, queue) > 0 ? 'maybe' : full;
}
