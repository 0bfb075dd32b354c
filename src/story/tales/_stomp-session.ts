/** A STOMP session: a channel of the broker whose requests are answered by receipts, if at all. */

import { obtain } from '../../core/collections/maps.ts';
import type { Statement } from '../../core/statements/index.ts';
import { REPLY_CODES } from '../../protocols/amqp/faults.ts';
import { SeenChannel } from '../broker/channels/channel.ts';
import type { Publish } from '../broker/channels/publish.ts';
import { failAt, type Request } from '../broker/channels/request.ts';
import type { SeenQueue } from '../broker/queues/queue.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import { Subscriptions } from './_stomp-subscriptions.ts';

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
}

/** The most receipts that are waited for, and deliveries whose ids are known. */
const KEPT = 10_000;

/** What is asked for under one id of a receipt, and how many of its receipts came of which nothing tells what they answer. */
interface Receipts {
  readonly asked: Asked[];
  came: number;
}

const newReceipts = (): Receipts => ({ asked: [], came: 0 });

export class SeenStompSession extends SeenChannel {
  readonly subscriptions = new Subscriptions();
  readonly transactions = new Map<string, StompTransaction>();
  /** What is asked for by the id of its receipt, which may be used again. */
  readonly #receipts = new Map<string, Receipts>();
  /** Deliveries by what an ACK calls them. */
  readonly deliveries = new Map<string, Delivery>();
  /** The names of consumers that the server has ended by itself. */
  readonly cancelled = new Set<string>();
  /** The queues that this session has declared because they were sent or subscribed to. */
  readonly declared = new Set<string>();
  /** The id that an ACK or NACK names. */
  readonly settling = new WeakMap<Request, string>();
  /** The queues behind temporary names. */
  readonly temporary = new Map<string, SeenQueue>();
  delivered = 0;
  /** What the server has complained of, where that ends the session. */
  error: string | undefined;
  /** A message that asks for an ack says so, by a header `ack`. STOMP 1.2, MESSAGE */
  namesAcks = false;
  /** The client has said goodbye. */
  hasLeft = false;

  expectReceipt(id: string | undefined, asked: Asked): void {
    if (id === undefined) return;
    const receipts = obtain(this.#receipts, id, newReceipts);
    receipts.asked.push(asked);
    if (receipts.asked.length > KEPT) receipts.asked.shift();
    forgetOldest(this.#receipts);
  }

  /**
   * What is answered once a receipt of this id has come: nothing where it may answer one or the other, and all of them
   * with the last.
   */
  received(id: string): readonly Asked[] {
    const receipts = this.#receipts.get(id);
    if (!receipts) return [];
    const { asked } = receipts;
    const isLast = ++receipts.came === asked.length;
    if (isLast) this.#receipts.delete(id);
    if (isLast || receipts.came > 1 || !areAnsweredInTurn(asked)) return isLast ? asked : [];
    receipts.came = 0;
    return asked.splice(0, 1);
  }

  /** The server has refused it, so no receipt will come. */
  #refused(request: Request): void {
    for (const [id, { asked }] of this.#receipts) {
      const index = asked.findIndex((one) => one.request === request);
      if (index < 0) continue;
      asked.splice(index, 1);
      if (asked.length === 0) this.#receipts.delete(id);
      return;
    }
  }

  /** Gives a delivery its number, under the id that an ACK will call it by. */
  numberOf(ackId: string, subscription: string): number {
    const tag = ++this.delivered;
    this.deliveries.set(ackId, { tag, subscription });
    forgetOldest(this.deliveries);
    return tag;
  }

  /** Asks for something; the server may answer with a receipt. */
  ask(request: Request, receipt: string | undefined, of: string, publish?: Publish): void {
    this.pending.push(request);
    this.expectReceipt(receipt, { request, publish, of });
  }

  /** The server complains. An error of the broker, or an id that is taken, ends the session; another one does not. */
  complain(at: Sighting, title: string, text: string): void {
    const itself: Statement = { code: 'DISCARDED_STOMP_ERROR', values: { text } };
    if (ENDING.has(title)) {
      this.error = text;
      const behind: Statement = { code: 'DISCARDED_BEHIND_STOMP_ERROR', values: { text } };
      const waiting = this.pending.drain();
      const isDeclared = ({ isDeclaration, names }: Request): boolean =>
        isDeclaration === true && names.some((name) => text.includes(`'${name}'`));
      const isOfDeclaration = DECLARATION_REFUSED.test(text) && waiting.some(isDeclared);
      const isAbout = (one: Request): boolean => one.endsSession === true && (!isOfDeclaration || isDeclared(one));
      const maybe: Statement = { code: 'UNREAD', values: {} };
      failAt(at, waiting, { isAbout, text, itself, behind, maybe });
      return;
    }
    const unheard = this.pending.unheard.shift();
    if (unheard) {
      this.#refused(unheard);
      return unheard.undone(at, itself);
    }
    const waiting = this.pending.all.filter(({ endsSession }) => !endsSession);
    const likely = title === NOT_HELD ? this.#settling(text) : waiting.length === 1 ? waiting[0] : undefined;
    const culprit = waiting.find((one) => one.refused() === 'yes') ?? likely;
    if (!culprit) return;
    this.#refused(culprit);
    this.pending.refused(at, culprit, itself);
  }

  /** The ACK or NACK that a text names, of a delivery whose subscription the server has ended. */
  #settling(text: string): Request | undefined {
    return this.pending.all.find((one) => {
      const id = this.settling.get(one);
      const subscription = id === undefined ? undefined : this.deliveries.get(id)?.subscription;
      return subscription !== undefined && this.cancelled.has(subscription) && text.includes(`"${id}"`);
    });
  }
}

/** What is told of an ACK or NACK whose subscription the server has ended meanwhile. */
const NOT_HELD = 'Subscription not found';
/** What is told of a queue that is there already, otherwise than it is declared. */
const DECLARATION_REFUSED = /inequivalent arg/;
/** The titles of errors that end a session. */
const ENDING: ReadonlySet<string> = new Set([
  'Duplicated subscription identifier',
  ...Object.values(REPLY_CODES).map((name) => name.toLowerCase()),
]);

/** A SEND is answered once its queue has taken it, and anything else at once. */
function areAnsweredInTurn([first, ...others]: readonly Asked[]): boolean {
  return others.every(({ publish }) => publish?.place === first?.publish?.place);
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.size > KEPT ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
