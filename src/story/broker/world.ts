/** What those who follow one broker share. */
import type { Statement } from '../../core/statements/index.ts';
import type { Fate, Ledger, SeenMessage, Sighting } from '../ledger/index.ts';
import type { Late } from './late.ts';
import type { Missing } from './messages/out-of-sight.ts';
import type { DeathReason, Publication } from './messages/publication.ts';
import type { UnprovenPublishes } from './messages/unproven.ts';
import type { UnseenDeliveries } from './messages/unseen.ts';
import type { Doubt, Endings, Home, Origin, Return, SeenEntry } from './queues/entry.ts';
import type { SeenQueue } from './queues/queue.ts';
import type { Span } from './span.ts';
import type { DeadEnd } from './topology/dead-end.ts';
import type { SeenTopology } from './topology/topology.ts';

/** Where a dead message goes. */
export interface Onward {
  /** As it is published there; undefined where nothing that dies is sent on. */
  readonly dead: Publication | undefined;
  readonly entries: readonly SeenEntry[];
  /** The way there, where it is sure; to the exchange where that leads nowhere. */
  readonly route: string | undefined;
  /** Why it is sent on to no queue, where it is to none. */
  readonly end: DeadEnd | undefined;
  /** The queues to which it would come back for ever. */
  readonly cycles: readonly string[];
}

/** What is done to a queue, and by whom: it ends what is in it. */
export interface EndedBy {
  readonly reason: Statement;
  readonly from?: 'client' | 'server';
  readonly verb?: string;
}

/** How messages leave queues without having been taken. */
export interface Leaving extends Endings {
  /**
   * Sends a dead message on. With an origin, that is what its death waits to be proven by; until then what it was seen to
   * become `before` may be looked at again.
   */
  die(
    at: Sighting,
    entry: SeenEntry,
    death: DeathReason,
    span: Span,
    origin?: Origin,
    before?: readonly SeenEntry[],
  ): Onward;
  tellOnward(at: Sighting, entry: SeenEntry, death: DeathReason, onward: Onward): void;
  /** Ends with what is done to its queue: told, and not dead-lettered. */
  end(at: Sighting, entry: SeenEntry, by: EndedBy): void;
}

export interface World {
  readonly ledger: Ledger;
  readonly topology: SeenTopology;
  /** Whether the run started the broker, so that all that happens there is seen. */
  readonly own: boolean;
  readonly unproven: UnprovenPublishes;
  readonly unseen: UnseenDeliveries;
  readonly late: Late;
  happensLate(at: Sighting, span: Span): void;
  /** A message is expected in its queue from now on. */
  enter(entry: SeenEntry, at: Sighting): void;
  /** A message is in its queue no more, and nothing follows from it. */
  leave(entry: SeenEntry, fate: Fate | undefined): void;
  readonly departures: Leaving;
  /** The server does what follows from nothing that was seen. */
  contradiction(at: Sighting, what: string): void;
  /** Something is known of the queue that was not before. */
  changed(queue: Home): void;
  /** A message goes back to its queue. */
  giveBack(at: Sighting, entry: SeenEntry, span: Span, how: Return): void;
  /** A message may have gone back to its queue. */
  perhapsBack(entry: SeenEntry, span: Span, doubt: Doubt): void;
  /** It goes back to the queue that took the place of its own, where it may have come from there. Returns whether it may. */
  backToNext(at: Sighting, entry: SeenEntry, span: Span): boolean;
  /** It was never published, though somebody was given it or one that can't be told from it. */
  deliveredInstead(entry: SeenEntry): void;
  /** Its queue went while somebody held it. */
  wentWithQueue(at: Sighting, entry: SeenEntry): void;
  /** Others may send it on, to where it turns up again; `reason` is told where it does not. */
  expect(message: SeenMessage, publication: Publication, left: string | undefined, reason?: Statement): Missing;
  /** It is not sent on after all. */
  unexpect(one: Missing): void;
  queueOutOfSight(name: string): SeenQueue;
}

/** Where something is published, in words: the queue itself where the default exchange leads to it. */
export function placeOf(exchange: string, routingKey: string): string {
  if (exchange === '') return routingKey;
  return routingKey === '' ? exchange : `${exchange} (${routingKey})`;
}
