/** An ack, a nack or a reject, from when it is seen until it is known whether the server carried it out. */
import type { Statement } from '../../../core/statements/index.ts';
import { REACHED, type Sighting } from '../../ledger/index.ts';
import type { Missing } from '../messages/out-of-sight.ts';
import type { Unproven } from '../messages/unproven.ts';
import { ackedPerhaps, routeDoubt, sentOn } from '../queues/doubts.ts';
import { type Doubt, type Home, hasOne, isAtLimit, type Origin, type SeenEntry } from '../queues/entry.ts';
import { isBefore, type Order, partOf, type Span } from '../span.ts';
import type { Onward, World } from '../world.ts';
import type { Held, SeenChannel } from './channel.ts';
import type { Request } from './request.ts';

export type How = 'ack' | 'requeue' | 'reject';

/** What follows as soon as messages are given back or rejected. */
class Aftermath {
  readonly onward = new Map<SeenEntry, Onward & { readonly span: Span }>();
  /** Those that come back too often, which is told when they have. */
  readonly limited = new Map<SeenEntry, Span>();
  /** Those whose queue was gone already. */
  readonly went: SeenEntry[] = [];
  /** What is rejected, as long as it may go elsewhere than was thought. */
  readonly unproven: Unproven[] = [];
  /** What is rejected where a policy may send it on. */
  readonly expected: Missing[] = [];
}

/** Of an ack. */
const NOTHING = new Aftermath();

export class Settle implements Request, Origin {
  readonly span: Span;
  readonly method: string;
  readonly names: readonly string[] = [];
  readonly endsSession = true;
  readonly #world: World;
  readonly #channel: SeenChannel;
  readonly held: readonly Held[];
  readonly #how: How;
  readonly #isUnknownTag: boolean;
  readonly #after: Aftermath;
  #generation = -1;
  /** The server never gets to it, as far as is known: nothing has followed from it. */
  #isBehindError = false;
  unit: object | undefined;
  /** Tells it when it is carried out, where that is not told at once: at a transaction's commit. */
  tell: ((at: Sighting, held: readonly Held[]) => void) | undefined;

  constructor(
    world: World,
    channel: SeenChannel,
    method: string,
    held: readonly Held[],
    how: How,
    span: Span,
    known: boolean,
  ) {
    this.#world = world;
    this.#channel = channel;
    this.method = method;
    this.held = held;
    this.#how = how;
    this.#after = how === 'ack' ? NOTHING : new Aftermath();
    this.span = span;
    this.#isUnknownTag = !known;
  }

  /** Nothing is held under that tag. https://www.rabbitmq.com/docs/confirms#consumer-acks-double-acking */
  refused(): Order {
    return this.#isUnknownTag ? 'yes' : 'no';
  }

