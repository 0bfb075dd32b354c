/** A channel as the wire shows it: what was asked on it, who consumes, and what was delivered and not settled. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { Origin, SeenEntry } from '../queues/entry.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { isBefore, type Order, type Span, wasMissing } from '../span.ts';
import type { Publish } from './publish.ts';
import { Pending, type Request } from './request.ts';
import { Taking } from './taking.ts';

/** The most requests of a channel that are looked at to know whether it may have failed. */
const LOOKED_AT = 64;

/** A delivery that waits for its ack. */
export interface Held {
  readonly entry: SeenEntry;
  readonly tag: number;
  /** Undefined for what was got by basic.get. */
  readonly consumer: SeenConsumer | undefined;
  /** It may have come to somebody who needs no ack. */
  readonly mayNeedNoAck?: boolean;
  /** It may also have come from another queue of that name. */
  readonly isOfEither?: boolean;
}

export class SeenConsumer extends Taking<SeenQueue> {
  readonly channel: SeenChannel;
  readonly noAck: boolean;
  /** How many messages it may hold unacked; 0 is any number. */
  readonly prefetch: number;
  unacked = 0;
  /** What it has settled and may still count as unacked to the server. */
  readonly #settling = new Deque<Request & Origin>();

  /** It is to be the only one. */
  readonly isExclusive: boolean;
  /** It has been asked to go. */
  isLeaving = false;
  /** When it went, though what it was given before may still be on its way. */
  ended: Span | undefined;

  constructor(
    channel: SeenChannel,
    queue: SeenQueue,
    noAck: boolean,
    prefetch: number,
    request: Request,
    isExclusive = false,
  ) {
    super(queue, request);
    this.isExclusive = isExclusive;
    this.channel = channel;
    this.noAck = noAck;
    this.prefetch = prefetch;
  }

  /** It says what becomes of one of its deliveries. */
  settles(request: Request & Origin): void {
    this.unacked--;
    if (this.prefetch > 0) this.#settling.push(request);
  }

  /** It is given another one. The server must have read as many acks as that takes. */
  given(at: Sighting): void {
    this.unacked++;
    while (this.prefetch > 0 && this.unacked + this.#settling.length > this.prefetch) {
      const oldest = this.#settling.shift();
      if (!oldest) return;
      oldest.proven(at);
    }
  }

  /** The server has agreed. */
  began({ at }: Sighting): void {
    for (const queue of this.queues) {
      queue.hadConsumer = true;
      queue.used(at, this.request.span, this);
    }
  }

  /** Whether its queue may not have been there when the server was asked for it. */
  get mayLackQueue(): Order {
    return this.queue.perhapsGone ? 'maybe' : wasMissing(this.queue, this.request.span);
  }

  get room(): number {
    if (this.noAck) return Number.POSITIVE_INFINITY;
    const own = this.prefetch === 0 ? Number.POSITIVE_INFINITY : this.prefetch - this.unacked;
    const { limit } = this.channel;
    const all = limit === 0 ? Number.POSITIVE_INFINITY : limit - this.channel.unacked.size;
    return Math.max(0, Math.min(own, all));
  }

  /** Whether its queue may go, and it with that. */
  get mayLoseQueue(): boolean {
    return this.queue.mayHaveGone || !this.queue.isInSight;
  }

  /** Whether its queue is surely in use. */
  get keepsQueue(): boolean {
    return this.stays && this.request.span.to !== Number.POSITIVE_INFINITY;
  }

  /** Whether nothing that is under way can have ended it. */
  get stays(): boolean {
    return !this.isLeaving && !this.channel.goodbye && this.channel.pending.mayFailAt === undefined;
  }

  get mayHaveEnded(): boolean {
    const { pending } = this.channel;
    // What stands behind an error has never begun.
    return pending.size <= LOOKED_AT && !this.stays && !pending.isBehindError(this.request);
  }

  usesUntil(nowMs: number): number {
    const { goodbye, pending } = this.channel;
    if (this.request.span.to === Number.POSITIVE_INFINITY || goodbye || this.isLeaving) return 0;
    return pending.mayFailAt ?? nowMs;
  }

  hasSeen(came: Span): boolean {
    if (this.ended && isBefore(this.ended, came) === 'yes') return true;
    const { proven } = this.channel.pending;
    // What a channel asks for once more comes only behind the answer, which tells of the same frame.
    if (proven && came.by === proven.by && came.from < proven.from && proven.from - came.from < 1) return false;
    return proven !== undefined && isBefore(came, proven) === 'yes' && isBefore(this.request.span, proven) === 'yes';
  }
}

/** A basic.get that is not answered yet. */
export class Get extends Taking {
  readonly channel: SeenChannel;
  readonly noAck: boolean;
  readonly room = 1;

  constructor(channel: SeenChannel, queue: SeenQueue | undefined, noAck: boolean, request: Request) {
    super(queue, request);
    this.channel = channel;
    this.noAck = noAck;
  }

  /** The queue was declared by somebody else meanwhile. */
  mayTakeFrom(queue: SeenQueue): void {
    this.queue = queue;
    queue.takers.add(this);
  }

  hasSeen(_came: Span): boolean {
    return false;
  }

  usesUntil(): number {
    return 0;
  }

