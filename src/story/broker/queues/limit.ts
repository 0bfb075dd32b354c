/**
 * What a queue that holds no more than so much (x-max-length, x-max-length-bytes) has dropped or refused, as far as is
 * known what it held. https://www.rabbitmq.com/docs/maxlength
 */
import type { Sighting } from '../../ledger/index.ts';
import { isBefore, type Order } from '../span.ts';
import { droppedPerhaps, endsHere, queueFull, RefusalDoubt } from './doubts.ts';
import {
  type Endings,
  type Home,
  isAhead,
  isSurelyAhead,
  isThere,
  isThereOnceCome,
  mayStandBefore,
  type SeenEntry,
  trust,
} from './entry.ts';
import type { Ready } from './ready.ts';

/** A queue, as far as its limit is concerned. */
export interface Limited extends Home {
  readonly ready: Ready;
  /** Those that were not known to be there for certain when they were last looked at. */
  readonly unsettled: Set<SeenEntry>;
  /** Nothing can be on its way to anybody. */
  readonly isQuiet: boolean;
  /** The frame that showed the last message leave. */
  readonly leftAt: number;
  /** What was asked to empty it, and is not proven. */
  readonly purges: { readonly size: number };
  mayHaveExpired(entry: SeenEntry, atMs: number): boolean;
}

interface Amount {
  readonly size: number;
  readonly sizeBytes: number;
}

/** A quorum queue that refuses does so until it holds no more than this part of its limit. */
const RESUMES_AT = 0.8;
const NONE: ReadonlySet<SeenEntry> = new Set();
/** The most entries of no sure order that are looked at at once. */
const LOOKED_AT = 256;

/** Whether it drops its head where it has no room. */
export function dropsHead({ traits: { maxLength, maxLengthBytes, refuses } }: Pick<Home, 'traits'>): boolean {
  return refuses === 'no' && (maxLength !== undefined || maxLengthBytes !== undefined);
}

/** How many may have been dropped from the head by what came last, where so many more may have come from elsewhere. */
export function excess({ traits, ready }: Limited, inflow = 0, { size, sizeBytes }: Amount = ready): number {
  const { maxLength, maxLengthBytes, refuses } = traits;
  if (refuses !== 'no') return 0;
  if (maxLengthBytes !== undefined && (inflow > 0 || sizeBytes > maxLengthBytes)) return size;
  return maxLength === undefined ? 0 : Math.max(0, size + inflow - maxLength);
}

/** Whether too many may have been there by a time, in ms of the run: what was asked for only then came later. */
export function mayHaveBeenOver(queue: Limited, byMs: number): boolean {
  if (excess(queue) === 0) return false;
  const there = [...queue.ready].filter(({ came: { atMs = 0 } }) => atMs < byMs);
  return excess(queue, 0, { size: there.length, sizeBytes: bytesOf(there) }) > 0;
}

/** Those that may have been dropped. */
export function droppable(queue: Limited, inflow: number): ReadonlySet<SeenEntry> {
  return heads(queue, excess(queue, inflow));
}

/** Those that may be among the first `count`: fewer than that stand before them for certain. */
export function heads({ ready }: Limited, count: number): ReadonlySet<SeenEntry> {
  if (count <= 0) return NONE;
  const first = new Set<SeenEntry>();
  let looked = 0;
  /** What comes from here on stands behind the first of the list. */
  let cameBy = 0;
  for (const entry of ready) {
    if (first.size < count && looked === 0) {
      first.add(entry);
      cameBy = Math.max(cameBy, entry.twins ? Number.POSITIVE_INFINITY : entry.stands.to);
      continue;
    }
    if (entry.stands.from >= cameBy || ++looked > LOOKED_AT) break;
    let ahead = 0;
    for (const one of first) if (isSurelyAhead(one, entry) && ++ahead >= count) break;
    if (ahead < count) first.add(entry);
  }
  return first;
}

