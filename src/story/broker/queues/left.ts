/** An entry is no longer in its queue, and nobody was given it: what the queue was declared with tells why. */
import type { Sighting } from '../../ledger/index.ts';
import type { Span } from '../span.ts';
import { purgedPerhaps } from './doubts.ts';
import type { Endings, SeenEntry } from './entry.ts';
import { dropsHead, excess, type Limited } from './limit.ts';

/** A queue, as far as messages leave it by themselves. */
interface Leaving extends Limited {
  /** What may have emptied it since an entry came. */
  purgeOf(entry: SeenEntry): Span | undefined;
}

export function left(queue: Leaving, at: Sighting, entry: SeenEntry, endings: Endings): void {
  const purge = queue.purgeOf(entry);
  const mayHaveExpired = queue.mayHaveExpired(entry, at.at);
  // How many a purge took is told once it is answered.
  const isPurged = purge && !entry.doubt && !mayHaveExpired && excess(queue) === 0;
  if (isPurged) queue.doubt(entry, purgedPerhaps(queue, purge));
  else if (purge) endings.gone(at, entry);
  else if (entry.doubt || !queue.isInSight) endings.absent(at, entry);
  else if (queue.mayBeUnused(at.at)) endings.gone(at, entry);
  else if (dropsHead(queue) && entry.deadline === undefined) endings.dropped(at, entry, undefined);
  else if (mayHaveExpired) {
    if (excess(queue, endings.mayBring(at, queue)) > 0) endings.eitherWay(at, entry);
    else endings.expired(at, entry);
  } else if (dropsHead(queue)) endings.dropped(at, entry, undefined);
  else if (queue.mayHaveGone) endings.gone(at, entry);
  else {
    endings.contradiction(at, `${entry.message.id} is no longer in queue ${queue.name}`);
    endings.absent(at, entry);
  }
}
