/** A publish, from when it is seen until it is known which queues took the message. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Content, Fate, Place, SeenMessage, Sighting } from '../../ledger/index.ts';
import type { Missing } from '../messages/out-of-sight.ts';
import type { Publication } from '../messages/publication.ts';
import { endsHere, queueFull, RefusalDoubt, routeDoubt, unanswered, unusedPerhaps } from '../queues/doubts.ts';
import { type Origin, SeenEntry, trust } from '../queues/entry.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { REPLY_TO } from '../queues/reply-to.ts';
import type { Order, Span } from '../span.ts';
import type { Route } from '../topology/route.ts';
import { type Why, whyNobody } from '../topology/why.ts';
import type { World } from '../world.ts';
import { nacked, wasFull } from './nack.ts';
import type { Pending, Request } from './request.ts';

/** The words of the protocol that a message is published by. */
export interface Words {
  /** AMQP's or STOMP's word for publishing, for errors and for the trace. */
  readonly method: string;
  readonly verb: string;
  /** Where to, as the trace tells it. */
  readonly place: string;
  readonly whyNobody: Statement | undefined;
  /** The server can't but refuse it. */
  readonly isRefused: boolean;
  /** Properties that the server may refuse it for, and names then. */
  readonly checked: readonly string[];
}

const NO_ENTRIES: readonly SeenEntry[] = [];
const UNROUTABLE = { stage: 'unroutable', verb: 'drop', from: 'server' } as const;

/** It goes to whoever asked, and no queue takes it: where it is mandatory, the broker sends it back all the same. */
function isDirectReply({ queue }: SeenEntry): boolean {
  return queue.name === REPLY_TO;
}

/** The channel that it is published on, as far as a publish sees it. */
export interface PublishingChannel {
  readonly pending: Pending;
  readonly unconfirmed: Map<number, unknown>;
  /** Those that may come back, in order. */
  readonly mandatory: Publish[];
}

export class Publish implements Request, Place, Origin {
  readonly message: SeenMessage;
  readonly publication: Publication;
  readonly channel: PublishingChannel;
  readonly mandatory: boolean;
  readonly method: string;
  /** Where to, as the trace tells it. */
  readonly place: string;
  readonly #isRefused: boolean;
  readonly #checked: readonly string[];
  readonly #whyNobody: Statement | undefined;
  readonly #world: World;
  #entries: readonly SeenEntry[] = NO_ENTRIES;
  /** What bindings may take that others made. */
  #copies: Missing | undefined;
  #generation = -1;
  span: Span;
  /** What a confirm calls it. */
  number: number | undefined;
  /** The server sent it back: no queue took it. */
  returned: Statement | undefined;
  /** It, or one that can't be told from it, was sent back. */
  perhapsReturned: Statement | undefined;
  isOver = false;
  /** Its connection is lost, and the server may read it until it has heard of that. */
  #unread: Statement | undefined;
  unit: object | undefined;

  constructor(
    world: World,
    at: Sighting,
    channel: PublishingChannel,
    publication: Publication,
    content: Content,
    mandatory: boolean,
    words: Words,
    span: Span,
  ) {
    this.#world = world;
    this.channel = channel;
    this.publication = publication;
    this.mandatory = mandatory;
    this.method = words.method;
    this.place = words.place;
    this.#isRefused = words.isRefused;
    this.#checked = words.checked;
    this.#whyNobody = words.whyNobody;
    this.span = span;
    this.message = world.ledger.publish(at, content, this, words.verb, words.place);
  }

  /** A STOMP session ends with an exchange that is not there. */
  get endsSession(): boolean {
    return !this.#isRefused;
  }

