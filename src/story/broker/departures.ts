/** How messages leave queues without having been taken, and where they go then. */
import type { Statement } from '../../core/statements/index.ts';
import type { Fate, Ledger, Sighting } from '../ledger/index.ts';
import { inflow } from './inflow.ts';
import { deadLettered, isCycle } from './messages/death.ts';
import type { DeathReason } from './messages/publication.ts';
import {
  deadLetter,
  endsHere,
  headDropped,
  outOfSight,
  queueFull,
  RefusalDoubt,
  routeDoubt,
  sentOn,
} from './queues/doubts.ts';
import { type Home, type Origin, SeenEntry } from './queues/entry.ts';
import { deadlineOf, lookedFor } from './queues/expiry.ts';
import { dropsHead, excess } from './queues/limit.ts';
import type { SeenQueue } from './queues/queue.ts';
import { during, isBefore, type Span } from './span.ts';
import { deadEnd, inCycle } from './topology/dead-end.ts';
import type { SeenTopology } from './topology/topology.ts';
import { type EndedBy, type Leaving, type Onward, placeOf, type World } from './world.ts';

/** A queue that refuses what it has no room for tells nobody that it refused a dead message; a quorum queue takes that. */
function refusalBy(queue: SeenQueue): RefusalDoubt | undefined {
  if (queue.traits.refuses === 'no' || queue.traits.isQuorum) return undefined;
  const doubt = new RefusalDoubt(queue);
  doubt.isUntold = true;
  return doubt;
}

/** Whether it was there or not when its queue was emptied, it ended in that queue: nobody can have been given it. */
function wasPurgedOrLeft(entry: SeenEntry): boolean {
  const { doubt, twins, queue } = entry;
  return doubt?.unknown.code === 'MAY_BE_PURGED' && !doubt.further && !twins && !queue.lost && queue.isQuietFor(entry);
}

export class Departures implements Leaving {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #topology: SeenTopology;
  /** Queues that may have dropped some of their messages before they went. */
  readonly #wentOverfull = new WeakSet<SeenQueue>();

  constructor(world: World) {
    this.#world = world;
    this.#ledger = world.ledger;
    this.#topology = world.topology;
  }

  expired(at: Sighting, entry: SeenEntry): void {
    const { queue, publication } = entry;
    const { name, traits } = queue;
    const own = Math.min(traits.ttlMs ?? Number.POSITIVE_INFINITY, publication.ttlMs ?? Number.POSITIVE_INFINITY);
    const ttlMs = deadlineOf(entry)?.ttlMs ?? own;
    this.#over(at, entry, 'expired', { code: 'EXPIRED_IN_QUEUE', values: { queue: name, ttlMs } });
  }

  dropped(at: Sighting, entry: SeenEntry, cause: SeenEntry | undefined): void {
    // It went when what came last came.
    const { from, to, atMs } = cause?.came ?? entry.came;
    const span = cause && { by: undefined, from, to, atMs };
    this.#over(at, entry, 'maxlen', headDropped(entry.queue), span);
    lookedFor(entry.queue);
  }

