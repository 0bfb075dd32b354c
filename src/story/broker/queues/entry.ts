/** A message's place in one queue. */

import type { Statement } from '../../../core/statements/index.ts';
import type { Fate, Place, SeenMessage, Sighting } from '../../ledger/index.ts';
import type { Publication } from '../messages/publication.ts';
import type { Deadline, Twins } from '../messages/twins.ts';
import { isBefore, type Order, type Span } from '../span.ts';
import type { QueueTraits } from './traits.ts';

/** What is done with an entry that is found to be over. */
export interface Endings {
  expired(at: Sighting, entry: SeenEntry): void;
  /** The queue was full; what came last, where that is known. */
  dropped(at: Sighting, entry: SeenEntry, cause: SeenEntry | undefined): void;
  /** It is not in the queue, and this is what became of it. */
  absent(at: Sighting, entry: SeenEntry): void;
  /** A queue that was full did not take it. */
  refused(at: Sighting, entry: SeenEntry, stage: 'nacked' | 'dropped', reason: Statement): void;
  /** How many messages may have died elsewhere and come to a queue, though nothing has shown it yet. */
  mayBring(at: Sighting, into: Home): number;
  /** It is gone, in one of several ways. */
  eitherWay(at: Sighting, entry: SeenEntry): void;
  /** It is gone, if it was there at all. */
  gone(at: Sighting, entry: SeenEntry): void;
  /** It must have left the queue, and nothing tells how. */
  contradiction(at: Sighting, what: string): void;
}

/** A delivery's message, and those that it may be instead. */
export interface Match {
  readonly entry: SeenEntry;
  readonly among: readonly SeenEntry[];
  /** It may be one that was not known to be there. */
  readonly mayBeOther?: boolean;
  /** It was given back and handed out once more since: others hold it now. */
  readonly isHeldElsewhere?: boolean;
  /** It may also have come from another queue of that name. */
  readonly isOfEither?: boolean;
}

/** Who took from a queue when its connection was lost, at this ms of the run. */
export interface LostTaker {
  readonly channel: object;
  readonly peer: string;
  readonly noAck: boolean;
  readonly atMs: number;
  /** Nobody answered what it asked for: it may begin later. */
  readonly mayBegin: boolean;
  /** How many messages it may be given until the server has heard of that; infinite where nothing limits it. */
  readonly room: number;
}

/** The queue that an entry is in, as far as those who have only the entry see it. */
export interface Home extends Place {
  readonly name: string;
  readonly traits: QueueTraits;
  readonly isInSight: boolean;
  readonly gone: Span | undefined;
  readonly why: Statement | undefined;
  laneOf(publication: Publication): number;
  nextOrder(): number;
  /** When an entry dies: not before `from`, and where it stood behind those that died before, after them. */
  deathOf(entry: SeenEntry, from: number): Pick<Span, 'by' | 'from'>;
  /** @param seq the frame that shows it, where one does */
  take(entry: SeenEntry, seq?: number): void;
  standsFirst(entry: SeenEntry, channel: object, since: Span, atMs: number): void;
  putBack(entry: SeenEntry, returned: Span, how: Return): void;
  doubt(entry: SeenEntry, doubt: Doubt): void;
  /** It may never have come: what can't be told from it may be what did, or what did not. */
  doubtAsOneOf(entry: SeenEntry, doubt: Doubt): void;
  /** Whether it had no room for an entry when that came. */
  isFull(entry: SeenEntry, atMs: number): Order;
  add(entry: SeenEntry): void;
  /** What can be told to have left by now, though no frame shows it. */
  settle(at: Sighting, endings: Endings): void;
  /** A delivery passed over what stood before it. */
  skipped(at: Sighting, match: Match, channel: object, endings: Endings): void;
  readonly ready: Iterable<SeenEntry> & { readonly size: number; of(key: string): Iterable<SeenEntry> };
  /** Whether an entry can't be on its way to anybody. */
  isQuietFor(entry: SeenEntry): boolean;
  mayHaveLeft(entry: SeenEntry, atMs: number): boolean;
  mayHaveBeenEmptied(entry: SeenEntry): boolean;
  /** It is followed no more, and may have been taken by a purge that is not answered. */
  perhapsPurged(entry: SeenEntry): void;
  /** So many messages were given back at once: the queue drops what it has no room for before it hands out any. */
  settleReturned(at: Sighting, count: number, endings: Endings): void;
  /** A message has come: the queue drops what it has no room for before anything else comes to it. */
  settleArrived(at: Sighting, endings: Endings): void;
  /** One of its messages is given out: others may have been dropped to make room for it. */
  passed(taken: SeenEntry): void;
  perhapsGone: Doubt | undefined;
  /** What may end it, or find that it is to stay. */
  readonly mayEnd: ReadonlySet<Span>;
  /** Whether it has gone, or may have: deleted, or with its last consumer. */
  readonly mayHaveGone: boolean;
  hasDeadlines: boolean;
  /** The last frame at which it is known that a message left by itself. */
  freedAt: number;
  hasChanged: boolean;
  /** Who took from it last whose connection was lost. */
  readonly lost: LostTaker | undefined;
  mayBeGivingBack(atMs: number): boolean;
  /** Whether its last consumer may have ended, and it with that, though nothing has shown it yet. */
  readonly mayGoWithConsumers: boolean;
  /** Whether nobody may have used it for so long that it is gone (x-expires). */
  mayBeUnused(atMs: number): boolean;
  /** Whether that was so since then, in ms of the run, when it was used once more. */
  wasPerhapsUnused(sinceMs: number): boolean;
  /** It is there from now on: those who are lost may be given it until the server hears of that, but not who gave it back. */
  mayGoToLost(entry: SeenEntry, atMs: number, giver?: object): void;
  /** These had waited when somebody asked for what is here, if they came by then, and one of them was handed out. */
  waited(match: Match, asked: Span): void;
  /** Why one of these may be gone, though nobody was given it. */
  absenceOf(entries: readonly SeenEntry[]): Doubt | undefined;
}

