/**
 * What is read from a stream stays there, for others and for later: each reading is told, and nothing is held. It waits
 * there until somebody acknowledges it.
 */
import { plain } from '../../../../protocols/amqp/index.ts';
import { REACHED, type Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import { droppedWhenOld } from '../../queues/doubts.ts';
import type { Match, SeenEntry } from '../../queues/entry.ts';
import type { SeenQueue } from '../../queues/queue.ts';

/** The most messages that are remembered by their offset. */
const REMEMBERED = 20_000;

/** What was read from each stream, by offset. */
const READ = new WeakMap<SeenQueue, Map<number, SeenEntry>>();

/**
 * Tells that a message of a stream arrived. The first time it is found as in a queue, then by its offset. `find` answers
 * the message that it is, or one from outside.
 */
export function readFrom(
  at: Sighting,
  queue: SeenQueue,
  publication: Publication,
  find: () => Match,
  tell: (entry: SeenEntry) => void,
): SeenEntry {
  const offset = Number(plain(publication.headers['x-stream-offset'] ?? -1));
  const read = READ.get(queue) ?? new Map<number, SeenEntry>();
  READ.set(queue, read);
  const known = read.get(offset);
  if (known) {
    tell(known);
    return known;
  }
  const { entry } = atOffset(queue, publication, offset) ?? find();
  const { retention } = queue.traits;
  entry.origin?.proven(at);
  entry.doubt = retention === undefined ? undefined : droppedWhenOld(queue, retention);
  entry.delivered = 'yes';
  tell(entry);
  read.set(offset, entry);
  const [oldest] = read.keys();
  if (read.size > REMEMBERED && oldest !== undefined) read.delete(oldest);
  return entry;
}

/** Of those that look like it the one that was sent as the how-manieth: a stream counts from 0 what comes to it. */
function atOffset(queue: SeenQueue, { key }: Publication, offset: number): Pick<Match, 'entry'> | undefined {
  if (!queue.isInSight) return undefined;
  for (const entry of queue.ready.of(key)) if (entry.order === offset) return { entry };
  return undefined;
}

/** Somebody who read it is done with it. */
export function doneReading(broker: SeenBroker, entry: SeenEntry): void {
  if (!entry.isReady) return;
  entry.queue.take(entry);
  broker.leave(entry, REACHED);
}