  /** A queue that was full did not take it. */
  refused(at: Sighting, entry: SeenEntry, stage: 'nacked' | 'dropped', reason: Statement): void {
    entry.queue.take(entry);
    const isSentOn = entry.queue.traits.refuses === 'and dead-letters';
    const onward = isSentOn ? this.die(at, entry, 'maxlen', this.#since(entry)) : undefined;
    if (onward) this.tellOnward(at, entry, 'maxlen', onward);
    // Of a nack a frame tells; what is sent on is not dropped.
    if (stage === 'dropped' && onward?.route === undefined) {
      const step = {
        stage,
        verb: 'drop',
        from: 'server',
        route: entry.queue.name,
        reason,
        among: entry.twins,
      } as const;
      this.#ledger.concludeAtServer(at, entry.message, step);
    }
    this.#world.leave(entry, { kind: 'ended', stage, reason });
  }

  mayBring(at: Sighting, into: Home): number {
    return inflow(this.#topology, at, into);
  }

  absent(at: Sighting, entry: SeenEntry): void {
    const { queue, doubt } = entry;
    if (!queue.isInSight) return this.#leftSight(entry);
    if (doubt instanceof RefusalDoubt) {
      // It may never have come to it.
      if (doubt.further && !endsHere(doubt.further)) return this.gone(at, entry);
      if (doubt.further || queue.mayHaveLeft(entry, at.at)) return this.eitherWay(at, entry);
      return this.refused(at, entry, doubt.isUntold ? 'dropped' : 'nacked', queueFull(queue));
    }
    // What was dropped was sent on, and what came may have left by itself.
    const isSentOn = dropsHead(queue) && queue.traits.deadLetterExchange !== undefined;
    const hasLeft = queue.mayHaveLeft(entry, at.at) || queue.mayHaveBeenEmptied(entry);
    if (isSentOn || hasLeft || doubt?.further || queue.gone) return this.gone(at, entry);
    queue.take(entry);
    this.#world.leave(entry, doubt?.absent ?? { kind: 'unknown', reason: { code: 'UNEXPLAINED', values: {} } });
  }

  /** Others were handed it, and may give it back; or it died as a policy has it, and may have been sent on. */
  #leftSight(entry: SeenEntry): void {
    const { queue, message, publication } = entry;
    queue.take(entry);
    this.#world.expect(message, publication, queue.name, outOfSight(queue));
    this.#world.leave(entry, undefined);
  }

  /** It is gone from its queue, if it was there at all; then it may have been sent on. */
  gone(at: Sighting, entry: SeenEntry): void {
    if (wasPurgedOrLeft(entry)) return this.eitherWay(at, entry);
    entry.queue.perhapsPurged(entry);
    entry.queue.take(entry, at.seq);
    const reason: Statement = entry.doubt?.unknown ?? { code: 'MAY_BE_IN_QUEUE', values: { queue: entry.queue.name } };
    this.#perhapsSentOn(at, entry, reason);
    this.#world.leave(entry, { kind: 'unknown', reason });
  }

  #perhapsSentOn(at: Sighting, entry: SeenEntry, reason: Statement): void {
    const { queue } = entry;
    const deadline = deadlineOf(entry);
    const deaths: DeathReason[] = deadline && deadline.from <= at.at ? ['expired'] : [];
    if (dropsHead(queue) || queue.traits.refuses === 'and dead-letters') deaths.push('maxlen');
    const fate = { kind: 'unknown', reason } as const;
    for (const next of deaths.flatMap((death) => this.die(at, entry, death, this.#since(entry, death)).entries)) {
      next.doubt = { unknown: reason, absent: fate };
      next.queue.doubt(next, next.doubt);
    }
  }

  contradiction(at: Sighting, what: string): void {
    this.#world.contradiction(at, what);
  }

  /** It came back more often than its queue allows (quorum queues). */
  returnedTooOften(at: Sighting, entry: SeenEntry, limit: number, span: Span): void {
    const reason: Statement = { code: 'DELIVERY_LIMIT', values: { queue: entry.queue.name, limit } };
    this.#over(at, entry, 'delivery_limit', reason, span);
  }

  #over(at: Sighting, entry: SeenEntry, death: DeathReason, reason: Statement, span = this.#since(entry, death)): void {
    const { message, queue } = entry;
    entry.lateReturn?.tell(at);
    queue.take(entry);
    queue.freedAt = at.seq;
    const stage = death === 'expired' ? 'expired' : 'dropped';
    this.#ledger.concludeAtServer(at, message, {
      ...{ stage, verb: stage, from: 'server', route: queue.name, reason },
      among: entry.twins,
    });
    const onward = this.die(at, entry, death, span);
    this.tellOnward(at, entry, death, onward);
    this.#diedHere(entry, { kind: 'ended', stage, reason: onward.end?.reason ?? reason });
  }

  /** It is gone: with its queue or what was done to it, because its time was over, or because there were too many. */
  eitherWay(at: Sighting, entry: SeenEntry): void {
    const { queue, came } = entry;
    queue.perhapsPurged(entry);
    queue.take(entry);
    const cameInTime = !queue.gone || isBefore(came, queue.gone) === 'yes';
    const { deliveryLimit: limit } = queue.traits;
    const left = { queue: queue.name, ...(limit === undefined ? {} : { limit }) };
    const reason: Statement = cameInTime
      ? { code: 'GONE_OR_EXPIRED', values: left }
      : { code: 'QUEUE_WENT_MEANWHILE', values: { queue: queue.name } };
    this.#perhapsSentOn(at, entry, reason);
    this.#diedHere(entry, { kind: 'ended', stage: 'dropped', reason });
  }

  /** A queue that says nothing of its dead may send them on all the same where others set policies: then it may turn up. */
  #diedHere(entry: SeenEntry, fate: Fate): void {
    const { queue, message, publication } = entry;
    const isUnknown = !this.#world.own && queue.traits.deadLetterExchange === undefined;
    if (isUnknown) this.#world.expect(message, publication, queue.name, sentOn(queue, publication.routingKey));
    this.#world.leave(entry, isUnknown ? undefined : fate);
  }

  /** Some time after it came, and after those that stood before it: more is not known of when it died. */
  #since(entry: SeenEntry, death?: DeathReason): Span {
    const { came, returned, queue, aliveAt: after } = entry;
    const { from, atMs } = returned ?? came;
    const sinceMs = death === 'expired' ? deadlineOf(entry)?.from : atMs;
    return { ...queue.deathOf(entry, from), to: Number.POSITIVE_INFINITY, atMs: sinceMs, after };
  }

  die(
    at: Sighting,
    entry: SeenEntry,
    death: DeathReason,
    span: Span,
    origin?: Origin,
    before: readonly SeenEntry[] = [],
  ): Onward {
    const { message, publication, queue } = entry;
    const { deadLetterExchange: exchange, deadLetterRoutingKey: key } = queue.traits;
    if (exchange === undefined) return { dead: undefined, entries: [], route: undefined, end: undefined, cycles: [] };
    const dead = deadLettered(publication, queue.name, death, exchange, key);
    const route = this.#topology.route({ ...dead, span });
    const entries: SeenEntry[] = [];
    const sure: string[] = [];
    const cycles: string[] = [];
    for (const [target, certainty] of route.queues) {
      const isSure = (certainty === 'yes' || entry.sentTo === target) && this.#world.own;
      if (death !== 'rejected' && isCycle(dead, target.name)) {
        if (isSure) cycles.push(target.name);
        continue;
      }
      if (isSure) sure.push(target.name);
      const known = before.find(({ queue: home }) => home === target);
      if (known) {
        if (!isSure) target.doubt(known, routeDoubt(target));
        entries.push(known);
        continue;
      }
      const next = new SeenEntry(message, dead, target, span, isSure ? refusalBy(target) : routeDoubt(target));
      next.origin = origin;
      entry.twins?.join(next);
      entries.push(next);
      this.#world.enter(next, at);
    }
    const way = [queue.name, ...(exchange === '' ? [] : [exchange])];
    if (entries.length > 0) {
      const to = sure.length > 0 ? [...way, sure.join(', ')].join(' → ') : undefined;
      return { dead, entries, route: to, end: undefined, cycles };
    }
    const [cycle] = cycles;
    const end = cycle === undefined ? deadEnd(this.#world, queue.name, dead, route, span) : inCycle(queue.name, cycle);
    return { dead, entries, route: end.isPublished ? way.join(' → ') : undefined, end, cycles };
  }

  /** Where a dead message went, or why nothing took it. */
  tellOnward(at: Sighting, entry: SeenEntry, death: DeathReason, { dead, route, end, cycles }: Onward): void {
    const { queue, message, twins: among } = entry;
    const tell = (stage: 'dead-lettered' | 'dropped' | 'unroutable', verb: string, way: string, reason: Statement) =>
      this.#ledger.concludeAtServer(at, message, { stage, verb, from: 'server', route: way, reason, among });
    if (route !== undefined) {
      tell('dead-lettered', 'dead-letter', route, deadLetter(queue, death));
    }
    for (const to of cycles) {
      tell('dropped', 'drop', queue.name, { code: 'DEAD_LETTER_CYCLE', values: { queue: queue.name, to } });
    }
    if (dead && end?.why) tell('unroutable', 'drop', placeOf(dead.exchange, dead.routingKey), end.why);
  }

  /**
   * Ends what is in a queue that went: what its consumers hold does not come back. A publish that is not proven is looked at when it is, and what may be on its way
   * to somebody when that is seen or is gone.
   */
  sweep(at: Sighting, queue: SeenQueue): void {
    const { why, gone } = queue;
    if (!why || !gone) return;
    if (this.#isOverfull(at, queue)) this.#wentOverfull.add(queue);
    const isOverfull = this.#wentOverfull.has(queue);
    for (const entry of queue.ready) {
      // What is given back is held until that is read: until then it goes with nothing.
      if (entry.origin || entry.returned?.to === Number.POSITIVE_INFINITY || !queue.isQuietFor(entry)) continue;
      if (isOverfull && !entry.doubt) this.eitherWay(at, entry);
      else if (isBefore(entry.came, gone) === 'yes') this.end(at, entry, { reason: why });
      else this.#wentMeanwhile(at, entry);
    }
  }

  /** It went with its queue, or found it gone: nothing that happened to it can be told for certain. */
  #wentMeanwhile(at: Sighting, entry: SeenEntry): void {
    const { queue, doubt } = entry;
    if (this.#movesToNext(at, entry)) {
      queue.take(entry);
      return this.#world.leave(entry, undefined);
    }
    if (doubt) return this.end(at, entry, { reason: doubt.unknown });
    if (queue.mayHaveLeft(entry, at.at)) return this.eitherWay(at, entry);
    queue.take(entry);
    const reason: Statement = { code: 'QUEUE_WENT_MEANWHILE', values: { queue: queue.name } };
    this.#world.leave(entry, { kind: 'ended', stage: 'dropped', reason });
  }

  /** It goes on in the queue that took the place of its own, where it may have come to that. Returns whether it may. */
  #movesToNext(at: Sighting, { queue, message, publication, came, twins }: SeenEntry): boolean {
    const others = this.#topology.everNamed(queue.name).filter((one) => one !== queue && !one.gone);
    const next = others.find((one) => during(one, came) !== 'no' && !message.places.includes(one));
    if (!next) return false;
    const entry = new SeenEntry(message, publication, next, came, routeDoubt(next));
    twins?.join(entry);
    this.#world.enter(entry, at);
    return true;
  }

  /** Whether some of what is in it may have been dropped before, of which nothing tells which. */
  #isOverfull(at: Sighting, queue: SeenQueue): boolean {
    return excess(queue, this.mayBring(at, queue)) > 0;
  }

  /** These end with what is done to their queue. */
  endTogether(at: Sighting, queue: SeenQueue, entries: readonly SeenEntry[], by: EndedBy): void {
    const isOverfull = this.#isOverfull(at, queue);
    for (const entry of entries) {
      if (isOverfull && !entry.doubt) this.eitherWay(at, entry);
      else this.end(at, entry, by);
    }
  }

  /** An entry ends with what is done to its queue: told, and not dead-lettered. */
  end(at: Sighting, entry: SeenEntry, { reason, from = 'server', verb = 'drop' }: EndedBy): void {
    if (entry.doubt instanceof RefusalDoubt && !entry.doubt.further) return this.eitherWay(at, entry);
    if (entry.doubt) return this.gone(at, entry);
    const { queue, message } = entry;
    entry.lateReturn?.tell(at);
    if (entry.isReady && queue.mayHaveLeft(entry, at.at)) return this.eitherWay(at, entry);
    if (!queue.isQuietFor(entry)) this.#world.unseen.ended(entry);
    queue.take(entry, at.seq);
    this.wasNowhereElse(entry);
    const step = { stage: 'dropped', verb, from, route: queue.name, reason, among: entry.twins } as const;
    if (from === 'client') this.#ledger.conclude(at, message, step);
    else this.#ledger.concludeAtServer(at, message, step);
    this.#world.leave(entry, { kind: 'ended', stage: 'dropped', reason });
  }

  /** It was in this queue, so it was in none of those that may have come in its place. */
  wasNowhereElse({ message, publication, queue, twins, came }: SeenEntry): void {
    if (twins) return;
    for (const other of this.#topology.everNamed(queue.name)) {
      if (other === queue || !message.places.includes(other)) continue;
      for (const one of [...other.ready.of(publication.key)]) {
        if (one.message !== message || one.came !== came) continue;
        other.take(one);
        this.#world.leave(one, undefined);
      }
    }
  }
}
