/** Which messages of a queue are over by the clock. Only what stands at its head expires. https://www.rabbitmq.com/docs/ttl */
import type { Sighting } from '../../ledger/index.ts';
import type { Deadline } from '../messages/twins.ts';
import { isBefore } from '../span.ts';
import { type Endings, type Home, isSurelyAhead, mayStandBefore, type SeenEntry } from './entry.ts';
import { excess, type Limited, mayHaveBeenOver } from './limit.ts';
import type { QueueTraits } from './traits.ts';

/** A timer of the server may be so much late, in ms. */
export const LATE_MS = 5;
/** The most entries of no sure order that one is compared with. */
const LOOKED_AT = 256;

/** A queue, as far as the clock is concerned. */
interface Timed extends Limited {
  isQuietFor(entry: SeenEntry): boolean;
  mayBePurged(entry: SeenEntry): boolean;
  mayBeUnused(atMs: number): boolean;
}

export function expire(queue: Timed, at: Sighting, endings: Endings): void {
  const isOver = (entry: SeenEntry): boolean => {
    const deadline = deadlineOf(entry);
    const isBack = entry.returned?.to !== Number.POSITIVE_INFINITY;
    return isBack && deadline !== undefined && deadline.to + LATE_MS <= at.at;
  };
  for (const entry of queue.ready) {
    const mayStay = !isOver(entry) || !queue.isQuietFor(entry) || queue.mayBePurged(entry) || mayBeOverlooked(entry);
    if (mayStay || !isHead(entry, isOver)) return;
    // What died elsewhere may stand before it, and live on.
    if (endings.mayBring(at, queue) > 0) return;
    if (entry.doubt) endings.gone(at, entry);
    // What comes back to a full queue is dropped from it first.
    else if (mayGoFirst(queue, entry) || (entry.returned && excess(queue) > 0)) endings.eitherWay(at, entry);
    else endings.expired(at, entry);
  }
}

/**
 * A classic queue does not look whether the time of a message is over that comes in front of those that wait, by its
 * priority: not before one of its messages is handed out, given back or dropped, or another one's time is over. Until then
 * it may even be handed out itself.
 */
export function overlook({ ready, traits, hasDeadlines }: Home, entry: SeenEntry): void {
  if (!hasDeadlines || !overlooks(traits)) return;
  let looked = 0;
  for (const other of ready) {
    if (++looked > LOOKED_AT) return;
    const [front, back] = other.lane < entry.lane ? [other, entry] : [entry, other];
    const mayOvertake = front.lane < back.lane && isBefore(front.came, back.came) !== 'yes';
    if (mayOvertake && front.deadline) front.isOverlooked = true;
    if (entry.isOverlooked) return;
  }
}

/** A queue has looked what is over. */
export function lookedFor({ ready, traits, hasDeadlines }: Home): void {
  if (hasDeadlines && overlooks(traits)) for (const entry of ready) entry.isOverlooked = false;
}

/** One that can't be told from others may be one that is. */
function mayBeOverlooked({ isOverlooked, twins, queue: { traits } }: SeenEntry): boolean {
  return isOverlooked || (twins !== undefined && overlooks(traits));
}

function overlooks({ maxPriority, isQuorum }: QueueTraits): boolean {
  return maxPriority > 0 && !isQuorum;
}

/** Whether an entry may go before its time is over: dropped, as there were too many, or with its queue, as nobody uses it. */
function mayGoFirst(queue: Timed, entry: SeenEntry): boolean {
  const { to } = deadlineOf(entry) ?? { to: 0 };
  return mayHaveBeenOver(queue, to + LATE_MS) || queue.mayBeUnused(to + LATE_MS);
}

/**
 * Of those that can't be told apart it is not known which one has a time to live of its own; that of the queue holds for
 * all, and what died before has no other.
 */
export function deadlineOf({ deadline, twins, queue, publication }: SeenEntry): Deadline | undefined {
  if (!twins || (publication.deaths.length > 0 && publication.ttlMs === undefined)) return deadline;
  const { deadline: any } = twins;
  if (queue.traits.ttlMs === undefined || !deadline) return any;
  const { ttlMs, from, to } = any ?? deadline;
  return {
    ttlMs: Math.min(ttlMs, deadline.ttlMs),
    from: Math.min(from, deadline.from),
    to: Math.max(to, deadline.to),
  };
}

/** Whether an entry certainly stands before what follows it, or that is over, too. */
function isHead(entry: SeenEntry, isOver: (other: SeenEntry) => boolean): boolean {
  let looked = 0;
  for (let other = entry.next; other && mayStandBefore(other, entry); other = other.next) {
    if (++looked > LOOKED_AT) return false;
    if (!isSurelyAhead(entry, other) && !isOver(other)) return false;
  }
  return true;
}
