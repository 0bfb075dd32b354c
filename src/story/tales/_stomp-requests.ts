/** What STOMP clients ask of a broker: each becomes a request of the session, which counts as the server carries it out. */
import type { Statement } from '../../core/statements/index.ts';
import { type Destination, parseDestination, type StompValue } from '../../protocols/stomp/index.ts';
import type { SeenBroker } from '../broker/broker.ts';
import { anyOf, exclusion, isLocked } from '../broker/channels/access.ts';
import { SeenConsumer } from '../broker/channels/channel.ts';
import * as declare from '../broker/channels/declare.ts';
import { consumerEnds, leaving } from '../broker/channels/ends.ts';
import { mayBeginAtFormer } from '../broker/channels/moves.ts';
import { type Outgoing, publish, unread } from '../broker/channels/publishing.ts';
import { queueDeletion } from '../broker/channels/queue-deletion.ts';
import { type Request, request } from '../broker/channels/request.ts';
import type { SeenQueue } from '../broker/queues/queue.ts';
import { type Order, wasMissing } from '../broker/span.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import {
  type Headers,
  headersOf,
  isDurableSubscription,
  placeBehind,
  propertiesOf,
  queueFor,
} from './_stomp-destinations.ts';
import type { SeenStompSession, StompTransaction } from './_stomp-session.ts';
import { Subscription } from './_stomp-subscriptions.ts';

const TEMPORARY = '/temp-queue/';
const BEHIND_GOODBYE: Statement = { code: 'BEHIND_GOODBYE', values: { ended: 'session' } };

export function send(broker: SeenBroker, seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
  const headers = headersOf(value);
  const text = headers.get('destination') ?? '';
  const destination = destinationIn(headers);
  const place = headers.has('message-id') ? undefined : placeBehind(destination);
  const name = headers.get('transaction');
  const transaction = name === undefined ? undefined : session.transactions.get(name);
  const isRefused = place === undefined || (name !== undefined && !transaction);
  // A temporary name stands for a queue of STOMP's own; it is no direct reply.
  const { replyTo: _, ...properties } = propertiesOf(headers);
  const outgoing: Outgoing = {
    ...(place ?? { exchange: '', routingKey: '' }),
    properties,
    content: { body: value.body, sizeBytes: value.bodySize, digest: value.digest, beside: [headers] },
    ...{ mandatory: false, verb: 'SEND', method: 'SEND', place: text },
    isRefused,
    whyNobody:
      destination.kind === 'topic'
        ? { code: 'UNROUTABLE_NOBODY_SUBSCRIBES', values: { destination: text } }
        : undefined,
    isDeferred: transaction !== undefined,
  };
  if (session.hasLeft) return unread(broker, seen, session, outgoing, BEHIND_GOODBYE);
  // The queue is declared before the transaction is looked for.
  if (destination.kind === 'queue' && place) declareOnce(broker, seen, session, destination.queue, headers);
  const one = publish(broker, seen, session, outgoing);
  awaitReply(broker, seen, session, headers, one.publication.identity);
  const receipt = headers.get('receipt');
  if (!transaction) return session.expectReceipt(receipt, { request: one, publish: one, of: `SEND ${text}` });
  transaction.sends.push(one);
  transaction.actions.push((committed) => {
    one.span = session.span(committed);
    one.send(committed);
    session.pending.push(one);
    session.expectReceipt(receipt, { request: one, publish: one, of: 'SEND' });
  });
}

/** Without the header it leads nowhere, and is refused. */
function destinationIn(headers: Headers): Destination {
  const text = headers.get('destination');
  return text === undefined ? { kind: 'unknown' } : parseDestination(text);
}

/** A temporary name in reply-to makes a queue for the replies, and subscribes to it. */
function awaitReply(
  broker: SeenBroker,
  seen: SeenFrame,
  session: SeenStompSession,
  headers: Headers,
  identity: string,
): void {
  const name = headers.get('reply-to');
  if (!name?.startsWith(TEMPORARY)) return;
  let queue = session.temporary.get(name);
  if (!queue) {
    const declared = { durable: false, autoDelete: true, exclusiveTo: session.connection, arguments: {} };
    const title = `${session.peer}'s ${name}`;
    const asked = declare.declareQueue(broker, seen, session, 'SEND', title, declared);
    queue = broker.topology.queue(title);
    if (!queue) return;
    session.pending.push(asked);
    session.temporary.set(name, queue);
    const subscription = new Subscription(`T_${name}`, name, 'auto');
    session.subscriptions.add(subscription);
    start(broker, session, subscription, queue, 0, asked);
  }
  session.asking.set(identity, queue);
}

