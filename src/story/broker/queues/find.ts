/** Which of a queue's messages a delivery may be. */
import type { Span } from '../span.ts';
import { isServedFirst, isThere, isThereOnceCome, type Match, type SeenEntry } from './entry.ts';
import { droppable, type Limited } from './limit.ts';
import type { Alike } from './ready.ts';

/** A queue, as far as it is searched. */
interface Searched extends Limited {
  /** How many messages may be on their way to others. Of `heard`, the server has heard that it is lost. */
  roomElsewhere(channel: object, atMs: number, heard?: object): number;
  mayBePurged(entry: SeenEntry): boolean;
}

/** What is delivered. */
export interface Wanted {
  readonly key: string;
  readonly redelivered: boolean;
  /** The channel on which it arrives. */
  readonly channel: object;
  readonly atMs: number;
  /** So many more may have come from other queues. */
  readonly inflow?: number;
  /** When whoever gets it asked for it: it was not handed out before. */
  readonly asked?: Span | undefined;
}

/** The most entries of no sure order that a delivery is compared with. */
const LOOKED_AT = 256;
/** The most candidates that one delivery is told with. */
const CANDIDATES = 20;

const NO_OTHERS: readonly SeenEntry[] = [];

/**
 * The message that is delivered: the first in the queue's order that has this key and was, or was not, delivered
 * before. Others may be it instead where no order between them is known, where others may have been given the first,
 * or where that may have left by itself.
 */
export function findIn(queue: Searched, wanted: Wanted): Match | undefined {
  const { key, redelivered, channel, atMs, inflow = 0 } = wanted;
  const same = queue.ready.of(key);
  if (same.length === 0) return undefined;
  const passed = queue.roomElsewhere(channel, atMs, redelivered ? giverOf(same) : undefined);
  const perhaps = droppable(queue, inflow);
  if (same.isInOrder && passed === 0) {
    const entry = same.at(0);
    const isAsTold = entry.delivered === (redelivered ? 'yes' : 'no');
    if (isAsTold && staysFirst(entry) && !mayHaveLeft(queue, entry, perhaps, atMs))
      return { entry, among: NO_OTHERS, mayBeOther: !isThere(entry) };
  }
  return oneOf(queue, wanted, same, passed, perhaps);
}

/** The channel that gave them all back: what it held is delivered again only once it has. */
function giverOf(same: Alike): object | undefined {
  const giver = same.at(0).returned?.by;
  for (let index = 1; giver && index < same.length; index++) {
    if (index === LOOKED_AT || same.at(index).returned?.by !== giver) return undefined;
  }
  return giver;
}

/** One of those that look alike, where `passed` of them may be on their way to others and some were `perhaps` dropped. */
function oneOf(
  queue: Searched,
  { redelivered, atMs, asked }: Wanted,
  same: Alike,
  passed: number,
  perhaps: ReadonlySet<SeenEntry>,
): Match | undefined {
  const may: SeenEntry[] = [];
  let looked = 0;
  // Of those that can't be told apart, one that was delivered may have been this one.
  const isSure = (entry: SeenEntry): boolean =>
    isThere(entry) && !entry.twins && !mayHaveLeft(queue, entry, perhaps, atMs);
  const isAheadOf = (one: SeenEntry, entry: SeenEntry): boolean => {
    if (!isServedFirst(one, entry, asked) || one.twins || mayHaveLeft(queue, one, perhaps, atMs)) return false;
    // What was asked before on the same channel has come, or is back, if the other is.
    if (isBySame(one.returned, entry.returned)) return one.doubt === undefined;
    return isBySame(one.came, entry.came) ? isThereOnceCome(one) : isThere(one);
  };
  // What a channel asked later stands behind what it asked before: as little as that can these be the one.
  const behind = new Map<object | undefined, number>();
  for (let index = 0; index < same.length && looked <= LOOKED_AT; index++) {
    const entry = same.at(index);
    if (!entry.returned && entry.came.from > (behind.get(entry.came.by) ?? Number.POSITIVE_INFINITY)) {
      looked++;
      continue;
    }
    if (redelivered ? entry.delivered === 'no' : entry.delivered === 'yes') continue;
    if (entry.origin?.isBehindError) continue;
    const ahead = may.filter((other) => isAheadOf(other, entry)).length;
    if (ahead <= passed) may.push(entry);
    else if (!entry.returned && entry.came.by && !behind.has(entry.came.by)) behind.set(entry.came.by, entry.came.from);
    if (may.length > CANDIDATES || ++looked > LOOKED_AT) break;
  }
  const sure = may.find(isSure);
  const entry = sure ?? may[0];
  return entry && { entry, among: may.filter((other) => other !== entry), mayBeOther: !sure };
}

function isBySame(one: Span | undefined, other: Span | undefined): boolean {
  return one?.by !== undefined && one.by === other?.by;
}

/** Whether an entry may be gone by now, though nobody was given it. */
function mayHaveLeft(queue: Searched, entry: SeenEntry, perhaps: ReadonlySet<SeenEntry>, atMs: number): boolean {
  return perhaps.has(entry) || queue.mayHaveExpired(entry, atMs) || queue.mayBePurged(entry);
}

/** Whether what stands behind an entry surely stays behind it. */
function staysFirst({ doubt, twins, origin }: SeenEntry): boolean {
  return !doubt && !twins && !origin?.isBehindError;
}