/** Why it is not sure that an entry is in its queue. */
export interface Doubt {
  /** What is still in doubt where this one is settled. */
  further?: Doubt | undefined;
  /** What may have happened to it; undefined where that lies before all that is asked from now on. */
  readonly by?: Span | undefined;
  /** What is told of it where nothing settles the matter. */
  readonly unknown: Statement;
  /** What became of it where it turns out not to be there. */
  readonly absent: Fate;
}

/** Whatever brought an entry into its queue and may not have been carried out yet. */
export interface Origin {
  /** The entry turned up: so the server carried this out. */
  proven(at: Sighting): void;
  /** The server will say whether it took it. */
  readonly isConfirming?: boolean;
  /** The server never gets to it, as far as is known. */
  readonly isBehindError?: boolean;
}

/** How a message comes back: a client gives it back, or has gone without a word of it. */
export type Return = 'given back' | 'left behind';

export class SeenEntry {
  readonly message: SeenMessage;
  readonly publication: Publication;
  readonly queue: Home;
  /** When it came. */
  readonly came: Span;
  /** Where it stands: the lane of a lower number is served first, and in a lane the lower number. */
  lane: number;
  order: number;
  /** Since when: what comes back to a quorum queue stands in the order in which it does. */
  stands: Span;
  /** Undefined where it is here for certain, unless somebody has taken it. */
  doubt: Doubt | undefined;
  /** Whether it was given to somebody before: its next delivery says so. */
  delivered: 'no' | 'maybe' | 'yes' = 'no';
  /** How often it was given back; quorum queues count it. */
  returns = 0;
  /** How often it may have been given back besides, by whoever was gone before that was seen. */
  unseenReturns = 0;
  /** Between these times, in ms of the run, its time to live ends. */
  deadline: Deadline | undefined;
  /** It came in front of others, so that its queue may not have looked yet whether its time is over: see `overlook`. */
  isOverlooked = false;
  origin: Origin | undefined;
  /** The frame by which its queue confirmed that it has it; infinite where it did not. */
  confirmedSeq = Number.POSITIVE_INFINITY;
  /** Where it had come when it died, as a count told. */
  sentTo: Home | undefined;
  /** When it had not died yet, as a count told. */
  aliveAt: Span | undefined;
  /** By whom it was taken first, and as which of all that were delivered there: what was taken before stood before it. */
  handed: { readonly by: object; readonly tag: number } | undefined;
  /** The channel on which it was delivered, until it is given back. */
  takenOn: object | undefined;
  /** When it was last given back. */
  returned: Span | undefined;
  /** What tells that it is back, once it surely is. */
  lateReturn: { tell(at: Sighting): void } | undefined;
  /** Those that it can't be told from, where one of them was delivered. */
  twins: Twins | undefined;
  isReady = false;
  previous: SeenEntry | undefined;
  next: SeenEntry | undefined;

  constructor(message: SeenMessage, publication: Publication, queue: Home, came: Span, doubt: Doubt | undefined) {
    this.message = message;
    this.publication = publication;
    this.queue = queue;
    this.came = came;
    this.stands = came;
    this.doubt = doubt;
    this.lane = queue.laneOf(publication);
    this.order = queue.nextOrder();
  }
}

/**
 * What comes back to a quorum queue stands behind the others that did, before all the rest. What a client gives back where
 * there is no delivery limit is written anew, behind everything.
 */
