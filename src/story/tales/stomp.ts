/** Follows messages through STOMP: SEND, MESSAGE, ACK, RECEIPT, and who subscribes to what. */
import { obtain } from '../../core/maps.ts';
import { topicMatches } from '../../protocols/amqp/routing.ts';
import { header, type StompValue } from '../../protocols/stomp/index.ts';
import { fingerprint, type Ledger, type Message, type Sighting } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';

interface Subscription {
  readonly peer: string;
  readonly connection: number;
  readonly id: string;
  readonly destination: string;
  readonly ack: string;
  readonly mailbox: Mailbox;
}

/** What a receipt was asked for. */
type Asked = { readonly command: string; readonly message?: Message; readonly destination: string };

/** The most receipts, unacked deliveries, and frames of one transaction that are remembered. */
const KEPT = 10_000;

class StompTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #subscriptions: Subscription[] = [];
  /** Consumers of one queue compete, so they share what is expected from it. */
  readonly #queues = new Map<string, Mailbox>();
  readonly #receipts = new Map<string, Asked>();
  /** Deliveries that wait for their ACK, by connection and ack id, in order. */
  readonly #held = new Map<string, { message: Message; subscription: Subscription }>();

  /** What was sent in a transaction that has not ended, by connection and transaction. */
  readonly #transactions = new Map<string, StompValue[]>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as StompValue;
    const receipt = header(value, 'receipt');
    switch (value.command) {
      case 'CONNECT':
      case 'STOMP':
        return this.#ledger.note(seen, `${value.command} as ${header(value, 'login') ?? 'nobody'}`);
      case 'CONNECTED':
        return this.#ledger.note(seen, `CONNECTED, STOMP ${header(value, 'version') ?? '1.0'}`);
      case 'SEND':
        return this.#inTransaction(seen, value) ? undefined : this.#send(seen, value);
      case 'COMMIT':
      case 'ABORT':
        return this.#endTransaction(seen, value);
      case 'MESSAGE':
        return this.#message(seen, value);
      case 'SUBSCRIBE':
        this.#ask(seen, receipt, { command: value.command, destination: header(value, 'destination') ?? '' });
        return this.#subscribe(seen, value);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(seen, value, receipt);
      case 'ACK':
      case 'NACK':
        return this.#settle(seen, value);
      case 'RECEIPT':
        return this.#receipt(seen, header(value, 'receipt-id') ?? '');
      case 'ERROR':
        return this.#ledger.note(
          seen,
          `ERROR ${header(value, 'message') ?? ''}: ${value.body.toString('utf8').trim()}`,
        );
      case 'DISCONNECT':
        this.#ask(seen, receipt, { command: value.command, destination: '' });
        return this.#ledger.note(seen, 'DISCONNECT');
    }
  }

  closed(at: Sighting, connection: number): void {
    for (const subscription of this.#subscriptions.filter((one) => one.connection === connection))
      this.#drop(subscription);
    for (const keyed of [this.#transactions, this.#receipts]) {
      for (const key of keyed.keys()) if (key.startsWith(`${connection}/`)) keyed.delete(key);
    }
    for (const [key, { message, subscription }] of this.#held) {
      if (subscription.connection !== connection) continue;
      this.#held.delete(key);
      const why = `${at.peer} is gone before its ACK`;
      this.#ledger.step(at, message, {
        stage: 'requeued',
        verb: 'requeue',
        from: 'server',
        route: subscription.destination,
        why,
      });
      if (isQueue(subscription.destination)) subscription.mailbox.putBack(message);
    }
  }

  /** What still waits in a queue is not lost. */
  end(): void {
    for (const [destination, mailbox] of this.#queues) {
      const waiting = mailbox.drain();
      for (const message of waiting) this.#ledger.explain(message);
      const [some, it] = waiting.length === 1 ? ['1 message', 'it'] : [`${waiting.length} messages`, 'them'];
      if (waiting.length > 0) this.#ledger.remark(`${some} left in ${destination}: nobody took ${it}`);
    }
  }

  /** What belongs to a transaction happens at its COMMIT, or not at all. STOMP 1.2, BEGIN */
  #inTransaction(seen: SeenFrame, value: StompValue): boolean {
    const transaction = header(value, 'transaction');
    if (transaction === undefined) return false;
    const waiting = obtain(this.#transactions, `${seen.connection}/${transaction}`, () => []);
    // The frame may alias a buffer that lives no longer than this turn.
    if (waiting.length < KEPT) waiting.push({ ...value, body: Buffer.from(value.body) });
    return true;
  }

  #endTransaction(seen: SeenFrame, value: StompValue): void {
    const key = `${seen.connection}/${header(value, 'transaction') ?? ''}`;
    const waiting = this.#transactions.get(key) ?? [];
    this.#transactions.delete(key);
    if (value.command === 'COMMIT') for (const one of waiting) this.#send(seen, one);
    else if (waiting.length > 0) this.#ledger.note(seen, `ABORT: ${waiting.length} SEND did not happen`);
  }

  #send(seen: SeenFrame, value: StompValue): void {
    const destination = header(value, 'destination') ?? '';
    const takers = this.#subscriptions.filter((one) => reaches(one.destination, destination));
    const people = [...new Set(takers.map((one) => one.peer))];
    const message = this.#ledger.publish(seen, value.body, value.bodySize, {
      verb: 'SEND',
      from: 'client',
      route: isQueue(destination) || people.length === 0 ? destination : `${destination} → ${people.join(', ')}`,
    });
    this.#ask(seen, header(value, 'receipt'), { command: value.command, message, destination });
    if (isQueue(destination)) this.#queue(destination).add(message);
    else for (const taker of takers) taker.mailbox.add(message);
    // Only a topic is sure to forget: a queue keeps, and an exchange may have bindings that were made out of our sight.
    if (takers.length > 0 || !destination.startsWith('/topic/')) return;
    this.#ledger.explain(message);
    const why = `nobody subscribes to ${destination}, and a topic keeps nothing`;
    this.#ledger.step(seen, message, { stage: 'unroutable', verb: 'drop', from: 'server', route: destination, why });
  }

  #message(seen: SeenFrame, value: StompValue): void {
    const id = header(value, 'subscription') ?? '';
    const subscription = this.#subscriptions.find((one) => one.connection === seen.connection && one.id === id);
    const destination = header(value, 'destination') ?? subscription?.destination ?? '';
    const expected = subscription?.mailbox.take(fingerprint(value.body, value.bodySize));
    const message = expected ?? this.#ledger.recall(value.body, value.bodySize);
    const redelivered = header(value, 'redelivered') === 'true';
    this.#ledger.step(seen, message, {
      stage: redelivered ? 'redelivered' : 'delivered',
      verb: 'MESSAGE',
      from: 'server',
      route: destination,
    });
    if (subscription && subscription.ack !== 'auto') {
      // The header `ack` names the delivery since 1.2, `message-id` before. STOMP 1.2, MESSAGE
      const ackId = header(value, 'ack') ?? header(value, 'message-id') ?? '';
      this.#held.set(`${seen.connection}/${ackId}`, { message, subscription });
      forgetOldest(this.#held);
    }
  }

  #subscribe(seen: SeenFrame, value: StompValue): void {
    const destination = header(value, 'destination') ?? '';
    this.#subscriptions.push({
      peer: seen.peer,
      connection: seen.connection,
      id: header(value, 'id') ?? destination,
      destination,
      ack: header(value, 'ack') ?? 'auto',
      mailbox: isQueue(destination) ? this.#queue(destination) : new Mailbox(),
    });
    this.#ledger.note(seen, `SUBSCRIBE ${destination}`);
  }

  #unsubscribe(seen: SeenFrame, value: StompValue, receipt: string | undefined): void {
    const id = header(value, 'id') ?? header(value, 'destination') ?? '';
    const subscription = this.#subscriptions.find((one) => one.connection === seen.connection && one.id === id);
    const destination = subscription?.destination ?? id;
    this.#ask(seen, receipt, { command: value.command, destination });
    if (subscription) this.#drop(subscription);
    this.#ledger.note(seen, `UNSUBSCRIBE ${destination}`);
  }

  #settle(seen: SeenFrame, value: StompValue): void {
    const ackId = header(value, 'id') ?? header(value, 'message-id') ?? '';
    const last = this.#held.get(`${seen.connection}/${ackId}`);
    if (!last) return;
    for (const [key, { message, subscription }] of this.#held) {
      const found = key === `${seen.connection}/${ackId}`;
      // Mode `client` is cumulative: it settles all deliveries of the subscription so far. STOMP 1.2, SUBSCRIBE
      if (!found && (subscription !== last.subscription || subscription.ack !== 'client')) continue;
      this.#held.delete(key);
      const stage = value.command === 'ACK' ? 'acked' : 'nacked';
      this.#ledger.step(seen, message, { stage, verb: value.command, from: 'client', route: subscription.destination });
      if (found) return;
    }
  }

  #receipt(seen: SeenFrame, id: string): void {
    const key = `${seen.connection}/${id}`;
    const asked = this.#receipts.get(key);
    this.#receipts.delete(key);
    if (asked?.message) {
      this.#ledger.step(seen, asked.message, {
        stage: 'confirmed',
        verb: 'RECEIPT',
        from: 'server',
        route: asked.destination,
      });
    } else this.#ledger.note(seen, `RECEIPT for ${asked ? `${asked.command} ${asked.destination}`.trim() : id}`);
  }

  #ask(seen: SeenFrame, receipt: string | undefined, asked: Asked): void {
    if (receipt === undefined) return;
    this.#receipts.set(`${seen.connection}/${receipt}`, asked);
    forgetOldest(this.#receipts);
  }

  #drop(subscription: Subscription): void {
    this.#subscriptions.splice(this.#subscriptions.indexOf(subscription), 1);
  }

  #queue(destination: string): Mailbox {
    return obtain(this.#queues, destination, () => new Mailbox());
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size > KEPT) map.delete(map.keys().next().value!);
}

/** Whether a destination names a queue, whose consumers compete. https://www.rabbitmq.com/docs/stomp#d */
function isQueue(destination: string): boolean {
  return destination.startsWith('/queue/') || destination.startsWith('/amq/queue/');
}

/** Whether a subscription gets what is sent to a destination; topics may hold `*` and `#`. */
function reaches(subscribed: string, sent: string): boolean {
  const topic = '/topic/';
  if (!subscribed.startsWith(topic) || !sent.startsWith(topic)) return subscribed === sent;
  return topicMatches(subscribed.slice(topic.length), sent.slice(topic.length));
}

const tale: Tale = { name: 'stomp', begin: (ledger) => new StompTeller(ledger) };
export default tale;
