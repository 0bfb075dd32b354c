/**
 * A RabbitMQ broker as the wire shows it, whichever protocols its clients speak: what they asked for and what is proven
 * of it, the exchanges, queues and bindings, and where every message is.
 */
import type { Statement } from '../../core/statements/index.ts';
import { type Fate, type Ledger, type SeenMessage, type Sighting, Strangers, waitingIn } from '../ledger/index.ts';
import type { SeenChannel } from './channels/channel.ts';
import { backToNext, deliveredInstead } from './channels/held.ts';
import type { LateReturn } from './channels/late-return.ts';
import { mayMoveTo } from './channels/moves.ts';
import { Departures } from './departures.ts';
import { Late } from './late.ts';
import { Leaves } from './messages/leaves.ts';
import { type Missing, OutOfSight } from './messages/out-of-sight.ts';
import type { Publication } from './messages/publication.ts';
import { UnprovenPublishes } from './messages/unproven.ts';
import { UnseenDeliveries } from './messages/unseen.ts';
import { droppedPerhaps, routeDoubt, unanswered, unusedPerhaps } from './queues/doubts.ts';
import { type Doubt, type Home, mayBeOverLimit, type Return, type SeenEntry } from './queues/entry.ts';
import { overlook } from './queues/expiry.ts';
import { droppable, dropsHead } from './queues/limit.ts';
import { SeenQueue } from './queues/queue.ts';
import { REPLY_TO } from './queues/reply-to.ts';
import { UNKNOWN_RULES } from './queues/rules.ts';
import { type DeclaredQueue, lifetimeIn, readTraits } from './queues/traits.ts';
import { remains, repliesUnseen } from './remaining.ts';
import { ALWAYS, isBefore, type Span } from './span.ts';
import { SeenTopology } from './topology/topology.ts';
import type { World } from './world.ts';

/** The most requests that are remembered of those who are gone. */
const ASKED = 1_000;

export class SeenBroker implements World {
  readonly ledger: Ledger;
  /** False, too, once somebody's words could not be read: then not all that happens is seen. */
  own: boolean;
  /** Those of the server, once it has said what it is. */
  rules = UNKNOWN_RULES;
  readonly topology = new SeenTopology();
  readonly unproven = new UnprovenPublishes();
  readonly departures: Departures;
  readonly channels = new Set<SeenChannel>();
  /** Messages that others may have sent on. */
  readonly missing = new OutOfSight();
  readonly strangers = new Strangers();
  /** Stands for queues that were not seen: what is delivered from one is held there. */
  readonly elsewhere: SeenQueue;
  /** Queues in which messages expire by the clock, and queues that do so themselves. */
  readonly #timed = new Set<Home>();
  readonly #expiring = new Set<SeenQueue>();
  readonly unseen = new UnseenDeliveries();
  /** What may be carried out on a queue of some name that is declared later. */
  readonly awaited = new Map<(queue: SeenQueue) => void, string>();
  /** What was asked by those who are lost. */
  readonly late = new Late();
  /** What comes back from lost connections, and more often than its queue allows. */
  readonly lateReturns = new Set<LateReturn>();
  /** It has said that it stops: every connection is about to end. */
  isStopping = false;
  /** Of the frame that is being looked at, in ms of the run. */
  nowMs = 0;
  /** The number of the last frame that was looked at. */
  #seq = 0;
  /** Where those who are gone waited for replies, by what the requests are known by. */
  readonly #asked = new Map<string, SeenQueue>();
  readonly #leaves: Leaves;
  /** Queues that changed since they were last settled. */
  readonly #changed: Home[] = [];

  constructor(ledger: Ledger, own: boolean) {
    this.ledger = ledger;
    this.#leaves = new Leaves(ledger);
    this.own = own;
    this.departures = new Departures(this);
    const unknown = { durable: true, autoDelete: false, exclusiveTo: undefined, arguments: {} };
    this.elsewhere = new SeenQueue('', readTraits(unknown, this.rules), ALWAYS, false, 0);
    this.topology.replies = new SeenQueue(REPLY_TO, readTraits(unknown, this.rules), ALWAYS, false, 0);
  }