export function standAnew(entry: SeenEntry, returned: Span, how: Return): void {
  const { queue, publication } = entry;
  const isBehindAll = how === 'given back' && queue.traits.deliveryLimit === undefined;
  entry.lane = isBehindAll ? queue.laneOf(publication) : -1;
  entry.order = queue.nextOrder();
  entry.stands = returned;
  // It no longer stands where it stood when it was handed out.
  if (isBehindAll) entry.handed = undefined;
}

/** Whether it is known to be in its queue by now, as far as others don't take it. */
export function isThere(entry: SeenEntry): boolean {
  return (entry.origin === undefined || entry.came.to !== Number.POSITIVE_INFINITY) && isThereOnceCome(entry);
}

/** The same, if only it has come. */
export function isThereOnceCome({ doubt, returned }: SeenEntry): boolean {
  return doubt === undefined && returned?.to !== Number.POSITIVE_INFINITY;
}

/** Whether it had come by then, and was back in its queue if it had been away. */
export function isThen({ came, returned }: SeenEntry, span: Span): Order {
  const first = isBefore(came, span);
  return first === 'yes' && returned ? isBefore(returned, span) : first;
}

/** It came back as often as its queue allows (quorum queues). */
export function isAtLimit({ queue: { traits, isInSight }, returns }: SeenEntry): boolean {
  return isInSight && traits.deliveryLimit !== undefined && returns >= traits.deliveryLimit;
}

/** Whether one of these, in a queue of that name, has this body and these properties. */
export function hasOne(entries: Iterable<SeenEntry>, name: string, identity: string): boolean {
  for (const { queue, publication } of entries) {
    if (queue.name === name && publication.identity === identity) return true;
  }
  return false;
}

/** Whether it may have been given back more often than its queue allows (quorum queues). */
export function mayBeOverLimit({ queue, returns, unseenReturns, twins }: SeenEntry): boolean {
  const { deliveryLimit } = queue.traits;
  const isUnsure = unseenReturns > 0 || twins !== undefined;
  return deliveryLimit !== undefined && isUnsure && returns + unseenReturns > deliveryLimit;
}

/** Whether a queue that refuses what it has no room for may not have taken it. */
export function mayBeRefused({ doubt, delivered }: SeenEntry): boolean {
  return doubt !== undefined && delivered === 'no';
}

/** What was in doubt first is settled: it is there. Of several that can't be told apart that says nothing. */
export function trust(entry: SeenEntry): void {
  if (!entry.twins) entry.doubt = entry.doubt?.further;
}

export function isAhead(one: SeenEntry, other: SeenEntry): boolean {
  return one.lane === other.lane ? one.order < other.order : one.lane < other.lane;
}

/** Whether they wait in the two lanes of a quorum queue, which have their turns; what came back stands before both. */
export function areServedInTurns(one: SeenEntry, other: SeenEntry): boolean {
  return one.queue.traits.hasHighPriority && one.lane !== other.lane && one.lane >= 0 && other.lane >= 0;
}

/** Whether one entry certainly stands before another, as long as both wait. */
export function isSurelyAhead(one: SeenEntry, other: SeenEntry): boolean {
  if (areServedInTurns(one, other)) return false;
  const [first, second] = [one.handed, other.handed];
  const isOrdered = one.lane >= 0 && other.lane >= 0;
  const isHanded = first !== undefined && second !== undefined && first.by === second.by;
  // One that can't be told from others may stand where another one of them does.
  if (isOrdered && !isHanded && (one.twins || other.twins)) return false;
  if (one.lane !== other.lane) return one.lane < other.lane;
  if (one.lane < 0 && (one.twins || other.twins || one.unseenReturns > 0)) return false;
  if (one.lane >= 0 && isHanded) return first.tag < second.tag;
  return isBefore(one.stands, other.stands) === 'yes';
}

/** Whether one that is listed behind an entry, and all that are listed behind that, may stand before it. */
export function mayStandBefore(other: SeenEntry, entry: SeenEntry): boolean {
  return entry.twins !== undefined || other.stands.from < entry.stands.to;
}

/** Whether one entry was certainly there, and before the other, when that was handed out: not before it was `asked` for. */
export function isServedFirst(one: SeenEntry, other: SeenEntry, asked?: Span): boolean {
  const since = one.returned ?? one.came;
  if (one.returned && one.returned === other.returned) return isSurelyAhead(one, other);
  const wasThere = isBefore(since, other.returned ?? other.came) === 'yes';
  if (!wasThere && !(asked && isBefore(since, asked) === 'yes')) return false;
  return isSurelyAhead(one, other);
}
