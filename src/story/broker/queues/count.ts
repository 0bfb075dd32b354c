/** The server tells how many messages wait in a queue: what that shows of those that are thought to be there. */
import type { Sighting } from '../../ledger/index.ts';
import { HEARD_MS } from '../late.ts';
import { isBefore, type Span } from '../span.ts';
import { handedOut } from './doubts.ts';
import { type Doubt, type Endings, isThen, type SeenEntry } from './entry.ts';
import { dropsHead, type Limited } from './limit.ts';

/** A queue, as far as its messages are counted. */
interface Counted extends Limited {
  readonly purges: ReadonlyMap<Span, unknown>;
  /** Where there are more than it has room for: some may have been dropped. */
  readonly overflowDoubt: Doubt | undefined;
  /** When it was last asked for something that it does in its turn, and has answered. */
  lastAnswered: Span | undefined;
  mayBeginLate(atMs: number): boolean;
  /** An entry is no longer here and nobody was given it. */
  left(at: Sighting, entry: SeenEntry, endings: Endings): void;
}

/** What was told, of when that was asked. */
export interface Told {
  readonly at: Sighting;
  readonly count: number;
  readonly span: Span;
  /** It was asked for by itself: RabbitMQ answers that before what its channel had sent to the queue. */
  readonly overtakes: boolean;
}

export function counted(queue: Counted, { at, count, span, overtakes }: Told, endings: Endings): void {
  const { lastAnswered } = queue;
  const isTaken = (entry: SeenEntry): boolean => !overtakes || hasTaken(entry, span, lastAnswered);
  if (!overtakes) queue.lastAnswered = span;
  // It may have counted what was seen to leave meanwhile.
  if (queue.leftAt > span.from) return;
  // What a stream says of its length may be seconds old.
  if (!queue.isInSight || !queue.isQuiet || queue.traits.isStream) return;
  const known: SeenEntry[] = [];
  const doubtful: SeenEntry[] = [];
  /** Those that may have been on their way. */
  let late = 0;
  const overflow = queue.overflowDoubt;
  for (const entry of queue.ready) {
    const wasThere = isThen(entry, span);
    if (wasThere === 'no') continue;
    const isSure = wasThere === 'yes' && !entry.doubt && !entry.twins;
    if (isSure && !isTaken(entry)) late++;
    else if (isSure) known.push(entry);
    else doubtful.push(entry);
  }
  const most = known.length + doubtful.length + late;
  if (count === most) {
    // What died elsewhere may be counted, too.
    if (doubtful.length === 0 || endings.mayBring(at, queue) > 0 || queue.mayBeginLate(at.at)) return;
    for (const entry of doubtful) {
      const { by } = entry.doubt ?? {};
      if (!by || isBefore(by, span) === 'yes') entry.doubt = undefined;
    }
  } else if (count === known.length) {
    const absent = doubtful.filter((entry) => entry.doubt && isThen(entry, span) === 'yes' && isTaken(entry));
    // Somebody who is lost may have been given it, and the server not have heard of that.
    const perhapsLeft = new Set(absent.filter((entry) => queue.lost || queue.mayHaveLeft(entry, at.at)));
    for (const entry of absent) {
      if (perhapsLeft.has(entry)) endings.gone(at, entry);
      else endings.absent(at, entry);
    }
  } else if (count < known.length) {
    for (const entry of missing(queue, known, known.length - count, at.at)) {
      if (queue.lost) queue.doubt(entry, handedOut(queue, queue.lost.peer));
      else queue.left(at, entry, endings);
    }
  }
  if (!overflow || count >= most) return;
  // It is not counted: it came later, or was dropped before.
  for (const entry of doubtful) if (entry.isReady) queue.doubt(entry, overflow);
}

/** Whether the queue itself had surely taken an entry, or taken it back, when it was asked. */
function hasTaken({ came, returned, confirmedSeq }: SeenEntry, span: Span, lastAnswered: Span | undefined): boolean {
  const since = returned ?? came;
  if (!returned && confirmedSeq < span.from) return true;
  if (lastAnswered && lastAnswered.to <= span.from && isBefore(since, lastAnswered) === 'yes') return true;
  return span.atMs !== undefined && (since.atMs ?? span.atMs) + HEARD_MS <= span.atMs;
}

/** Those that left where so many did: the first of all, or of those that only their time can have ended. */
function missing(queue: Counted, known: readonly SeenEntry[], count: number, atMs: number): readonly SeenEntry[] {
  const overdue = known.filter((entry) => queue.mayHaveExpired(entry, atMs));
  const isByTime = overdue.length >= count && !dropsHead(queue) && !queue.lost && queue.purges.size === 0;
  return (isByTime ? overdue : known).slice(0, count);
}