  /** What follows at once, as far as nothing undoes it: nothing where it stands behind an error. */
  send(at: Sighting): void {
    if (this.#channel.pending.isBehindError(this)) this.#isBehindError = true;
    else this.#takeEffect(at);
  }

  /** It stood behind an error that need be none by what is known now. Returns whether that is so. */
  mayTakeEffect(at: Sighting): boolean {
    if (!this.#isBehindError || this.#channel.pending.isBehindError(this)) return false;
    this.#takeEffect(at);
    return true;
  }

  /** What is given back is waiting again, what is rejected goes on. */
  #takeEffect(at: Sighting): void {
    const { departures, own } = this.#world;
    this.#isBehindError = false;
    if (this.#how === 'ack') return;
    for (const [index, { entry }] of this.held.entries()) {
      const span = partOf(this.span, index);
      if (this.#how === 'requeue' && this.#world.backToNext(at, entry, span)) continue;
      if (entry.queue.why) {
        this.#after.went.push(entry);
        continue;
      }
      if (this.#how === 'requeue' && isAtLimit(entry)) this.#after.limited.set(entry, span);
      else if (this.#how === 'requeue') this.#world.giveBack(at, entry, span, 'given back');
      else if (!own) this.#expect(entry);
      else this.#after.onward.set(entry, { ...departures.die(at, entry, 'rejected', span, this), span });
    }
    this.#generation = this.#world.topology.generation;
    for (const { dead } of this.#after.onward.values()) {
      if (!dead) continue;
      const one = { publication: dead, lookAgain: (then: Sighting) => this.#settleRoutes(then) };
      this.#world.unproven.add(one, this.#generation);
      this.#after.unproven.push(one);
    }
  }

  /** Looks again where what is rejected goes, where exchanges, queues or bindings changed since that was asked. */
  #settleRoutes(at: Sighting): void {
    const { departures, topology } = this.#world;
    if (topology.generation === this.#generation) return;
    this.#generation = topology.generation;
    for (const [entry, { entries, span }] of this.#after.onward) {
      this.#after.onward.set(entry, { ...departures.die(at, entry, 'rejected', span, this, entries), span });
    }
  }

  #forgetRoutes(): void {
    for (const one of this.#after.unproven.splice(0)) this.#world.unproven.delete(one);
  }

  /** Whether it gives back a message of this body and these properties that comes back to its queue too often. */
  returns(queue: string, identity: string): boolean {
    return hasOne(this.#after.limited.keys(), queue, identity);
  }

  proven(at: Sighting): void {
    this.#channel.pending.carriedOut(at, this, false);
  }

  done(at: Sighting): void {
    if (this.#isBehindError) this.#takeEffect(at);
    this.tell?.(
      at,
      this.held.filter(({ entry }) => !this.#mayComeToNothing(entry)),
    );
    this.#settleRoutes(at);
    this.#forgetRoutes();
    for (const [entry, span] of this.#after.limited) this.#world.giveBack(at, entry, span, 'given back');
    if (this.#how === 'requeue') {
      for (const entry of this.#after.went) this.#world.wentWithQueue(at, entry);
      this.#settleReturned(at);
    }
    for (const { entry } of this.held) {
      if (this.#how === 'ack') this.#world.leave(entry, REACHED);
      else if (this.#how === 'reject') this.#rejected(at, entry);
    }
  }

  /** What is given back to a queue that is gone is in no queue again, and what is rejected from one goes nowhere. */
  #mayComeToNothing({ queue: { gone } }: SeenEntry): boolean {
    return this.#how !== 'ack' && gone !== undefined && isBefore(gone, this.span) !== 'no';
  }

  /** What was given back at once is dropped from a queue that has no room for it before anybody is given it again. */
  #settleReturned(at: Sighting): void {
    const counts = new Map<Home, number>();
    for (const { entry } of this.held) {
      this.#world.changed(entry.queue);
      if (entry.isReady) counts.set(entry.queue, (counts.get(entry.queue) ?? 0) + 1);
    }
    for (const [queue, count] of counts) queue.settleReturned(at, count, this.#world.departures);
  }

  /** The server did not read it: what was delivered is held as it was. */
  undone(): void {
    this.#withdraw();
    for (const held of this.held) {
      const { limited, went } = this.#after;
      const isBack =
        !this.#isBehindError && this.#how === 'requeue' && !limited.has(held.entry) && !went.includes(held.entry);
      const entry = isBack ? backIn(held.entry) : held.entry;
      if (!entry) continue;
      if (isBack) {
        entry.queue.take(entry);
        entry.returns--;
      }
      this.#channel.hold({ ...held, entry });
    }
  }

  lost(at: Sighting, why: Statement): void {
    if (this.#isBehindError) this.#takeEffect(at);
    this.#settleRoutes(at);
    this.#forgetRoutes();
    // What is given back comes back, whether the server reads that or not.
    if (this.#how === 'requeue') this.#world.happensLate(at, this.span);
    for (const { entry } of this.held) {
      if (this.#after.went.includes(entry)) {
        this.#world.wentWithQueue(at, entry);
        continue;
      }
      if (this.#how === 'requeue') {
        const span = this.#after.limited.get(entry);
        if (span) this.#world.perhapsBack(entry, span, { unknown: why, absent: { kind: 'unknown', reason: why } });
        continue;
      }
      if (this.#how === 'ack' && !this.tell) {
        // Somebody took it, whether it is back in its queue or not.
        this.#world.ledger.enter(entry.message, entry.queue);
        this.#world.perhapsBack(entry, this.span, ackedPerhaps(entry.queue));
        this.#world.leave(entry, REACHED);
      } else {
        this.#world.perhapsBack(entry, this.span, this.#unread(entry, why));
      }
    }
    for (const { entries } of this.#after.onward.values()) {
      for (const entry of entries) {
        entry.queue.doubtAsOneOf(entry, { unknown: why, absent: { kind: 'unknown', reason: why } });
        entry.origin = undefined;
      }
    }
  }

  /** Where nothing shows that it was read, that is said of it, and not of its message: that was read long ago. */
  #unread({ queue: { name: queue } }: SeenEntry, why: Statement): Doubt {
    const code = this.#how === 'ack' ? 'ACK_MAY_BE_UNREAD' : 'REJECT_MAY_BE_UNREAD';
    const unknown: Statement = why.code === 'UNREAD' ? { code, values: { queue } } : why;
    return { unknown, absent: { kind: 'unknown', reason: unknown } };
  }

  #rejected(at: Sighting, entry: SeenEntry): void {
    const { departures, own } = this.#world;
    const queue = entry.queue.name;
    if (this.#after.went.includes(entry)) return this.#world.wentWithQueue(at, entry);
    if (!own) return this.#world.leave(entry, undefined);
    const onward = this.#after.onward.get(entry);
    for (const next of onward?.entries ?? []) {
      next.origin = undefined;
      if (this.#mayComeToNothing(entry)) next.queue.doubt(next, routeDoubt(next.queue));
      if (next.deadline) next.deadline.to = Math.min(next.deadline.to, at.at + next.deadline.ttlMs);
      this.#world.changed(next.queue);
    }
    if (onward && !this.#mayComeToNothing(entry)) departures.tellOnward(at, entry, 'rejected', onward);
    const code = onward?.dead ? 'REJECTED_IN_QUEUE' : 'REJECTED_NO_DEAD_LETTER';
    const reason: Statement = onward?.end?.reason ?? { code, values: { queue } };
    this.#world.leave(entry, { kind: 'ended', stage: 'rejected', reason });
  }

  /** It may turn up where others had it sent. */
  #expect({ message, publication, queue }: SeenEntry): void {
    const reason = sentOn(queue, publication.routingKey);
    this.#after.expected.push(this.#world.expect(message, publication, queue.name, reason));
  }

  #withdraw(): void {
    this.#forgetRoutes();
    for (const one of this.#after.expected.splice(0)) this.#world.unexpect(one);
    for (const { entries } of this.#after.onward.values()) {
      for (const entry of entries) {
        entry.queue.take(entry);
        this.#world.leave(entry, undefined);
      }
    }
  }
}

/** What is back in its queue: one that can't be told from it, where it was handed out again itself, if there is one. */
function backIn(entry: SeenEntry): SeenEntry | undefined {
  if (entry.isReady) return entry;
  if (!entry.twins) return undefined;
  return [...entry.queue.ready.of(entry.publication.key)].find(({ twins }) => twins !== undefined);
}