  get names(): readonly string[] {
    return [this.publication.exchange, ...this.#checked];
  }

  /** The exchange is not there. AMQP 0-9-1 §1.8.3.7 (basic.publish, 404) */
  refused(): Order {
    if (this.#isRefused) return 'yes';
    if (this.publication.exchange === '' || !this.#world.own) return this.#world.own ? 'no' : 'maybe';
    const { exchange } = this.#route();
    return exchange === 'no' ? 'yes' : exchange === 'yes' ? 'no' : 'maybe';
  }

  /** The server is about to route it: it is expected in the queues that are bound now. */
  send(at: Sighting): void {
    if (this.#isRefused) return;
    const { topology, unproven } = this.#world;
    const { exchange, routingKey } = this.publication;
    if (!this.#world.own && exchange === '') this.#world.queueOutOfSight(routingKey);
    this.#generation = topology.generation;
    for (const [queue, certainty] of this.#route().queues) this.#add(at, queue, certainty);
    if (!this.#world.own && exchange !== '') {
      this.#copies = this.#world.expect(this.message, this.publication, undefined);
    }
    unproven.add(this, topology.generation);
  }

  forget(): void {
    this.#end();
    if (this.number !== undefined) this.channel.unconfirmed.delete(this.number);
  }

  /** Something elsewhere shows that it was carried out. */
  proven(at: Sighting): void {
    this.channel.pending.carriedOut(at, this, false);
  }

  /** Whether some queue was seen to have it: it was delivered from there, or ended there with what was counted. */
  get wasTaken(): boolean {
    const hasEnded = ({ isReady, doubt }: SeenEntry): boolean => !isReady && !doubt;
    const wasIn = (entry: SeenEntry): boolean => !entry.twins && (entry.delivered === 'yes' || hasEnded(entry));
    return this.#entries.some((entry) => wasIn(entry) && !isDirectReply(entry));
  }

  /** Whether some queue may have taken it. */
  get mayBeTaken(): boolean {
    return this.#entries.some((entry) => !isDirectReply(entry));
  }

  /** Whether it is not sure of any queue that it took it. */
  get mayBeReturned(): boolean {
    return ![...this.#route().queues.values()].includes('yes');
  }

  get isConfirming(): boolean {
    return this.number !== undefined;
  }

  get isBehindError(): boolean {
    return this.#isRefused || this.channel.pending.isBehindError(this);
  }

  lookAgain(at: Sighting): void {
    if (this.#world.topology.generation !== this.#generation) this.#settleRoute(at);
  }

  done(at: Sighting): void {
    if (this.isOver) return;
    const route = this.#settleRoute(at);
    this.#end();
    if (this.mandatory && this.channel.pending.isAnswering) this.#returnsNoMore();
    for (const entry of this.#entries) this.#arrived(at, entry);
    // Where the queue itself is named, its name has been told.
    if (this.publication.exchange !== '' || route.queues.size > 1) this.#tellRouted(at, route);
    this.#world.ledger.leave(this.message, this, this.#fate(at, route));
  }

  /** An answer to what was asked later stands behind what the server sends back. */
  #returnsNoMore(): void {
    const { mandatory } = this.channel;
    const index = mandatory.indexOf(this);
    if (index >= 0) mandatory.splice(index, 1);
  }

  #tellRouted(at: Sighting, route: Route): void {
    const { ledger, own } = this.#world;
    const sure = [...route.queues].filter(
      ([queue, certainty]) =>
        certainty === 'yes' && !queue.mayBeUnused(at.at) && !queue.wasPerhapsUnused(this.span.atMs ?? 0),
    );
    const queues = sure.map(([queue]) => queue.name);
    // The one that goes and the one that comes in its place have one name.
    const taken = [...new Set(queues)];
    if (!own || taken.length === 0 || (this.publication.exchange === '' && taken.length === 1)) return;
    const to = `${this.place} → ${taken.join(', ')}`;
    ledger.concludeAtServer(at, this.message, { stage: 'routed', verb: 'route', from: 'server', route: to });
  }

  undone(at: Sighting, why: Statement): void {
    if (this.isOver) return;
    this.#end();
    this.#withdraw();
    const { ledger } = this.#world;
    const step = { stage: 'discarded', verb: 'discard', from: 'server', route: this.place, reason: why } as const;
    ledger.concludeAtServer(at, this.message, step);
    ledger.leave(this.message, this, { kind: 'ended', stage: 'discarded', reason: why });
  }

  lost(at: Sighting, why: Statement): void {
    if (this.isOver) return;
    this.#settleRoute(at);
    this.isOver = true;
    this.#unread = why;
    for (const entry of this.#entries) this.#remainsUnread(entry, why);
    this.#world.late.add(at.at, () => {
      this.#end();
      const isInQueue = this.#entries.length > 0;
      this.#world.ledger.leave(this.message, this, isInQueue ? undefined : { kind: 'unknown', reason: why });
    });
  }

  #remainsUnread(entry: SeenEntry, why: Statement): void {
    entry.doubt = undefined;
    entry.queue.doubtAsOneOf(entry, { unknown: why, absent: { kind: 'unknown', reason: why } });
    entry.origin = undefined;
    this.#world.changed(entry.queue);
  }

  /** The broker did not take the message: a queue that was full refused it. https://www.rabbitmq.com/docs/maxlength */
  nacked(at: Sighting): Statement | undefined {
    return nacked(this.#world, at, this.#entries);
  }

  /** Every queue took the message. */
  confirmed({ seq }: Sighting): void {
    for (const entry of this.#entries) {
      entry.confirmedSeq = seq;
      if (entry.doubt instanceof RefusalDoubt) trust(entry);
    }
  }

  /** It is proven to be in its queue, unless the queue went or refused it. */
  #arrived(at: Sighting, entry: SeenEntry): void {
    const { queue } = entry;
    entry.origin = undefined;
    if (entry.deadline) entry.deadline.to = at.at + entry.deadline.ttlMs;
    if (!entry.isReady) return;
    if (queue.mayBeUnused(at.at)) queue.doubt(entry, unanswered(unusedPerhaps(queue)));
    this.#world.changed(queue);
    queue.settleArrived(at, this.#world.departures);
    if (entry.doubt instanceof RefusalDoubt && this.number === undefined && entry.delivered === 'no' && !queue.gone) {
      const full = wasFull(this.#world, at, entry);
      const { further } = entry.doubt;
      const mayNotCome = further !== undefined && !endsHere(further);
      if (full === 'no') trust(entry);
      if (full === 'yes' && !mayNotCome) this.#world.departures.refused(at, entry, 'dropped', queueFull(queue));
      else if (entry.doubt) entry.doubt.isUntold = true;
    }
  }

  #route(): Route {
    const { exchange, routingKey, headers } = this.publication;
    return this.#world.topology.route({ exchange, routingKey, headers, span: this.span });
  }

  /** Looks again where others changed exchanges, queues or bindings since it was sent. */
  #settleRoute(at: Sighting): Route {
    const { topology } = this.#world;
    const route = this.#route();
    if (topology.generation === this.#generation) return this.#narrowed(route);
    this.#generation = topology.generation;
    for (const [queue, certainty] of route.queues) {
      const known = this.#entries.find((entry) => entry.queue === queue);
      if (!known && !this.#wasIn(queue.name)) this.#add(at, queue, certainty);
      else if (known?.isReady && certainty === 'maybe') queue.doubt(known, queue.perhapsGone ?? routeDoubt(queue));
    }
    this.#withdrawFromOthers(route);
    return this.#narrowed(route);
  }

  /** It came to none of the queues that it does not go to by what is known now. */
  #withdrawFromOthers({ queues }: Route): void {
    const never = this.#entries.filter(({ queue, isReady, twins, delivered }) => {
      const mayBeThere = !isReady || twins !== undefined || delivered !== 'no' || queues.has(queue as SeenQueue);
      return this.#world.own && queue.isInSight && !mayBeThere;
    });
    if (never.length === 0) return;
    this.#entries = this.#entries.filter((entry) => !never.includes(entry));
    for (const entry of never) {
      entry.queue.take(entry);
      this.#world.leave(entry, undefined);
    }
  }

  /** Whether it was in a queue of that name for certain, and has left it. */
  #wasIn(name: string): boolean {
    return this.#entries.some(
      ({ queue, isReady, doubt, twins }) => queue.name === name && !isReady && !doubt && !twins,
    );
  }

  /** A mandatory message that did not come back was taken by some queue: by the only one that may have. */
  #narrowed(route: Route): Route {
    if (!this.mandatory || this.returned || this.perhapsReturned || !this.channel.pending.isAnswering) return route;
    const [only, ...others] = route.queues;
    if (!only || others.length > 0 || only[1] === 'yes') return route;
    for (const entry of this.#entries) {
      if (!(entry.doubt instanceof RefusalDoubt)) trust(entry);
      else if (!entry.twins) entry.doubt.further = undefined;
    }
    return { ...route, queues: new Map([[only[0], 'yes']]) };
  }

  #add(at: Sighting, queue: SeenQueue, certainty: 'yes' | 'maybe'): void {
    const refusal = queue.traits.refuses === 'no' ? undefined : new RefusalDoubt(queue);
    const isUnsure = certainty === 'maybe' ? (queue.perhapsGone ?? routeDoubt(queue)) : undefined;
    if (refusal) {
      refusal.further = isUnsure;
      refusal.isUntold = !this.isConfirming;
    }
    const doubt = refusal ?? isUnsure;
    const entry = new SeenEntry(this.message, this.publication, queue, this.span, doubt);
    entry.origin = this;
    this.#entries = this.#entries.length === 0 ? [entry] : [...this.#entries, entry];
    this.#world.enter(entry, at);
    if (this.#unread) this.#remainsUnread(entry, this.#unread);
  }

  #withdraw(): void {
    if (this.#copies) this.#world.unexpect(this.#copies);
    for (const entry of this.#entries) {
      if (entry.twins && entry.delivered === 'yes' && !entry.isReady) this.#world.deliveredInstead(entry);
      entry.queue.take(entry);
      this.#world.leave(entry, undefined);
      this.#world.unseen.wasNever(entry);
    }
  }

  #fate(at: Sighting, route: Route): Fate | undefined {
    const { ledger, own } = this.#world;
    if (this.returned) {
      this.#tellUnroutable(at, route);
      if (!this.#entries.every(isDirectReply)) this.#withdraw();
      return { kind: 'ended', stage: 'returned', reason: this.returned };
    }
    if (!own && this.publication.exchange !== '') {
      if (this.#copies && route.queues.size === 0) this.#copies.reason = this.#why(route).reason;
      return undefined;
    }
    if (this.#entries.length > 0) return this.#perhapsInQueue();
    if (this.perhapsReturned) return { kind: 'ended', stage: 'returned', reason: this.perhapsReturned };
    const why = this.#why(route);
    if (!own || !why.certain) return { kind: 'unknown', reason: why.reason };
    ledger.concludeAtServer(at, this.message, { ...UNROUTABLE, route: this.place, reason: why.reason });
    return { kind: 'ended', stage: 'unroutable', reason: why.reason };
  }

  /** Where it, or one like it, was sent back, it may have come to none of the queues that it is expected in. */
  #perhapsInQueue(): undefined {
    if (!this.perhapsReturned) return;
    for (const entry of this.#entries) if (entry.isReady) entry.queue.doubt(entry, unanswered(routeDoubt(entry.queue)));
  }

  /** Why no queue got it, and whether that is sure. */
  #why(route: Route): Why {
    const why = whyNobody(this.#world, this.publication, route, this.span);
    return this.#world.own && this.#whyNobody ? { ...why, reason: this.#whyNobody } : why;
  }

  #tellUnroutable(at: Sighting, route: Route): void {
    const why = this.#why(route);
    if (!why.certain || route.queues.size > 0) return;
    this.#world.ledger.concludeAtServer(at, this.message, { ...UNROUTABLE, route: this.place, reason: why.reason });
  }

  #end(): void {
    this.isOver = true;
    this.#world.unproven.delete(this);
  }
}
