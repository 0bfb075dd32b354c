/** What each STOMP command does. */

import { parseDestination } from '../../../protocols/stomp/destination.ts';
import type { StompValue } from '../../../protocols/stomp/frame.ts';
import { Refusal } from '../refusal.ts';
import type { Deferred, StompContext, Subscription } from './context.ts';
import {
  declareQueue,
  declareSubscriptionQueue,
  type Endpoint,
  endpointOf,
  isDurableSubscription,
  routeTo,
  subscriptionQueueName,
} from './endpoint.ts';
import { booleanHeader, HeardRefusal, integerHeader, StompFailure, stumble } from './failure.ts';
import { propertiesOf } from './message.ts';

type Headers = ReadonlyMap<string, string>;
type Command = (session: StompContext, headers: Headers, frame: StompValue) => void;

const TEMPORARY = '/temp-queue/';

const send: Command = (session, headers, frame) => {
  if (headers.has('message-id')) throw new StompFailure('Invalid header', "'message-id' is not allowed on 'SEND'.\n");
  const { endpoint } = endpointOf('SEND', headers);
  if (endpoint.kind === 'queue') declareOnce(session, endpoint.queue, headers);
  const properties = propertiesOf(headers, replyTo(session, headers));
  const { exchange, routingKey } = routeTo(endpoint);
  const receipt = headers.get('receipt');
  // A frame's body is only lent; a message keeps it.
  const body = Buffer.from(frame.body);
  const run = () => {
    if (receipt !== undefined) session.expectReceipt(receipt);
    session.channel.publish(exchange, routingKey, false, properties, body);
  };
  inTransaction(session, headers, { run, sizeBytes: body.length + properties.length });
};

function declareOnce(session: StompContext, queue: string, headers: Headers): void {
  if (session.declared.has(queue)) return;
  try {
    declareQueue(session.session, queue, headers);
  } catch (error) {
    // The first receipt has confirms selected, and the answer to that tells what became of the declaration.
    const isAwaited = headers.has('receipt') && !session.channel.confirms.isSelected;
    throw isAwaited && error instanceof Refusal ? new HeardRefusal(error) : error;
  }
  session.declared.add(queue);
}

/** A temporary name in reply-to stands for a queue that this session is subscribed to. */
function replyTo(session: StompContext, headers: Headers): string | undefined {
  const given = headers.get('reply-to');
  if (given === undefined) return undefined;
  const destination = parseDestination(given);
  if (destination.kind === 'invalid' || destination.kind === 'unknown') throw stumble();
  if (destination.kind !== 'temp-queue') return given;
  const known = session.replyQueues.get(destination.name);
  if (known !== undefined) return known;
  const { name } = session.session.vhost.declareQueue(session.session, {
    name: '',
    isDurable: false,
    isExclusive: true,
    isAutoDelete: true,
    arguments: {},
  });
  const tag = `T_${TEMPORARY}${destination.name}`;
  session.subscriptions.set(tag, { destination: name, ack: 'auto', description: '' });
  session.channel.consume({ queue: name, tag, noAck: true, isExclusive: false, arguments: {}, accepted: () => {} });
  session.replyQueues.set(destination.name, name);
  return name;
}

const subscribe: Command = (session, headers) => {
  assertDurableHasId(headers);
  const { endpoint, text } = endpointOf('SUBSCRIBE', headers);
  const prefetch = integerHeader(headers.get('prefetch-count'));
  const ack = ackMode(headers.get('ack'));
  const { tag, description } = identify(headers, 'SUBSCRIBE');
  const queue = sourceQueue(session, endpoint, headers);
  if (prefetch !== undefined) session.channel.qos(prefetch, 0, false);
  if (session.subscriptions.has(tag)) {
    session.failDuplicate(tag);
    return;
  }
  session.subscriptions.set(tag, { destination: text, ack, description });
  const { exchange, routingKey } = routeTo(endpoint);
  try {
    const noAck = ack === 'auto';
    session.channel.consume({ queue, tag, noAck, isExclusive: false, arguments: {}, accepted: () => {} });
    if (exchange !== '') {
      const binding = {
        source: exchange,
        destination: queue,
        destinationType: 'queue' as const,
        routingKey,
        arguments: {},
      };
      session.session.vhost.bind(session.session, binding);
    }
  } catch (error) {
    session.subscriptions.delete(tag);
    if (exchange !== '') session.session.vhost.deleteQueue(session.session, queue, false, false);
    throw error;
  }
};

/** The queue that an endpoint is read from, declared where that is the subscription's to do. */
function sourceQueue(session: StompContext, endpoint: Endpoint, headers: Headers): string {
  if (endpoint.kind === 'exchange' || endpoint.kind === 'topic') {
    return declareSubscriptionQueue(session.session, endpoint, headers);
  }
  const { routingKey } = routeTo(endpoint);
  if (endpoint.kind === 'queue') declareOnce(session, routingKey, headers);
  return routingKey;
}

function ackMode(header: string | undefined): Subscription['ack'] {
  const mode = header ?? 'auto';
  if (mode !== 'auto' && mode !== 'client' && mode !== 'client-individual') throw stumble();
  return mode;
}

