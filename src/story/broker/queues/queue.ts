/** A queue as the wire shows it: what is in it, who may take it, and what is known to have left it. */
import type { Statement } from '../../../core/statements/index.ts';
import type { SeenMessage, Sighting } from '../../ledger/index.ts';
import { AskedOnce } from '../asked-once.ts';
import { HEARD_MS } from '../late.ts';
import type { Publication } from '../messages/publication.ts';
import { isBefore, type Lasting, type Order, type Span } from '../span.ts';
import { counted, type Told } from './count.ts';
import { droppedPerhaps, droppedWhenOld, purgedPerhaps, RefusalDoubt, unusedPerhaps } from './doubts.ts';
import {
  type Doubt,
  type Endings,
  isAhead,
  isSurelyAhead,
  isThere,
  type LostTaker,
  type Match,
  mayBeOverLimit,
  mayBeRefused,
  type Return,
  type SeenEntry,
  standAnew,
} from './entry.ts';
import { deadlineOf, expire, lookedFor } from './expiry.ts';
import { findIn, type Wanted } from './find.ts';
import { LastUse } from './last-use.ts';
import { left } from './left.ts';
import { doubtAll, doubtHead, dropHead, droppable, dropsHead, excess, type Limited, refuse, wasFull } from './limit.ts';
import { Losses } from './losses.ts';
import { passed, skipped } from './passed-over.ts';
import { Ready } from './ready.ts';
import type { Taker } from './taker.ts';
import type { DeclaredQueue, QueueTraits } from './traits.ts';

export class SeenQueue implements Lasting, Limited {
  readonly keeps = true;
  /** A stand-in until the broker has told the name of a queue that it was asked to name. */
  name: string;
  traits: QueueTraits;
  /** As it was declared; undefined where that was not seen. */
  declared: DeclaredQueue | undefined;
  made: Span;
  /** Further declarations, which count where the first is undone, or where the queue went before they were read. */
  readonly alsoMade = new Map<Span, DeclaredQueue>();
  /** Deletions that are not proven, and happen only where it is unused or empty, or where no error came before. */
  readonly mayEnd = new Set<Span>();
  gone: Span | undefined;
  afterGone: Span | undefined;
  /** Somebody else deleted it, whoever else may not have: when, and how many messages it held. */
  alsoDeleted: { readonly span: Span; readonly count: number | undefined } | undefined;
  /** Why it went, once that is sure. */
  why: Statement | undefined;
  /** Whether all that happens to it is seen: it is on a server of the run's own. */
  isInSight: boolean;
  readonly ready = new Ready();
  readonly takers = new Set<Taker>();
  /** Asked by whoever wants to know whether these have ended. */
  readonly losesTakers = new AskedOnce();
  /** It may have gone with its last consumer; nothing tells whether another came first. */
  perhapsGone: Doubt | undefined;
  /** What may have ended it, where that is not its last consumer's going. */
  perhapsWhy: Statement | undefined;
  /** Whether anybody has ever consumed from it: only then an auto-delete queue goes. */
  hadConsumer = false;
  /** Who took from it last whose connection was lost: the server may hear of that later, and may hand out more until then. */
  lost: LostTaker | undefined;
  readonly #losses = new Losses();
  /** When it was last asked for something that it does in its turn, and has answered. */
  lastAnswered: Span | undefined;
  /** The frame that showed the last message leave. */
  leftAt = 0;
  /** The last frame at which it is known that a message left by itself. */
  freedAt = 0;
  /** The last frame at which it can't have been unused for too long (x-expires). */
  thereAt: number;
  readonly lastUse: LastUse;
  /** When it was used last though it may have gone before, in ms of the run. */
  #perhapsUnusedAt = Number.NEGATIVE_INFINITY;
  /** What was asked to empty it, and is not proven; with a doubt where nobody will ever tell. */
  readonly purges = new Map<Span, Doubt | undefined>();
  /** What is told of messages of which it turns out that they may have been there when it was last emptied. */
  emptied: (Doubt & { readonly by: Span }) | undefined;
  /** It changed since it was last settled. */
  hasChanged = false;
  /** Whether any message ever had a time to live here. */
  hasDeadlines = false;
  /** Of a queue with a limit: those that were not known to be there for certain when they were last looked at. */
  readonly unsettled = new Set<SeenEntry>();
  /** Those purges that may have taken what was followed no more by the time they were answered. */
  readonly #tookMore = new WeakSet<Span>();
  #order = 0;
  #moved = 0;
  #death = 0;
  /** The last that died in its turn. */
  #lastDead: SeenEntry | undefined;