/** Whether it had no room for an entry when that came. */
export function wasFull(queue: Limited, entry: SeenEntry, atMs: number): Order {
  const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY } = queue.traits;
  let [sure, sureBytes, all, allBytes] = [1, entry.publication.sizeBytes, 1, entry.publication.sizeBytes];
  for (const other of queue.ready) {
    const since = other.returned ?? other.came;
    if (other === entry || isBefore(entry.came, since) === 'yes') continue;
    const { sizeBytes } = other.publication;
    all++;
    allBytes += sizeBytes;
    if (!isThere(other) || isBefore(since, entry.came) !== 'yes' || queue.mayHaveExpired(other, atMs)) continue;
    sure++;
    sureBytes += sizeBytes;
  }
  const leftAt = Math.max(queue.leftAt, queue.freedAt);
  // What was to empty it may have done so; others may have made room where they take from it, or filled it.
  const isKnown =
    queue.isQuiet && queue.purges.size === 0 && (queue.isInSight || queue.traits.exclusiveTo !== undefined);
  // With what is in it before that a quorum queue begins to refuse, and ends.
  if (queue.traits.isQuorum) {
    const [before, beforeBytes] = [sure - 1, sureBytes - entry.publication.sizeBytes];
    if (isKnown && (before > maxLength || beforeBytes > maxLengthBytes)) return 'yes';
    const share = leftAt === 0 ? 1 : RESUMES_AT;
    const isOver = (held: number, limit: number): boolean => held > Math.trunc(limit * share);
    const mayRefuse = isOver(all - 1, maxLength) || isOver(allBytes - entry.publication.sizeBytes, maxLengthBytes);
    return queue.isInSight && !mayRefuse && leftAt < entry.came.from ? 'no' : 'maybe';
  }
  if (isKnown && (sure > maxLength || sureBytes > maxLengthBytes)) return 'yes';
  const hasRoom = all <= maxLength && allBytes <= maxLengthBytes;
  return queue.isInSight && hasRoom && leftAt < entry.came.from ? 'no' : 'maybe';
}

/** What nothing told of is seen to have been refused once it is known what else was there. */
export function refuse(queue: Limited, at: Sighting, endings: Endings): void {
  let looked = 0;
  for (const entry of queue.unsettled) {
    if (++looked > LOOKED_AT) return;
    const { doubt, origin, delivered, twins } = entry;
    if (!(doubt instanceof RefusalDoubt && doubt.isUntold) || origin || twins || delivered !== 'no') continue;
    const full = wasFull(queue, entry, at.at);
    if (full === 'yes' && doubt.further && !endsHere(doubt.further)) endings.gone(at, entry);
    else if (full === 'yes') endings.refused(at, entry, 'dropped', queueFull(queue));
    else if (full === 'no' && endings.mayBring(at, queue) === 0) trust(entry);
  }
}

/**
 * A full queue drops its head: what so many others certainly stand behind. Where the order of some is not known, nor
 * is which of them went.
 */
export function dropHead(queue: Limited, at: Sighting, endings: Endings): void {
  const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY, refuses } = queue.traits;
  const { ready, unsettled } = queue;
  const { size, sizeBytes } = ready;
  if (refuses !== 'no' || (size <= maxLength && sizeBytes <= maxLengthBytes)) return;
  for (const entry of unsettled) if (isThere(entry)) unsettled.delete(entry);
  let [left, leftBytes] = [size, sizeBytes];
  const isOver = (count: number, bytes: number): boolean => count > maxLength || bytes > maxLengthBytes;
  for (const entry of ready) {
    if (!isOver(left, leftBytes)) return;
    // With this one, and without those of which it is not sure that they came and stand behind it.
    const { unsure, unproven, displaced } = behind(queue, entry, at.at);
    const sure = left - unsure.length - displaced;
    const sureBytes = displaced > 0 ? 0 : leftBytes - bytesOf(unsure);
    const [proven, provenBytes] = [left - unproven.length, leftBytes - bytesOf(unproven)];
    left--;
    leftBytes -= entry.publication.sizeBytes;
    if (isOver(sure, sureBytes)) {
      if (entry.doubt) endings.gone(at, entry);
      else if (!entry.origin && queue.mayHaveExpired(entry, at.at)) endings.eitherWay(at, entry);
      // What is on its way back may find more room than there is now.
      else if (!entry.origin && isThereOnceCome(entry))
        endings.dropped(at, entry, left === maxLength && !entry.returned ? cameLast(queue) : undefined);
    } else if (isOver(proven, provenBytes) && !entry.origin) {
      for (const one of [entry, ...unsure]) if (!one.origin) queue.doubt(one, droppedPerhaps(queue));
    }
  }
}

