/** What STOMP clients say of what they were given: ACK and NACK, each by itself, for all before it, or in a transaction. */
import type { StompValue } from '../../protocols/stomp/index.ts';
import type { SeenBroker } from '../broker/broker.ts';
import { doneReading } from '../broker/channels/arrivals/log.ts';
import { type Held, take, takeRead } from '../broker/channels/channel.ts';
import { request } from '../broker/channels/request.ts';
import { type How, Settle } from '../broker/channels/settle.ts';
import type { SeenEntry } from '../broker/queues/entry.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import { headersOf } from './_stomp-destinations.ts';
import type { SeenStompSession } from './_stomp-session.ts';

/** The subscription that an id names, as RabbitMQ reads it: `T_mails@@session-x@@7`. */
function subscriptionIn(id: string): string {
  return id.split('@@')[0] ?? '';
}

export function settle(broker: SeenBroker, seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
  const headers = headersOf(value);
  const id = headers.get('id') ?? headers.get('message-id') ?? '';
  const delivery = session.deliveries.get(id);
  // What was delivered to a subscription that has ended is held to the end of the session, or until another one of its
  // id is there; that one decides what an ACK means.
  const subscription = session.subscriptions.current(delivery?.subscription ?? subscriptionIn(id));
  const isCumulative = subscription?.ack === 'client';
  const settled = (at: SeenFrame, isLater: boolean): Settle => {
    const held = delivery ? take(session, delivery.tag, isCumulative) : [];
    const read = delivery ? takeRead(session, delivery.tag, isCumulative) : [];
    const one = settleNow(broker, at, session, value.command, held, how, { isKnown: read.length > 0, isLater });
    session.settling.set(one, id);
    if (how === 'ack') for (const entry of read) ackRead(broker, at, subscription?.destination, entry, isLater);
    return one;
  };
  const how: How = value.command === 'ACK' ? 'ack' : headers.get('requeue') === 'false' ? 'reject' : 'requeue';
  const name = headers.get('transaction');
  // The server knows no such subscription, and goes on: it asks the broker for nothing.
  if (!subscription) {
    const one = request(value.command, session.span(seen), { refused: () => 'yes' });
    return session.ask(one, headers.get('receipt'), value.command);
  }
  if (name === undefined) {
    const one = settled(seen, false);
    session.expectReceipt(headers.get('receipt'), { request: one, publish: undefined, of: value.command });
    return;
  }
  const transaction = session.transactions.get(name);
  if (transaction) transaction.acks++;
  // What it means is looked for at the COMMIT: others may have settled some of that by then.
  transaction?.actions.push((committed) => settled(committed, true));
  const asked = request(value.command, session.span(seen), { refused: () => (transaction ? 'no' : 'yes') });
  session.ask(asked, headers.get('receipt'), value.command);
}

const STAGES = { ack: 'acked', requeue: 'requeued', reject: 'rejected' } as const;

/** An ack of what came from a stream: it stays there. */
function ackRead(
  broker: SeenBroker,
  at: Sighting,
  destination: string | undefined,
  entry: SeenEntry,
  isLater: boolean,
): void {
  const { message, queue, twins: among } = entry;
  const step = { stage: 'acked', verb: 'ACK', from: 'client', route: destination ?? queue.name, among } as const;
  if (isLater) broker.ledger.conclude(at, message, step);
  else broker.ledger.step(at, message, step);
  doneReading(broker, entry);
}

/**
 * With `isLater`, it is told when the server has carried it out: at the commit of its transaction. So is what may be about
 * nothing, as it may have come to somebody who needs no ack.
 */
function settleNow(
  broker: SeenBroker,
  seen: SeenFrame,
  session: SeenStompSession,
  command: string,
  held: readonly Held[],
  how: How,
  { isKnown = false, isLater = false } = {},
): Settle {
  const one = new Settle(broker, session, command, held, how, session.span(seen), isKnown || held.length > 0);
  const tell = (at: Sighting, told: readonly Held[]): void => {
    for (const { entry, consumer } of told) {
      const isBack = isLater && how === 'requeue';
      const route = (isBack ? undefined : session.subscriptions.destinationOf(consumer)) ?? entry.queue.name;
      const step = { stage: STAGES[how], verb: command, from: 'client', route, among: entry.twins } as const;
      if (isLater) broker.ledger.conclude(at, entry.message, step);
      else broker.ledger.step(at, entry.message, step);
      broker.changed(entry.queue);
    }
  };
  if (isLater || held.some(({ mayNeedNoAck }) => mayNeedNoAck)) one.tell = tell;
  else tell(seen, held);
  for (const { consumer } of held) consumer?.settles(one);
  one.send(seen);
  session.pending.push(one);
  session.presume(seen);
  return one;
}
