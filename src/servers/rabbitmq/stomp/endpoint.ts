/** The queues and exchanges behind destinations: what is declared when one is sent to or subscribed to. */
import { createHash } from 'node:crypto';
import { type FieldTable, Typed } from '../../../protocols/amqp/table.ts';
import { type Destination, parseDestination } from '../../../protocols/stomp/destination.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import { booleanHeader, integerHeader, StompFailure } from './failure.ts';

type Headers = ReadonlyMap<string, string>;
export type Endpoint = Exclude<Destination, { kind: 'invalid' | 'unknown' }>;

const KINDS = '/temp-queue, /exchange, /topic, /queue, /amq/queue, /reply-queue/';

/** Reads the destination header of a command. */
export function endpointOf(command: string, headers: Headers): { endpoint: Endpoint; text: string } {
  const text = headers.get('destination');
  if (text === undefined) {
    throw new StompFailure('Missing destination', `"${command}" must include a 'destination' header\n`);
  }
  const parsed = parseDestination(text);
  if (parsed.kind === 'unknown') {
    throw new StompFailure(
      'Unknown destination',
      `'${text}' is not a valid destination.\nValid destination types are: ${KINDS}.\n`,
    );
  }
  if (parsed.kind === 'invalid') {
    throw new StompFailure('Invalid destination', `'${parsed.rest}' is not a valid ${parsed.of} destination\n`);
  }
  if (parsed.kind === 'temp-queue') {
    throw new StompFailure('Invalid destination', `'${text}' is not a valid destination for '${command}'\n`);
  }
  if (parsed.kind === 'queue' && parsed.queue === '') {
    throw new StompFailure('Invalid destination', 'Destination cannot be blank');
  }
  return { endpoint: parsed, text };
}

/** The exchange and the key that lead to an endpoint. */
export function routeTo(endpoint: Endpoint): { exchange: string; routingKey: string } {
  if (endpoint.kind === 'exchange') return { exchange: endpoint.exchange, routingKey: endpoint.routingKey ?? '' };
  if (endpoint.kind === 'topic') return { exchange: 'amq.topic', routingKey: endpoint.routingKey };
  return { exchange: '', routingKey: endpoint.kind === 'temp-queue' ? endpoint.name : endpoint.queue };
}

const INTEGER_ARGUMENTS = ['x-expires', 'x-max-length', 'x-max-length-bytes', 'x-max-priority', 'x-message-ttl'];
const TEXT_ARGUMENTS = ['x-dead-letter-exchange', 'x-dead-letter-routing-key', 'x-queue-type'];

function queueArguments(headers: Headers): FieldTable {
  const args: FieldTable = {};
  for (const name of INTEGER_ARGUMENTS) {
    const value = integerHeader(headers.get(name));
    if (value !== undefined) args[name] = new Typed('long', value);
  }
  for (const name of TEXT_ARGUMENTS) {
    const value = headers.get(name);
    if (value !== undefined) args[name] = value.trim();
  }
  return args;
}

/** Declares the queue of a /queue destination as its headers ask for; without any it is durable. */
export function declareQueue(session: VhostClient, queue: string, headers: Headers): void {
  session.vhost.declareQueue(session, { name: queue, ...traits(headers, { durable: true }) });
}

/** Declares the queue of a subscription to a topic or an exchange and returns its name. */
export function declareSubscriptionQueue(session: VhostClient, endpoint: Endpoint, headers: Headers): string {
  const name = headers.get('x-queue-name') ?? subscriptionQueueName(session, routeTo(endpoint).routingKey, headers);
  const declaration = { name, ...traits(headers, { exclusive: false, autoDelete: true }) };
  return session.vhost.declareQueue(session, declaration).name;
}

interface Defaults {
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
}

function traits(headers: Headers, defaults: Defaults) {
  const given = headers.has('durable') ? headers.get('durable') : headers.get('persistent');
  const isDurable = given === undefined ? (defaults.durable ?? false) : booleanHeader(given) === true;
  return {
    isDurable,
    isExclusive: booleanHeader(headers.get('exclusive')) ?? defaults.exclusive ?? !isDurable,
    isAutoDelete: booleanHeader(headers.get('auto-delete')) ?? defaults.autoDelete ?? !isDurable,
    arguments: queueArguments(headers),
  };
}

export function isDurableSubscription(headers: Headers): boolean {
  return booleanHeader(headers.get('durable')) === true || booleanHeader(headers.get('persistent')) === true;
}

/**
 * A durable subscription finds its queue again, whoever made it: the name is RabbitMQ's, a digest of the pair of
 * destination and id in Erlang's external format. Any other subscription gets a name of its own.
 */
export function subscriptionQueueName(session: VhostClient, routingKey: string, headers: Headers): string {
  if (!isDurableSubscription(headers)) return session.vhost.uniqueName('stomp-subscription');
  const pair = Buffer.concat([Buffer.of(131, 104, 2), erlangString(routingKey), erlangString(headers.get('id') ?? '')]);
  return `stomp-subscription-${createHash('md5').update(pair).digest('base64url')}`;
}

function erlangString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0) return Buffer.of(106);
  return Buffer.concat([Buffer.of(107, bytes.length >> 8, bytes.length & 255), bytes]);
}