/** A queue is declared when a session first uses it, and not again. */
function declareOnce(
  broker: SeenBroker,
  seen: SeenFrame,
  session: SeenStompSession,
  name: string,
  headers: Headers,
): void {
  if (session.declared.has(name)) return;
  session.declared.add(name);
  const declared = queueFor(headers, false, session.connection);
  session.pending.push(declare.declareQueue(broker, seen, session, 'SEND', name, declared));
}

export function subscribe(broker: SeenBroker, seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
  const headers = headersOf(value);
  const text = headers.get('destination') ?? '';
  const destination = destinationIn(headers);
  const place = placeBehind(destination);
  const tag = tagOf(headers);
  const ack = ackMode(headers.get('ack'));
  broker.ledger.note(seen, { code: 'STOMP_SUBSCRIBE', values: { destination: text } });
  let name = place?.routingKey;
  let bound: Request | undefined;
  if (destination.kind === 'queue') declareOnce(broker, seen, session, destination.queue, headers);
  if (place && (destination.kind === 'topic' || destination.kind === 'exchange')) {
    name = headers.get('x-queue-name') ?? subscriptionName(broker, session, headers, text);
    const declared = queueFor(headers, true, session.connection);
    session.pending.push(declare.declareQueue(broker, seen, session, 'SUBSCRIBE', name, declared));
    const binding = { ...place, destination: name, destinationType: 'queue', arguments: {} } as const;
    bound = declare.bind(broker, seen, session, 'SUBSCRIBE', binding);
  }
  const prefetch = Number(headers.get('prefetch-count') ?? session.prefetch) || 0;
  session.prefetch = prefetch;
  const before = session.subscriptions.current(tag);
  const subscription = new Subscription(tag, text, ack);
  const exchange = destination.kind === 'exchange' ? destination.exchange : undefined;
  const isMissing = (): Order => {
    if (exchange === undefined || !broker.own) return 'no';
    return wasMissing(broker.topology.at(exchange, one.span), one.span);
  };
  const one = request('SUBSCRIBE', session.span(seen), {
    names: exchange === undefined ? [text, name ?? '', tag] : [exchange, tag],
    endsSession: place !== undefined,
    refused: () => {
      const { consumer } = subscription;
      if (!consumer) return 'yes';
      const isLockedNow = isLocked(consumer.queue, session, one.span);
      return anyOf(before?.stays ?? 'no', isMissing(), consumer.mayLackQueue, isLockedNow, isExcluded());
    },
    done: (at) => {
      broker.awaited.delete(enter);
      subscription.consumer?.began(at);
    },
    lost: (at) => {
      broker.awaited.delete(enter);
      if (name !== undefined) broker.takesLate(at, name, session, ack === 'auto');
    },
    undone: (at, why) => {
      broker.awaited.delete(enter);
      bound?.undone(at, why);
      end(broker, session, subscription);
    },
  });
  const isExcluded = exclusion(name === undefined ? undefined : broker.topology.queue(name), false, one.span);
  // The queue may be declared by somebody else before the server reads this.
  const enter = (): void => {
    const queue = name === undefined ? undefined : broker.queueNamed(name, one.span);
    if (queue) start(broker, session, subscription, queue, prefetch, one);
    if (queue) broker.awaited.delete(enter);
    else if (name !== undefined) broker.awaited.set(enter, name);
  };
  if (place) session.subscriptions.add(subscription);
  enter();
  if (bound) session.pending.push(bound);
  session.ask(one, headers.get('receipt'), `SUBSCRIBE ${text}`);
}

function start(
  { topology }: SeenBroker,
  session: SeenStompSession,
  subscription: Subscription,
  queue: SeenQueue,
  prefetch: number,
  asked: Request,
): void {
  const noAck = subscription.ack === 'auto';
  const consumer = new SeenConsumer(session, queue, noAck, noAck ? 0 : prefetch, asked);
  mayBeginAtFormer(topology, consumer);
  subscription.consumer = consumer;
  session.consumers.set(keyOf(subscription.tag, consumer), consumer);
}

/** Several may have one name, one after the other. */
const keyOf = (tag: string, { request: { span } }: SeenConsumer): string => `${tag} ${span.from}`;

/** It has ended, or has never begun. Returns whether it was there. */
export function end(broker: SeenBroker, session: SeenStompSession, subscription: Subscription): boolean {
  const { consumer, tag } = subscription;
  session.subscriptions.delete(subscription);
  if (consumer) session.consumers.delete(keyOf(tag, consumer));
  if (!consumer?.leave()) return false;
  broker.changed(consumer.queue);
  return true;
}