  /** To be called before each frame, and before a connection is seen to end. */
  begin(at: Sighting): void {
    this.nowMs = at.at;
    this.topology.nowMs = at.at;
    this.#seq = at.seq;
    this.late.heard(at.at);
    for (const queue of this.#expiring) this.#expireQueue(at, queue);
    // What is over by now went as everything was before this frame.
    if (this.#timed.size > 0) this.settle(at);
  }

  /** The server has heard of every connection that is lost. */
  heardAll(): void {
    this.late.heardAll();
    for (const queue of this.topology.queues()) queue.heardAll();
  }

  /** Calls `then` once the server has heard of what was lost by now. */
  whenHeard(lost: Sighting, then: (at: Sighting) => void): void {
    this.late.add(lost.at, () => then({ ...lost, seq: this.#seq, at: this.nowMs }));
  }

  /** Somebody who is lost did this: it has happened once the server has heard of that. */
  happensLate({ at }: Sighting, span: Span): void {
    this.late.add(at, () => {
      span.to = Math.min(span.to, this.#seq);
    });
  }

  /** Somebody who is lost asked this of a queue of that name: it may happen to one that is declared now. */
  awaitLate({ at }: Sighting, name: string, happens: (queue: SeenQueue) => void): void {
    this.awaited.set(happens, name);
    this.late.add(at, () => this.awaited.delete(happens));
  }

  /** Somebody who is lost asked to be given what is in a queue of that name. */
  takesLate(at: Sighting, name: string, channel: SeenChannel, noAck: boolean): void {
    const room = Number.POSITIVE_INFINITY;
    const taker = { channel, peer: channel.peer, noAck, atMs: at.at, mayBegin: true, room };
    this.awaitLate(at, name, (queue) => queue.loses(taker));
  }

  /** Concludes what follows by now; to be called after each frame. */
  settle(at: Sighting): void {
    for (const queue of this.#timed) {
      if (queue.ready.size > 0) this.changed(queue);
      else this.#timed.delete(queue);
    }
    // One death may cause others, which change further queues.
    for (const queue of this.#changed) {
      queue.hasChanged = false;
      if (queue.gone) this.departures.sweep(at, queue as SeenQueue);
      else queue.settle(at, this.departures);
    }
    this.#changed.length = 0;
  }

  enter(entry: SeenEntry, at: Sighting): void {
    const { queue, message, publication } = entry;
    const ttlMs = lifetimeIn(queue.traits, publication.ttlMs);
    if (ttlMs !== Number.POSITIVE_INFINITY) {
      entry.deadline = {
        ttlMs,
        from: (entry.came.atMs ?? at.at) + ttlMs,
        to: entry.origin ? Number.POSITIVE_INFINITY : at.at + ttlMs,
      };
      queue.hasDeadlines = true;
      this.#timed.add(queue);
    }
    this.ledger.enter(message, queue);
    overlook(queue, entry);
    queue.add(entry);
    if (queue.mayBeUnused(at.at)) queue.doubt(entry, unanswered(unusedPerhaps(queue)));
    queue.mayGoToLost(entry, at.at);
    this.changed(queue);
  }

  leave(entry: SeenEntry, fate: Fate | undefined): void {
    this.#leaves.leave(entry, fate);
    this.unseen.leaves(entry);
    this.changed(entry.queue);
  }

  /** What is said on these channels is no longer seen, so nothing may be concluded from silence any more. */
  unread(channels: Iterable<SeenChannel>): void {
    this.own = false;
    for (const queue of this.topology.queues()) queue.isInSight = false;
    for (const { unacked, peer } of channels) {
      for (const { entry } of unacked.values()) {
        this.leave(entry, { kind: 'unknown', reason: { code: 'HELD_OUT_OF_SIGHT', values: { peer } } });
      }
      unacked.clear();
    }
  }

  /**
   * What the server did follows from nothing that was seen: a policy, or an operator, which are on no wire. From here on
   * no more is concluded than of a server that others share.
   */
  contradiction(at: Sighting, what: string): void {
    this.ledger.contradiction(at, what);
    if (!this.own) return;
    this.unread([]);
    this.ledger.note(at, { code: 'NOT_ALONE', values: {} });
  }

  changed(queue: Home): void {
    if (queue.hasChanged) return;
    queue.hasChanged = true;
    this.#changed.push(queue);
  }

  /** A queue that was not seen declared: on a broker that others use, too, it may be there all the same. */
  queueOutOfSight(name: string): SeenQueue {
    const known = this.topology.queue(name);
    if (known) return known;
    const traits = readTraits({ durable: true, autoDelete: false, exclusiveTo: undefined, arguments: {} }, this.rules);
    const queue = new SeenQueue(name, traits, ALWAYS, false, 0);
    this.topology.addQueue(queue);
    return queue;
  }

  /** The queue of that name that is there, or may still have been there then, as far as it can be known. */
  queueNamed(name: string, then: Span): SeenQueue | undefined {
    return this.own ? this.topology.queueThen(name, then) : this.queueOutOfSight(name);
  }

  addQueue(queue: SeenQueue): void {
    this.topology.addQueue(queue);
    this.meets(queue);
    if (queue.traits.expiresMs !== undefined) this.#expiring.add(queue);
  }

  /** What is asked of a queue of its name, and not proven, may happen to it. */
  meets(queue: SeenQueue): void {
    for (const [happens, name] of this.awaited) if (name === queue.name) happens(queue);
  }

  makeQueue(at: Sighting, name: string, declared: DeclaredQueue, span: Span): SeenQueue {
    const queue = new SeenQueue(name, readTraits(declared, this.rules), span, this.own, at.at);
    queue.declared = declared;
    this.addQueue(queue);
    mayMoveTo(this.topology, queue);
    return queue;
  }

  /** It was declared as something else, so the one before it has gone because nobody used it. */
  becomes(queue: SeenQueue, declared: DeclaredQueue): void {
    queue.declared = declared;
    queue.traits = readTraits(declared, this.rules);
    this.#expiring.delete(queue);
    if (queue.traits.expiresMs !== undefined) this.#expiring.add(queue);
  }

  /** @param ended the connection that it goes with, which declares nothing more */
  removeQueue(at: Sighting, queue: SeenQueue, span: Span, why: Statement, ended?: number): void {
    if (queue.gone) return;
    this.topology.removeQueue(queue, span);
    queue.why = why;
    this.#expiring.delete(queue);
    this.remade(at, queue, span, ended);
    this.departures.sweep(at, queue);
  }

  /** A queue went: who declared it again, and may have been read only after that, may have made another one. */
  remade(at: Sighting, queue: SeenQueue, gone: Span, ended?: number): SeenQueue | undefined {
    const all = queue.declared ? [[queue.made, queue.declared] as const, ...queue.alsoMade] : [];
    const [[made, declared] = [], ...others] = all.filter(([span, { exclusiveTo }]) => {
      // What was gone before it was made was never made.
      const wasRefused = span === queue.made && gone.to <= span.from;
      return !wasRefused && isBefore(span, gone) !== 'yes' && (exclusiveTo === undefined || exclusiveTo !== ended);
    });
    if (!made || !declared || !this.own) return undefined;
    const next = this.makeQueue(at, queue.name, declared, made);
    for (const [span, also] of others) next.alsoMade.set(span, also);
    next.afterGone = gone;
    if (isBefore(gone, made) !== 'yes') next.perhapsGone = unanswered(routeDoubt(next));
    return next;
  }

  giveBack(at: Sighting, entry: SeenEntry, span: Span, how: Return): void {
    const { queue } = entry;
    const { deliveryLimit } = queue.traits;
    entry.returns++;
    const isOver = deliveryLimit !== undefined && entry.returns > deliveryLimit;
    if (isOver && this.own && !entry.twins) {
      // It may have gone with its queue before.
      if (queue.perhapsGone || queue.mayEnd.size > 0) return this.departures.eitherWay(at, entry);
      return this.departures.returnedTooOften(at, entry, deliveryLimit, span);
    }
    if (isOver || mayBeOverLimit(entry)) entry.doubt ??= unanswered(routeDoubt(queue));
    if (queue.mayBeUnused(at.at)) entry.doubt ??= unanswered(unusedPerhaps(queue));
    queue.putBack(entry, span, how);
    queue.mayGoToLost(entry, at.at, span.by);
    this.changed(queue);
  }

  perhapsBack(entry: SeenEntry, span: Span, doubt: Doubt): void {
    const { queue } = entry;
    if (queue.why) return this.leave(entry, doubt.absent);
    entry.doubt ??= doubt;
    entry.returns++;
    queue.putBack(entry, { by: undefined, from: span.from, to: Number.POSITIVE_INFINITY }, 'left behind');
    this.changed(queue);
  }

  wentWithQueue(at: Sighting, entry: SeenEntry): void {
    // It may be another one, of a queue that is still there.
    if (entry.twins?.isMixed) return this.departures.gone(at, entry);
    const { why, name: queue } = entry.queue;
    this.departures.end(at, entry, { reason: why ?? { code: 'QUEUE_DELETED', values: { queue } } });
  }

  backToNext(at: Sighting, entry: SeenEntry, span: Span): boolean {
    return backToNext(this, at, entry, span);
  }

  deliveredInstead(entry: SeenEntry): void {
    deliveredInstead(this, entry);
  }

  expect(message: SeenMessage, publication: Publication, left: string | undefined, reason?: Statement): Missing {
    const expected = this.missing.expect(message, publication, left, reason);
    this.ledger.enter(message, expected);
    for (const one of this.missing.excess()) this.#neverCame(one);
    return expected;
  }

  unexpect(one: Missing): void {
    one.forget(one.message);
    this.ledger.leave(one.message, one);
  }

  #neverCame(one: Missing): void {
    this.ledger.leave(one.message, one, one.reason && { kind: 'unknown', reason: one.reason });
  }

  /** Who asked so is gone; whoever answers learns of it later, if at all. */
  asksNoMore(asking: ReadonlyMap<string, SeenQueue>): void {
    for (const [identity, queue] of asking) this.#asked.set(identity, queue);
    for (const identity of this.#asked.keys()) {
      if (this.#asked.size <= ASKED) return;
      this.#asked.delete(identity);
    }
  }

  /**
   * A request was delivered with the address that the broker made for its reply: it belongs to whoever asked, which is
   * the channel that published the request, where only one did.
   */
  learnReplyAddress(address: string, identity: string): void {
    const isDirect = address.startsWith(REPLY_TO);
    const asking = [...this.channels, { asking: this.#asked }];
    const queues = asking.flatMap((one) => one.asking.get(identity) ?? []);
    const fitting = queues.filter(({ name }) => (name === REPLY_TO) === isDirect);
    const [only] = fitting.length === 1 ? fitting : [this.topology.replies];
    if (only && fitting.length > 0) this.topology.addAddress(address, only);
  }

  /** The broker has carried out all that it was asked, and everything that it said was seen. */
  caughtUp(at: Sighting): void {
    if (!this.own) return;
    this.begin(at);
    for (const { pending } of this.channels) pending.carriedOut(at);
    this.heardAll();
    for (const queue of this.topology.queues()) this.changed(queue);
    this.settle(at);
  }

  /** What was delivered and not settled. */
  unsettled(): SeenMessage[] {
    return [...this.channels].flatMap(({ unacked }) => [...unacked.values()].map(({ entry }) => entry.message));
  }

  /** Whatever is still in a queue stays there: the run is over, and every connection is gone. */
  end(at: Sighting): void {
    this.begin(at);
    for (const channel of this.channels) {
      for (const one of channel.pending.drain()) one.lost(at, { code: 'UNREAD', values: {} });
    }
    this.late.heardAll();
    for (const queue of this.topology.everyQueue()) this.changed(queue);
    this.settle(at);
    for (const { unacked } of this.channels) {
      for (const { entry } of unacked.values()) this.leave(entry, waitingIn(entry.queue.name));
      unacked.clear();
    }
    for (const queue of this.own ? this.topology.queues() : []) {
      if (queue.mayBeUnused(at.at)) queue.doubtUse();
      if (!dropsHead(queue)) continue;
      for (const entry of droppable(queue, this.departures.mayBring(at, queue))) {
        queue.doubt(entry, droppedPerhaps(queue));
      }
    }
    for (const queue of this.topology.everyQueue()) for (const entry of queue.ready) remains(this, at, queue, entry);
    if (this.topology.replies) repliesUnseen(this, this.topology.replies);
    for (const one of this.missing.drain()) this.#neverCame(one);
    this.#leaves.end();
  }

  /** A queue that nobody uses for as long as its x-expires says goes. https://www.rabbitmq.com/docs/ttl#queue-ttl */
  #expireQueue(at: Sighting, queue: SeenQueue): void {
    const { expiresMs } = queue.traits;
    if (expiresMs === undefined) return;
    if (!queue.mayBeUnused(at.at)) queue.thereAt = at.seq;
    if (!this.own || queue.takers.size > 0 || !queue.lastUse.isOver(expiresMs, at.at)) return;
    // Somebody has asked for it, and may have been heard before its time was over, or not yet.
    for (const { to } of [queue.made, ...queue.alsoMade.keys()]) if (to === Number.POSITIVE_INFINITY) return;
    const span = { by: undefined, from: queue.thereAt, to: at.seq };
    this.removeQueue(at, queue, span, { code: 'QUEUE_EXPIRED', values: { queue: queue.name, expiresMs } });
  }
}