  override leave(): boolean {
    const index = this.channel.gets.indexOf(this);
    if (index >= 0) this.channel.gets.splice(index, 1);
    return super.leave();
  }
}

/** What waits for a transaction's commit. */
export interface Transaction {
  readonly publishes: Publish[];
  readonly settled: {
    readonly held: readonly Held[];
    readonly how: 'ack' | 'requeue' | 'reject';
    readonly method: string;
  }[];
}

/** Requests that only free memory when they are proven are not waited for any longer than this many others. */
const UNPROVEN = 2_000;

export class SeenChannel {
  readonly peer: string;
  readonly connection: number;
  readonly pending = new Pending();
  readonly consumers = new Map<string, SeenConsumer>();
  readonly gets: Get[] = [];
  /** By delivery tag, in order. */
  readonly unacked = new Map<number, Held>();
  /** What came from streams, by delivery tag, until it is acked: that takes nothing out, and brings more. */
  readonly reading = new Map<number, SeenEntry>();
  /** By the number that confirms have. */
  readonly unconfirmed = new Map<number, Publish>();
  /** Mandatory publishes that may come back, in order. */
  readonly mandatory: Publish[] = [];
  /** What consumers get from here on. */
  prefetch = 0;
  /** The limit of the whole channel; 0 is none. */
  limit = 0;
  confirms = false;
  published = 0;
  transaction: Transaction | undefined;
  /** The queue that an empty queue name stands for. AMQP 0-9-1 §1.7.2.1 */
  lastQueue = '';
  /** Once its client has said goodbye: why what it holds comes back. */
  goodbye: Statement | undefined;
  /** It was asked to give back all that it holds, and what it was handed before that may still be on its way. */
  recovering: Request | undefined;
  /** What it was handed before that, though that was asked for already: it goes back with the rest. */
  readonly recovered = new Set<Held>();
  /** What it was handed again meanwhile: before that, or because of it. */
  readonly perhapsRecovered = new Set<Held>();
  /** Behind the last frame of its client, and all that this asked for. */
  seenAt = 0;
  /** Where it gets direct replies, where it does. */
  replies: SeenQueue | undefined;
  /** Where it waits for replies, by what the requests are known by. */
  readonly asking = new Map<string, SeenQueue>();
  /** The server has ended it, and reads nothing on it until the client agrees. */
  hasFailed = false;
  #asked = 0;

  constructor(peer: string, connection: number) {
    this.peer = peer;
    this.connection = connection;
  }

  /** Its client asks for something, or for several things at once. */
  sees({ seq }: Sighting): void {
    this.seenAt = seq + 1 / 2;
  }

  /** When something that is asked now is carried out: after all that was asked before. */
  span(at: Sighting): Span {
    this.#asked = at.seq > this.#asked ? at.seq : this.#asked + WITHIN_A_FRAME;
    return { by: this, from: this.#asked, to: Number.POSITIVE_INFINITY, atMs: at.at };
  }

  /** It is delivered at `at`, or held again: what settled it did not happen. */
  hold(held: Held, at?: Sighting): void {
    this.unacked.set(held.tag, held);
    if (!held.consumer) return;
    if (at) held.consumer.given(at);
    else held.consumer.unacked++;
  }

  /** What is not committed when a channel ends never is: it holds what it settled. */
  giveUpTransaction(): void {
    const settled = this.transaction?.settled.splice(0) ?? [];
    for (const { held } of settled) for (const one of held) this.unacked.set(one.tag, one);
  }

  /** What it holds, in the order in which that was delivered. */
  get held(): readonly Held[] {
    const settled = this.transaction?.settled.flatMap(({ held }) => held) ?? [];
    return [...this.unacked.values(), ...settled].sort((one, other) => one.tag - other.tag);
  }

  /** Deliveries of messages that are no longer followed need not be remembered. */
  forgetHeld(): void {
    for (const { tag, entry } of this.unacked.values()) {
      if (entry.message.places.length > 0) return;
      this.unacked.delete(tag);
    }
  }

  /** An ack that nothing proves is taken for carried out once so much followed it: else it would be kept for ever. */
  presume(at: Sighting): void {
    if (this.pending.size > UNPROVEN)
      this.pending.presume(at, (one) => one.isOver === true || SETTLING.has(one.method));
  }
}

/** Several things may be asked by one frame, in their order. */
const WITHIN_A_FRAME = 2 ** -20;
const SETTLING = new Set(['basic.ack', 'basic.nack', 'basic.reject', 'ACK', 'NACK']);

/** What an ack, nack or reject of this tag is about; tag 0 with `multiple` means all. */
export function take({ unacked }: SeenChannel, tag: number, multiple: boolean): Held[] {
  return upTo(unacked, tag, multiple);
}

/** The same, of what came from streams. */
export function takeRead({ reading }: SeenChannel, tag: number, multiple: boolean): SeenEntry[] {
  return upTo(reading, tag, multiple);
}

function upTo<T>(byTag: Map<number, T>, tag: number, multiple: boolean): T[] {
  if (!multiple) {
    const one = byTag.get(tag);
    return one !== undefined && byTag.delete(tag) ? [one] : [];
  }
  const taken: T[] = [];
  for (const [key, one] of byTag) {
    if (tag !== 0 && key > tag) break;
    taken.push(one);
    byTag.delete(key);
  }
  return taken;
}
