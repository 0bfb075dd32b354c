/** What a client publishes: the message enters the run, and is on its way as soon as the server is to route it. */

import type { Statement } from '../../../core/statements/index.ts';
import type { AmqpProperties, FieldTable, FieldValue } from '../../../protocols/amqp/index.ts';
import { Typed } from '../../../protocols/amqp/index.ts';
import type { Content, Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { deathsIn } from '../messages/death.ts';
import { identify } from '../messages/identity.ts';
import { Publication } from '../messages/publication.ts';
import { REPLY_TO } from '../queues/reply-to.ts';
import type { Span } from '../span.ts';
import { pairsText } from '../topology/why.ts';
import { placeOf } from '../world.ts';
import type { SeenChannel } from './channel.ts';
import { Publish } from './publish.ts';

export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: AmqpProperties;
  readonly content: Content;
  readonly mandatory: boolean;
  /** AMQP's or STOMP's word for publishing, for the trace and for errors. */
  readonly verb: string;
  readonly method: string;
  /** The place as the client named it, where that is not exchange and key. */
  readonly place?: string | undefined;
  /** Why nobody got it, in words that say more than exchange and bindings. */
  readonly whyNobody?: Statement | undefined;
  /** The server can't but refuse it. */
  readonly isRefused?: boolean;
  /** It waits for its transaction, which the caller keeps. */
  readonly isDeferred?: boolean;
}

/** The most publishes that are remembered for their confirm. */
const UNCONFIRMED = 20_000;

export function publish(broker: SeenBroker, at: Sighting, channel: SeenChannel, outgoing: Outgoing): Publish {
  const { exchange, verb, method, content, mandatory } = outgoing;
  const span = channel.span(at);
  const place = outgoing.place ?? placeOf(exchange, keyOf(broker, outgoing, span));
  const { whyNobody, isRefused = false } = outgoing;
  const words = { method, verb, place, whyNobody, isRefused, checked: checkedOf(outgoing.properties) };
  const publication = publicationOf(outgoing, broker.rules.ownDeathRecord);
  const one = new Publish(broker, at, channel, publication, content, mandatory, words, span);
  if (outgoing.properties.replyTo === REPLY_TO && channel.replies) {
    channel.asking.set(one.publication.identity, channel.replies);
  }
  if (mandatory && channel.mandatory.push(one) > UNCONFIRMED) channel.mandatory.shift();
  if (outgoing.isDeferred) return one;
  if (channel.transaction) channel.transaction.publishes.push(one);
  else {
    if (channel.confirms) {
      one.number = ++channel.published;
      channel.unconfirmed.set(one.number, one);
      if (channel.unconfirmed.size > UNCONFIRMED) channel.unconfirmed.delete(one.number - UNCONFIRMED);
    }
    one.send(at);
    channel.pending.push(one);
    channel.presume(at);
  }
  return one;
}

/** It is published behind what the server reads nothing of any more. */
export function unread(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  outgoing: Outgoing,
  why: Statement,
): void {
  publish(broker, at, channel, { ...outgoing, mandatory: false, isDeferred: true }).undone(at, why);
}

/** A user who is not logged in so, and a time that is none. https://www.rabbitmq.com/docs/validated-user-id */
function checkedOf({ userId, expiration }: AmqpProperties): readonly string[] {
  return userId === undefined && expiration === undefined
    ? NOTHING
    : [userId, expiration].flatMap((value) => value ?? []);
}

const NOTHING: readonly string[] = [];

/** What decides in the exchange where a message goes: its routing key, or those of its headers that bindings ask for. */
function keyOf(broker: SeenBroker, { exchange, routingKey, properties }: Outgoing, span: Span): string {
  if (exchange === '' || broker.topology.exchange(exchange)?.type !== 'headers') return routingKey;
  const asked = new Set(broker.topology.boundTo(exchange, span).flatMap((bound) => Object.keys(bound.arguments)));
  const headers = Object.entries(properties.headers ?? {}).filter(([name]) => asked.has(name) && name !== 'x-match');
  return pairsText(Object.fromEntries(headers));
}

/** What counts of a message, as it is published or as it arrives; `ignoresDeaths` where its own word for them does not. */
export function publicationOf(
  { exchange, routingKey, properties, content }: Pick<Outgoing, 'exchange' | 'routingKey' | 'properties' | 'content'>,
  ignoresDeaths = false,
): Publication {
  const { headers, priority = 0, deliveryMode, expiration } = properties;
  const identity = identify(content, properties);
  const tellsDeaths = headers && ('x-death' in headers || 'x-first-death-queue' in headers);
  const told = tellsDeaths ? deathsIn(headers) : NO_DEATHS;
  return new Publication(identity, {
    exchange,
    routingKey,
    headers: headers ? owned(headers) : NONE,
    sizeBytes: content.sizeBytes,
    priority,
    persistent: deliveryMode === 2,
    ttlMs: expiration === undefined ? undefined : Number.parseInt(expiration, 10),
    deaths: ignoresDeaths ? NO_DEATHS : told,
    told: told[0],
  });
}

const NONE: FieldTable = {};
const NO_DEATHS: Publication['deaths'] = [];

/** A copy that outlives the bytes it was read from, where something in it points there. */
function owned(table: FieldTable): FieldTable {
  return Object.values(table).some(isLent) ? (copy(table) as FieldTable) : table;
}

function isLent(value: FieldValue | undefined): boolean {
  return typeof value === 'object' && value !== null;
}

function copy(value: FieldValue | undefined): FieldValue | undefined {
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (value instanceof Typed)
    return Buffer.isBuffer(value.value) ? new Typed(value.type, Buffer.from(value.value)) : value;
  if (Array.isArray(value)) return value.map((item) => copy(item) as FieldValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)])) as FieldTable;
}