  constructor(name: string, traits: QueueTraits, made: Span, isInSight: boolean, atMs: number) {
    this.name = name;
    this.traits = traits;
    this.made = made;
    this.isInSight = isInSight;
    this.lastUse = new LastUse(atMs);
    this.thereAt = made.from;
  }

  get #isLimited(): boolean {
    return this.traits.maxLength !== undefined || this.traits.maxLengthBytes !== undefined;
  }

  /** Whether messages may die here though nobody rejects them, whatever time to live of their own they had. */
  get dropsByItself(): boolean {
    const { ttlMs, deliveryLimit } = this.traits;
    return this.#isLimited || ttlMs !== undefined || deliveryLimit !== undefined;
  }

  laneOf({ priority }: Publication): number {
    const { maxPriority, isQuorum, hasHighPriority } = this.traits;
    if (hasHighPriority) return priority > 4 ? 0 : 1;
    return isQuorum ? 0 : maxPriority - Math.min(priority, maxPriority);
  }

  nextOrder(): number {
    return this.#order++;
  }

  deathOf(entry: SeenEntry, from: number): Pick<Span, 'by' | 'from'> {
    const last = this.#lastDead;
    if (last && (last.lane !== entry.lane || !isSurelyAhead(last, entry))) return { by: undefined, from };
    this.#lastDead = entry;
    this.#death = Math.max(from, this.#death + 2 ** -20);
    return { by: this, from: this.#death };
  }

  add(entry: SeenEntry): void {
    if (this.perhapsGone) entry.doubt ??= this.perhapsGone;
    if (this.traits.retention !== undefined) entry.doubt ??= droppedWhenOld(this, this.traits.retention);
    if (this.#isLimited && !isThere(entry)) this.unsettled.add(entry);
    this.ready.add(entry);
    for (const doubt of this.purges.values()) if (doubt) this.doubt(entry, doubt);
    if (this.emptied && this.mayHaveBeenEmptied(entry)) this.doubt(entry, this.emptied);
  }

  /** It was handed out, not before `since`, before what waited in its lane by then: so it stood before that. */
  standsFirst(entry: SeenEntry, channel: object, since: Span, atMs: number): void {
    if (this.ready.first === entry || this.roomElsewhere(channel, atMs) > 0) return;
    for (const other of this.ready) {
      if (other === entry) return;
      if (other.lane !== entry.lane || !isAhead(other, entry)) continue;
      // What came back later stood before it all the same.
      if (other.returned && other.returned.to > since.from) continue;
      this.ready.remove(entry);
      entry.order = other.order - 1 + ++this.#moved * 2 ** -20;
      this.ready.add(entry);
      return;
    }
  }

  /** @param seq the frame that shows it, where one does */
  take(entry: SeenEntry, seq = this.leftAt): void {
    this.leftAt = seq;
    this.ready.remove(entry);
    if (this.#isLimited) this.unsettled.delete(entry);
  }

  /** It is no longer sure that it is here. */
  doubt(entry: SeenEntry, doubt: Doubt): void {
    const first = entry.doubt;
    if (!first) entry.doubt = doubt;
    else if (first instanceof RefusalDoubt) first.further ??= doubt;
    else if (first.unknown.code !== doubt.unknown.code) entry.doubt = { ...first, further: first.further ?? doubt };
    if (this.#isLimited && entry.isReady) this.unsettled.add(entry);
  }

  /** It may never have come: what can't be told from it may be what did, or what did not. */
  doubtAsOneOf(entry: SeenEntry, doubt: Doubt): void {
    this.doubt(entry, doubt);
    if (!entry.twins) return;
    for (const one of this.ready.of(entry.publication.key)) if (one.twins) this.doubt(one, doubt);
  }

  /** Puts back what was taken: where it stood, unless that is a quorum queue. */
  putBack(entry: SeenEntry, returned: Span, how: Return): void {
    entry.returned = returned;
    entry.takenOn = undefined;
    if (this.traits.isQuorum) standAnew(entry, returned, how);
    this.add(entry);
  }

  forget(message: SeenMessage): void {
    for (const entry of this.ready) {
      if (entry.message !== message) continue;
      this.take(entry);
      return;
    }
  }

  /** Whether nothing can be on its way to anybody: then what was not seen to leave is here. */
  get isQuiet(): boolean {
    for (const taker of this.takers) if (taker.room > 0) return false;
    return true;
  }

  /** Whether an entry can't be on its way to anybody. */
  isQuietFor(entry: SeenEntry): boolean {
    for (const taker of this.takers) if (taker.room > 0 && !taker.hasSeen(entry.returned ?? entry.came)) return false;
    return true;
  }

  /** The message that is delivered. */
  find(wanted: Wanted): Match | undefined {
    return findIn(this, wanted);
  }

  /** How many messages may be on their way to others, or were given to some that nobody sees. */
  roomElsewhere(channel: object, atMs: number, heard?: object): number {
    if (!this.isInSight && this.traits.exclusiveTo === undefined) return Number.POSITIVE_INFINITY;
    let room = this.lost ? this.#losses.room(atMs, heard) : 0;
    for (const taker of this.takers) if (taker.channel !== channel) room += taker.room;
    return room;
  }

  skipped(at: Sighting, match: Match, channel: object, endings: Endings): void {
    if (this.ready.first === match.entry) return;
    if (this.roomElsewhere(channel, at.at) === 0) skipped(this, at, match, endings);
  }

  settleReturned(at: Sighting, count: number, endings: Endings): void {
    if (!this.mayBeGivingBack(at.at)) lookedFor(this);
    if (this.isQuiet) return this.settleArrived(at, endings);
    // Where somebody would have taken it, nothing else waited. A quorum queue hands out what comes back before it drops any.
    if (this.isInSight && !this.traits.isQuorum && this.ready.size === count) dropHead(this, at, endings);
  }

  settleArrived(at: Sighting, endings: Endings): void {
    const isUntouched = this.isInSight && this.purges.size === 0 && !this.mayBeGivingBack(at.at);
    if (isUntouched && dropsHead(this) && this.isQuiet) dropHead(this, at, endings);
  }

  /** Where there are more than it has room for: some may have been dropped. */
  get overflowDoubt(): Doubt | undefined {
    return this.isInSight && excess(this) > 0 ? droppedPerhaps(this) : undefined;
  }

  /** Why one of these may be gone, though nobody was given it. */
  absenceOf(entries: readonly SeenEntry[]): Doubt | undefined {
    const purge = entries.map((entry) => this.purgeOf(entry)).find((one) => one);
    return this.overflowDoubt ?? (purge && purgedPerhaps(this, purge));
  }

  passed(taken: SeenEntry): void {
    for (const entry of droppable(this, 0)) passed(this, taken, entry);
  }

  isFull(entry: SeenEntry, atMs: number): Order {
    return wasFull(this, entry, atMs);
  }

  /** The server tells how many messages wait. */
  counted(told: Told, endings: Endings): void {
    counted(this, told, endings);
  }

  /** Whether somebody who is lost may take from it from now on who has not done so before. */
  mayBeginLate(atMs: number): boolean {
    return this.#losses.mayBegin(atMs);
  }

  /** What can be told to have left by now, though no frame shows it. */
  settle(at: Sighting, endings: Endings): void {
    if (!this.isInSight || this.ready.size === 0) return;
    if (this.hasDeadlines) expire(this, at, endings);
    if (this.traits.refuses !== 'no') refuse(this, at, endings);
    if (!dropsHead(this) || this.purges.size > 0) return;
    if (this.mayBeGivingBack(at.at)) doubtAll(this);
    else if (this.isQuiet) dropHead(this, at, endings);
    else doubtHead(this);
  }

  /** Whether an entry's time may be over by now, though it is not sure. */
  mayHaveExpired(entry: SeenEntry, atMs: number): boolean {
    const deadline = deadlineOf(entry);
    return deadline !== undefined && deadline.from <= atMs;
  }

  /** Whether somebody has asked to empty the queue, and may have done so since an entry came. */
  mayBePurged(entry: SeenEntry): boolean {
    return this.purgeOf(entry) !== undefined;
  }

  /** What may have emptied the queue since an entry came. */
  purgeOf({ came }: SeenEntry): Span | undefined {
    for (const purge of this.purges.keys()) if (isBefore(came, purge) !== 'no') return purge;
    return undefined;
  }

  /** It is followed no more, and may have been taken by a purge that is not answered. */
  perhapsPurged(entry: SeenEntry): void {
    const purge = this.purgeOf(entry);
    if (purge) this.#tookMore.add(purge);
  }

  /** Whether what a purge took need not be what is followed here: then its count does not tell. */
  mayHaveTakenMore(purge: Span): boolean {
    return this.#tookMore.has(purge);
  }

  /** It may have been here when the queue was emptied, though nothing had shown it. */
  mayHaveBeenEmptied({ came, returned }: SeenEntry): boolean {
    return this.emptied !== undefined && isBefore(this.emptied.by, returned ?? came) !== 'yes';
  }

  /** Whether an entry may have left by now, by the clock or because there were too many. */
  mayHaveLeft(entry: SeenEntry, atMs: number): boolean {
    return this.mayHaveExpired(entry, atMs) || excess(this) > 0 || this.mayBePurged(entry);
  }

  /** Whether an entry may have died here by now, other than as one of too many, though it is not sure. */
  mayHaveDied(entry: SeenEntry, atMs: number): boolean {
    const isDroppedPerhaps = entry.doubt?.unknown.code === 'MAY_BE_DROPPED';
    const isRefused = this.traits.refuses === 'and dead-letters' && mayBeRefused(entry);
    return isRefused || isDroppedPerhaps || this.mayHaveExpired(entry, atMs) || mayBeOverLimit(entry);
  }

  /** Whether it has gone, or may have: deleted, or with its last consumer. */
  get mayHaveGone(): boolean {
    return this.gone !== undefined || this.perhapsGone !== undefined || this.mayEnd.size > 0;
  }

  /** Whether its last consumer may have ended, and it with that, though nothing has shown it yet. */
  get mayGoWithConsumers(): boolean {
    if (!this.traits.autoDelete || !this.isInSight) return false;
    const all = [...this.takers];
    return all.some(({ mayHaveEnded }) => mayHaveEnded) && !all.some(({ keepsQueue }) => keepsQueue);
  }

  /** Whether nobody may have used it for so long that it is gone (x-expires). */
  mayBeUnused(atMs: number, but?: Taker): boolean {
    const { expiresMs } = this.traits;
    if (expiresMs === undefined) return false;
    const others = [...this.takers].filter((one) => one !== but);
    return this.lastUse.mayBeOver(expiresMs, atMs, Math.max(...others.map((one) => one.usesUntil(atMs))));
  }

  /** Whether that was so since then, in ms of the run, when it was used once more. */
  wasPerhapsUnused(sinceMs: number): boolean {
    return this.#perhapsUnusedAt >= sinceMs;
  }

  /** Somebody used it by then, or begins to take from it, as was asked in `span`. Where it may have gone just before that, so may what was in it. */
  used(atMs: number, span: Span, by?: Taker): void {
    if (this.mayBeUnused(atMs, by)) {
      this.doubtUse(span);
      this.#perhapsUnusedAt = atMs;
    }
    this.lastUse.at(span.atMs ?? 0, atMs);
  }

  /** Nobody may have used it for so long that what was in it before went with it. */
  doubtUse(before?: Span): void {
    for (const entry of this.ready) {
      if (!before || isBefore(before, entry.came) !== 'yes') this.doubt(entry, unusedPerhaps(this));
    }
  }

  /** Somebody who takes from it is lost. */
  loses(taker: LostTaker): void {
    this.lost = taker;
    this.#losses.add(taker);
  }

  /** The server has heard of all who are lost. */
  heardAll(): void {
    this.lost = undefined;
    this.#losses.heardAll();
  }

  /** All of these had waited when somebody asked for what is here, and one of them is what that one was given. */
  waited({ entry, among }: Match, asked: Span): void {
    if (!this.lost || asked.atMs === undefined) return;
    for (const { came, returned } of [entry, ...among]) if (isBefore(returned ?? came, asked) !== 'yes') return;
    if (!this.#losses.heardBefore(asked.atMs)) this.lost = undefined;
  }

  mayGoToLost(entry: SeenEntry, atMs: number, giver?: object): void {
    if (this.mayBeGivingBack(atMs)) this.#losses.mayTake(this, entry, atMs, giver);
  }

  /** A connection was lost just now: what its client held, or was about to be given, may be coming back in any order. */
  mayBeGivingBack(atMs: number): boolean {
    return this.lost !== undefined && atMs - this.lost.atMs < HEARD_MS;
  }

  /** An entry is no longer here and nobody was given it: what the queue was declared with tells why. */
  left(at: Sighting, entry: SeenEntry, endings: Endings): void {
    left(this, at, entry, endings);
  }
}