/** The one that came last, where that is known: with priorities it need not stand last. */
function cameLast({ ready, traits }: Limited): SeenEntry | undefined {
  if (traits.maxPriority === 0 && !traits.hasHighPriority) return ready.last;
  const [first, ...others] = ready;
  let last = first;
  for (const entry of others) if (last && isBefore(last.came, entry.came) === 'yes') last = entry;
  const isSure = [...ready].every((entry) => entry === last || (last && isBefore(entry.came, last.came) === 'yes'));
  return isSure ? last : undefined;
}

/** A full queue whose messages may be on their way to somebody: its head was given out, or dropped. */
export function doubtHead(queue: Limited): void {
  let left = excess(queue);
  if (left === 0) return;
  for (const { origin, returned } of queue.unsettled) {
    if (origin || returned?.to === Number.POSITIVE_INFINITY) left--;
  }
  for (const entry of heads(queue, left)) queue.doubt(entry, droppedPerhaps(queue));
}

/** Where what comes back has no order, any of them may have been dropped. */
export function doubtAll(queue: Limited): void {
  if (excess(queue) > 0) for (const entry of queue.ready) queue.doubt(entry, droppedPerhaps(queue));
}

interface Behind {
  /** What may not be there, or may stand before it. */
  readonly unsure: SeenEntry[];
  /** What nothing has proven yet. */
  readonly unproven: SeenEntry[];
  /** How many others may have been dropped for some that are gone since. */
  readonly displaced: number;
}

/** What stands behind an entry. */
function behind(queue: Limited, entry: SeenEntry, atMs: number): Behind {
  const isPending = (other: SeenEntry): boolean => other.origin !== undefined || other.doubt !== undefined;
  // What was given back by a client that is gone comes back for certain, however late.
  const unsure = [...queue.unsettled].filter((other) => other !== entry && !isAhead(other, entry) && isPending(other));
  const unproven = unsure.filter(({ origin }) => origin !== undefined);
  let displaced = 0;
  for (const other of queue.hasDeadlines ? queue.ready : []) {
    if (!mayHaveExpiredBehind(queue, entry, other, atMs)) continue;
    if (!unsure.includes(other)) unsure.push(other);
    displaced++;
  }
  let looked = 0;
  for (let other = entry.next; other && ++looked <= LOOKED_AT; other = other.next) {
    // One that can't be told from others may stand where another one of them does.
    if (!other.twins && !mayStandBefore(other, entry)) {
      if (queue.ready.size > LOOKED_AT) break;
      continue;
    }
    const comesBack = other.returned !== undefined && !other.doubt;
    if ((isThere(other) || comesBack) && !isSurelyAhead(entry, other) && !unsure.includes(other)) unsure.push(other);
  }
  return { unsure, unproven, displaced };
}

/** What waits behind another one all the time can't expire; what stood first while that was away can. */
function mayHaveExpiredBehind(queue: Limited, first: SeenEntry, other: SeenEntry, atMs: number): boolean {
  if (other === first || isAhead(other, first) || !queue.mayHaveExpired(other, atMs)) return false;
  return first.delivered !== 'no' || first.lane !== other.lane || !isSurelyAhead(first, other);
}

function bytesOf(entries: readonly SeenEntry[]): number {
  return entries.reduce((sum, { publication }) => sum + publication.sizeBytes, 0);
}
