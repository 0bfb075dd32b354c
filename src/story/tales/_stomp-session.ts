/** A STOMP session: a channel of the broker whose requests are answered by receipts, if at all. */

import type { Statement } from '../../core/statements/index.ts';
import { SeenChannel, type SeenConsumer } from '../broker/channels/channel.ts';
import type { Publish } from '../broker/channels/publish.ts';
import type { Request } from '../broker/channels/request.ts';
import type { SeenQueue } from '../broker/queues/queue.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';

/** What a subscription was made with. */
export interface Subscription {
  readonly consumer: SeenConsumer;
  readonly destination: string;
  readonly ack: 'auto' | 'client' | 'client-individual';
}

/** What a receipt was asked for. */
export interface Asked {
  readonly request: Request;
  /** Undefined where it is no SEND. */
  readonly publish: Publish | undefined;
  /** The command and where it leads, for the trace. */
  readonly of: string;
}

/** What waits for a COMMIT. */
export interface StompTransaction {
  readonly sends: Publish[];
  /** How many ACKs and NACKs belong to it: what they name is held as before until then. */
  acks: number;
  /** What its COMMIT does, in the order in which it was asked. */
  readonly actions: ((committed: SeenFrame) => void)[];
}

interface Delivery {
  /** Its number. */
  readonly tag: number;
  /** The name of the consumer. */
  readonly subscription: string;
  /** An ACK of it is one of all before it, too. */
  readonly isCumulative: boolean;
}

/** The most receipts that are waited for, and deliveries whose ids are known. */
const KEPT = 10_000;

export class SeenStompSession extends SeenChannel {
  /** By the name that RabbitMQ gives their consumers: `T_` and the id, or `Q_` and the destination. */
  readonly subscriptions = new Map<string, Subscription>();
  /** Those that were asked to end, and of which that is not proven: their ids may be used anew. */
  readonly leaving = new Set<string>();
  /** Starts subscriptions to queues that were not there when they were asked for. */
  readonly late = new Map<string, () => void>();
  readonly transactions = new Map<string, StompTransaction>();
  readonly receipts = new Map<string, Asked>();
  /** Deliveries by what an ACK calls them. */
  readonly deliveries = new Map<string, Delivery>();
  /** The queues that this session has declared because they were sent or subscribed to. */
  readonly declared = new Set<string>();
  /** The queues behind temporary names. */
  readonly temporary = new Map<string, SeenQueue>();
  delivered = 0;
  /** What the server has complained of, where that ends the session. */
  error: string | undefined;
  /** The client has said goodbye. */
  hasLeft = false;

  /** Whether the server knows a subscription when it reads what is said now. */
  isSubscribed(name: string): boolean {
    return this.subscriptions.has(name) && !this.leaving.has(name);
  }

  expectReceipt(id: string | undefined, asked: Asked): void {
    if (id === undefined) return;
    this.receipts.set(id, asked);
    forgetOldest(this.receipts);
  }

  /** Gives a delivery its number, under the id that an ACK will call it by. */
  numberOf(ackId: string, subscription: string, isCumulative: boolean): number {
    const tag = ++this.delivered;
    this.deliveries.set(ackId, { tag, subscription, isCumulative });
    forgetOldest(this.deliveries);
    return tag;
  }

  /** Asks for something; the server may answer with a receipt. */
  ask(request: Request, receipt: string | undefined, of: string, publish?: Publish): void {
    this.pending.push(request);
    this.expectReceipt(receipt, { request, publish, of });
  }

  /** The server complains: about the first that it can't but refuse, or about the only one that waits. */
  complain(at: Sighting, text: string): void {
    const why: Statement = { code: 'DISCARDED_STOMP_ERROR', values: { text } };
    const unheard = this.pending.unheard.shift();
    if (unheard) return unheard.undone(at, why);
    const waiting = this.pending.all;
    const culprit = waiting.find((one) => one.refused() === 'yes') ?? (waiting.length === 1 ? waiting[0] : undefined);
    if (culprit?.endsSession) this.error = text;
    if (culprit) this.pending.refused(at, culprit, why);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.size > KEPT ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
