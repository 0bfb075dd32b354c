/** What a delivery passed over: where nobody else can have been given that, it is no longer in its queue. */
import type { Sighting } from '../../ledger/index.ts';
import { droppedPerhaps } from './doubts.ts';
import { type Endings, isServedFirst, isSurelyAhead, type Match, type SeenEntry } from './entry.ts';
import { droppable, type Limited } from './limit.ts';

/** The most entries of no sure order that a delivery is compared with. */
const LOOKED_AT = 256;

/** A queue, as far as it is seen what leaves it. */
interface Left extends Limited {
  /** An entry is no longer here and nobody was given it. */
  left(at: Sighting, entry: SeenEntry, endings: Endings): void;
}

/** Priorities and returned messages have an order of their own, which `ready` holds. */
export function skipped(queue: Left, at: Sighting, { entry: taken, among }: Match, endings: Endings): void {
  if (among.length > 0 || taken.twins) return;
  const gone: SeenEntry[] = [];
  let looked = 0;
  for (const entry of queue.ready) {
    if (entry === taken || ++looked > LOOKED_AT) break;
    // One of those that can't be told from it was delivered already: it may have been this one.
    if (!entry.twins && !entry.origin?.isBehindError && isServedFirst(entry, taken)) gone.push(entry);
  }
  const dropped = gone.some((entry) => queue.mayHaveExpired(entry, at.at)) ? droppable(queue, 0) : [];
  for (const entry of gone) queue.left(at, entry, endings);
  // Where one that is gone was over, another one may be the one that was dropped.
  for (const entry of dropped) if (entry.isReady) passed(queue, taken, entry);
}

/** It may have been dropped before another one was handed out. */
export function passed(queue: Limited, taken: SeenEntry, entry: SeenEntry): void {
  if (entry !== taken && !isSurelyAhead(taken, entry)) queue.doubt(entry, droppedPerhaps(queue));
}