/** The broker's own name is on no wire; a durable subscription is found again by its id and its destination. */
function subscriptionName(
  { topology }: SeenBroker,
  session: SeenStompSession,
  headers: Headers,
  destination: string,
): string {
  if (isDurableSubscription(headers)) return `durable subscription ${headers.get('id')} to ${destination}`;
  const name = `${session.peer}'s subscription to ${destination}`;
  // Each subscription has a queue of its own, also where one peer has two to the same destination.
  for (let number = 1; ; number++) {
    const one = number === 1 ? name : `${name} (${number})`;
    if (topology.queue(one) === undefined) return one;
  }
}

/** A subscription is known by its id; where it has none, by its destination. */
function tagOf(headers: Headers): string {
  const id = headers.get('id');
  return id === undefined ? `Q_${headers.get('destination') ?? ''}` : `T_${id}`;
}

function ackMode(header: string | undefined): Subscription['ack'] {
  return header === 'client' || header === 'client-individual' ? header : 'auto';
}

export function unsubscribe(broker: SeenBroker, seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
  const headers = headersOf(value);
  const tag = tagOf(headers);
  const subscription = session.subscriptions.current(tag);
  const destination = subscription?.destination ?? headers.get('id') ?? headers.get('destination') ?? '';
  const span = session.span(seen);
  broker.ledger.note(seen, { code: 'STOMP_UNSUBSCRIBE', values: { destination } });
  const { consumer } = subscription ?? {};
  const decided = consumer ? leaving(broker, consumer, span) : () => {};
  const one = request('UNSUBSCRIBE', span, {
    refused: () => (!subscription || subscription.isCancelled ? 'yes' : consumer?.mayLoseQueue ? 'maybe' : 'no'),
    done: (at) => {
      decided();
      if (!subscription) return;
      const forget = (): void => void end(broker, session, subscription);
      if (consumer) consumerEnds(broker, at, consumer, span, forget);
      else forget();
    },
    undone: decided,
    lost: decided,
  });
  if (subscription) subscription.ending = one;
  const { queue } = consumer ?? {};
  const forgets = isDurableSubscription(headers) && parseDestination(destination).kind === 'topic';
  const asked = forgets && queue ? queueDeletion(broker, seen, session, queue.name, false, one.method).request : one;
  if (asked !== one) session.pending.push(one);
  session.ask(asked, headers.get('receipt'), `UNSUBSCRIBE ${destination}`.trim());
}

export function begin(broker: SeenBroker, seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
  const headers = headersOf(value);
  const name = headers.get('transaction');
  // One that was begun already begins anew.
  const earlier = name === undefined ? undefined : session.transactions.get(name);
  if (name !== undefined) session.transactions.set(name, { sends: [], acks: 0, actions: [] });
  const one = request('BEGIN', session.span(seen), {
    refused: () => (name === undefined ? 'yes' : 'no'),
    done: (at) => earlier && abort(broker, at, session, name ?? '', earlier),
    lost: (at) => earlier && abort(broker, at, session, name ?? '', earlier),
    undone: (at) => earlier && abort(broker, at, session, name ?? '', earlier),
  });
  session.ask(one, headers.get('receipt'), 'BEGIN');
}

/** What belongs to a transaction happens at its COMMIT, or not at all. STOMP 1.2, BEGIN */
export function endTransaction(
  broker: SeenBroker,
  seen: SeenFrame,
  session: SeenStompSession,
  value: StompValue,
): void {
  const headers = headersOf(value);
  const name = headers.get('transaction') ?? '';
  const transaction = session.transactions.get(name);
  session.transactions.delete(name);
  if (value.command === 'COMMIT') for (const act of transaction?.actions ?? []) act(seen);
  const one = request(value.command, session.span(seen), {
    refused: () => (transaction ? 'no' : 'yes'),
    done: (at) => value.command === 'ABORT' && abort(broker, at, session, name, transaction),
    // What was not committed did not happen, whether the server read the ABORT or not.
    lost: (at) => value.command === 'ABORT' && abort(broker, at, session, name, transaction),
    undone: (at) => value.command === 'ABORT' && abort(broker, at, session, name, transaction),
  });
  session.ask(one, headers.get('receipt'), `${value.command} ${name}`.trim());
}

function abort(
  broker: SeenBroker,
  at: Sighting,
  session: SeenStompSession,
  name: string,
  transaction: StompTransaction | undefined,
): void {
  const { sends = [], acks = 0 } = transaction ?? {};
  for (const one of sends) one.undone(at, { code: 'ROLLED_BACK', values: {} });
  const values = { ...(name === '' ? {} : { transaction: name }), messages: sends.length, acks };
  if (sends.length + acks > 0) {
    // Whoever showed that it was undone, it is this session's.
    broker.ledger.note(
      { ...at, peer: session.peer, connection: undefined },
      { code: 'TRANSACTION_ROLLED_BACK', values },
    );
  }
}