function assertDurableHasId(headers: Headers): void {
  const isDurable = headers.get('durable') === 'true' || headers.get('persistent') === 'true';
  if (isDurable && !headers.has('id')) {
    throw new StompFailure('Missing Header', "Header 'id' is required for durable subscriptions");
  }
}

/** A subscription is known by its id; where it has none, by its destination. */
function identify(headers: Headers, command: string): { tag: string; description: string } {
  const id = headers.get('id');
  if (id?.startsWith(TEMPORARY)) {
    throw command === 'SUBSCRIBE'
      ? stumble()
      : new StompFailure('Invalid id', `UNSUBSCRIBE 'id' may not start with ${TEMPORARY}\n`);
  }
  if (id !== undefined) return { tag: `T_${id}`, description: `id='${id}'` };
  const destination = headers.get('destination');
  if (destination === undefined) {
    throw new StompFailure('Missing destination or id', "UNSUBSCRIBE must include a 'destination' or 'id' header");
  }
  return { tag: `Q_${destination}`, description: `destination='${destination}'` };
}

const unsubscribe: Command = (session, headers) => {
  assertDurableHasId(headers);
  const { tag, description } = identify(headers, 'UNSUBSCRIBE');
  const subscription = session.subscriptions.get(tag);
  if (!subscription) {
    throw new StompFailure(
      'No subscription found',
      `UNSUBSCRIBE must refer to an existing subscription.\nSubscription to "${description}" not found.\n`,
    );
  }
  session.channel.cancel(tag);
  session.subscriptions.delete(tag);
  const destination = parseDestination(subscription.destination);
  if (destination.kind !== 'topic' || !isDurableSubscription(headers)) return;
  const queue = headers.get('x-queue-name') ?? subscriptionQueueName(session.session, destination.routingKey, headers);
  session.session.vhost.deleteQueue(session.session, queue, false, false);
};

const acknowledge =
  (command: 'ACK' | 'NACK'): Command =>
  (session, headers) => {
    const name = session.version === '1.2' ? 'id' : 'message-id';
    const id = headers.get(name);
    if (id === undefined) {
      throw new StompFailure('Missing header', `"${command}" must include the "${name}" header\n`);
    }
    const parts = id.split('@@');
    if (parts.length !== 3) {
      throw new StompFailure('Invalid header', `"${command}" must include a valid "${name}" header\n`);
    }
    const [consumerTag, , number] = parts as [string, string, string];
    const deliveryTag = integerHeader(number);
    const subscription = session.subscriptions.get(consumerTag);
    if (!subscription) {
      throw new StompFailure('Subscription not found', `Message with id "${id}" has no subscription`);
    }
    const multiple = subscription.ack === 'client';
    const requeue = booleanHeader(headers.get('requeue')) ?? true;
    const run = () => {
      if (command === 'ACK') session.channel.ack(deliveryTag, multiple);
      else session.channel.nack(deliveryTag, multiple, requeue);
    };
    inTransaction(session, headers, { run, sizeBytes: 0 });
  };

/** Does it now, or with the transaction that the frame belongs to. */
function inTransaction(session: StompContext, headers: Headers, action: Deferred): void {
  const name = headers.get('transaction');
  if (name === undefined) {
    action.run();
    return;
  }
  transaction(session, name).push(action);
  session.session.vhost.account(action.sizeBytes + ACTION_BYTES);
}

/** What an action takes beside the message it may hold. A round estimate. */
const ACTION_BYTES = 300;

/** Forgets a transaction and gives its memory back. */
function end(session: StompContext, name: string): void {
  for (const { sizeBytes } of transaction(session, name)) session.session.vhost.account(-sizeBytes - ACTION_BYTES);
  session.transactions.delete(name);
}

export function endTransactions(session: StompContext): void {
  for (const name of [...session.transactions.keys()]) end(session, name);
}

function transaction(session: StompContext, name: string): Deferred[] {
  const actions = session.transactions.get(name);
  if (!actions) throw new StompFailure('Bad transaction', `Invalid transaction identifier: "${name}"\n`);
  return actions;
}

const transactional =
  (command: string, run: (session: StompContext, name: string) => void): Command =>
  (session, headers) => {
    const name = headers.get('transaction');
    if (name === undefined) {
      throw new StompFailure('Missing transaction', `"${command}" must include a 'transaction' header\n`);
    }
    run(session, name);
  };

export const COMMANDS: { readonly [command: string]: Command | undefined } = Object.assign(Object.create(null), {
  SEND: send,
  SUBSCRIBE: subscribe,
  UNSUBSCRIBE: unsubscribe,
  ACK: acknowledge('ACK'),
  NACK: acknowledge('NACK'),
  // One that was begun already begins anew.
  BEGIN: transactional('BEGIN', (session, name) => {
    if (session.transactions.has(name)) end(session, name);
    session.transactions.set(name, []);
  }),
  COMMIT: transactional('COMMIT', (session, name) => {
    const actions = transaction(session, name);
    end(session, name);
    for (const { run } of actions) run();
  }),
  ABORT: transactional('ABORT', end),
});
