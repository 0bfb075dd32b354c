/** A channel as the wire shows it: what was asked on it, who consumes, and what was delivered and not settled. */
import type { Sighting } from '../ledger/index.ts';
import type { Entry } from './entry.ts';
import type { Publish } from './publish.ts';
import type { Queue, Taker } from './queue.ts';
import { Pending, type Request } from './request.ts';
import type { Span } from './span.ts';

/** A delivery that waits for its ack. */
export interface Held {
  readonly entry: Entry;
  readonly tag: number;
  /** Undefined for what was got by basic.get. */
  readonly consumer: Consumer | undefined;
  /** The message may be another than it is told to be. */
  readonly among: readonly Entry[];
}

export class Consumer implements Taker {
  readonly channel: Channel;
  readonly queue: Queue;
  readonly noAck: boolean;
  /** How many messages it may hold unacked; 0 is any number. */
  readonly prefetch: number;
  unacked = 0;

  constructor(channel: Channel, queue: Queue, noAck: boolean, prefetch: number) {
    this.channel = channel;
    this.queue = queue;
    this.noAck = noAck;
    this.prefetch = prefetch;
  }

  get room(): number {
    if (this.noAck) return Number.POSITIVE_INFINITY;
    const own = this.prefetch === 0 ? Number.POSITIVE_INFINITY : this.prefetch - this.unacked;
    const { limit } = this.channel;
    const all = limit === 0 ? Number.POSITIVE_INFINITY : limit - this.channel.unacked.size;
    return Math.max(0, Math.min(own, all));
  }
}

/** A basic.get that is not answered yet. */
export class Get implements Taker {
  readonly channel: Channel;
  readonly queue: Queue | undefined;
  readonly noAck: boolean;
  readonly request: Request;
  readonly room = 1;

  constructor(channel: Channel, queue: Queue | undefined, noAck: boolean, request: Request) {
    this.channel = channel;
    this.queue = queue;
    this.noAck = noAck;
    this.request = request;
    queue?.takers.add(this);
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

export class Channel {
  readonly peer: string;
  readonly connection: number;
  readonly pending = new Pending();
  readonly consumers = new Map<string, Consumer>();
  readonly gets: Get[] = [];
  /** By delivery tag, in order. */
  readonly unacked = new Map<number, Held>();
  /** By the number that confirms have. */
  readonly unconfirmed = new Map<number, Publish>();
  /** What consumers get from here on. */
  prefetch = 0;
  /** The limit of the whole channel; 0 is none. */
  limit = 0;
  confirms = false;
  published = 0;
  transaction: Transaction | undefined;
  /** The queue that an empty queue name stands for. AMQP 0-9-1 §1.7.2.1 */
  lastQueue = '';
  /** The last frame of its client. */
  seenAt = 0;
  /** Where it gets direct replies, where it does. */
  replies: Queue | undefined;
  /** What the requests are known by that it waits for a reply to. */
  readonly asking = new Set<string>();
  /** The server has ended it, and reads nothing on it until the client agrees. */
  hasFailed = false;

  constructor(peer: string, connection: number) {
    this.peer = peer;
    this.connection = connection;
  }

  span(at: Sighting): Span {
    return { by: this, from: at.seq, to: Number.POSITIVE_INFINITY };
  }

  /** An ack that nothing proves is taken for carried out once so much followed it: else it would be kept for ever. */
  presume(at: Sighting): void {
    if (this.pending.size > UNPROVEN) this.pending.presume(at, ({ method }) => SETTLING.has(method));
  }
}

const SETTLING = new Set(['basic.ack', 'basic.nack', 'basic.reject', 'ACK', 'NACK']);
