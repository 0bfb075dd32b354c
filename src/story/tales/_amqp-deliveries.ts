/** What a broker sends to AMQP clients: deliveries, returns, confirms. */
import type { AmqpContent, AmqpProperties, AmqpValue } from '../../protocols/amqp/index.ts';
import type { SeenBroker } from '../broker/broker.ts';
import { arrive } from '../broker/channels/arrivals/arrive.ts';
import { perhapsGone } from '../broker/channels/ends.ts';
import type { Publish } from '../broker/channels/publish.ts';
import { publicationOf } from '../broker/channels/publishing.ts';
import type { Publication } from '../broker/messages/publication.ts';
import type { SeenEntry } from '../broker/queues/entry.ts';
import type { SeenQueue } from '../broker/queues/queue.ts';
import { placeOf } from '../broker/world.ts';
import type { Among, Content } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import type { AmqpChannel } from './_amqp-channel.ts';
import { counted } from './_amqp-requests.ts';

export type Of<Name extends AmqpValue['method']> = Extract<AmqpValue, { method: Name }>;

/** The most mandatory publishes of which it is looked at whether they may be the one that comes back. */
const LOOKED_AT = 64;
const NO_BODY: AmqpContent = { properties: {}, bodySize: 0, body: Buffer.alloc(0) };

/** The content of a method that carries one. */
export function contentOf({ content = NO_BODY }: { readonly content?: AmqpContent }): {
  readonly properties: AmqpProperties;
  readonly content: Content;
} {
  const { properties, body, bodySize: sizeBytes, digest } = content;
  return { properties, content: { body, sizeBytes, digest, beside: [properties.headers, properties] } };
}

export function deliver(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, value: Of<'basic.deliver'>): void {
  const { exchange, routingKey, consumerTag, deliveryTag, redelivered } = value.args;
  const consumer = channel.consumers.get(consumerTag);
  const { properties, content } = contentOf(value);
  const publication = publicationOf({ exchange, routingKey, properties, content });
  learnReplyAddress(broker, properties, publication);
  const takings = consumer ? [consumer] : [];
  const arrival = { publication, content, tag: Number(deliveryTag), redelivered, takings };
  arrive(broker, seen, channel, arrival, (entry, among) => tell(broker, seen, entry, 'deliver', redelivered, among));
}

export function got(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, value: Of<'basic.get-ok'>): void {
  const { exchange, routingKey, deliveryTag, redelivered, messageCount } = value.args;
  const get = channel.gets[0];
  const { properties, content } = contentOf(value);
  const publication = publicationOf({ exchange, routingKey, properties, content });
  learnReplyAddress(broker, properties, publication);
  // It is no longer on its way: what it may have been given is this, and what was asked before was carried out.
  get?.leave();
  channel.answer(seen, value);
  const arrival = { publication, content, tag: Number(deliveryTag), redelivered, takings: get ? [get] : [] };
  arrive(broker, seen, channel, arrival, (entry, among) => tell(broker, seen, entry, 'get', redelivered, among));
  if (get?.queue) counted(broker, seen, get.queue, messageCount, get.request.span);
}

function tell(
  broker: SeenBroker,
  seen: SeenFrame,
  entry: SeenEntry,
  verb: string,
  redelivered: boolean,
  among: Among | undefined = entry.twins,
): void {
  const { queue, message, publication } = entry;
  const route = queue === broker.elsewhere ? placeOf(publication.exchange, publication.routingKey) : queue.name;
  broker.ledger.step(seen, message, {
    stage: redelivered ? 'redelivered' : 'delivered',
    verb: redelivered ? `re${verb}` : verb,
    from: 'server',
    route,
    among,
  });
}

/** A request that a responder gets tells the address that the broker made for its reply. */
function learnReplyAddress(broker: SeenBroker, { replyTo }: AmqpProperties, request: Publication): void {
  if (replyTo !== undefined) broker.learnReplyAddress(replyTo.replace(/^\/reply-queue\//, ''), request.identity);
}

export function returned(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, value: Of<'basic.return'>): void {
  const { exchange, routingKey, replyCode, replyText } = value.args;
  const { properties, content } = contentOf(value);
  const { key } = publicationOf({ exchange, routingKey, properties, content });
  const route = placeOf(exchange, routingKey);
  const reason = { code: 'RETURNED', values: { replyCode, replyText } } as const;
  const step = { stage: 'returned', verb: 'return', from: 'server', route, reason } as const;
  const mayBe = ({ publication, wasTaken }: Publish): boolean => publication.key === key && !wasTaken;
  const index = channel.mandatory.findIndex(mayBe);
  const [one] = index < 0 ? [] : channel.mandatory.splice(index, 1);
  if (!one) return broker.ledger.step(seen, broker.ledger.foreign(seen, content), step);
  // What comes back first was published first, unless a queue took that one.
  const behind = one.mayBeTaken ? channel.mandatory.slice(index, index + LOOKED_AT) : [];
  const later = behind.filter((other) => mayBe(other) && other.mayBeReturned);
  if (later.length === 0) one.returned = reason;
  else for (const each of [one, ...later]) each.perhapsReturned = reason;
  channel.pending.carriedOut(seen, one);
  const among = later.length > 0 ? new Set([one, ...later].map(({ message }) => message)) : undefined;
  broker.ledger.step(seen, one.message, { ...step, among });
}

/** The broker says what became of what was published. https://www.rabbitmq.com/docs/confirms */
export function confirmed(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  { method, args }: Of<'basic.ack'> | Of<'basic.nack'>,
): void {
  const upTo = Number(args.deliveryTag);
  const step = { verb: method === 'basic.ack' ? 'confirm' : 'nack', from: 'server', route: '' } as const;
  for (const [number, publish] of channel.unconfirmed) {
    if (args.multiple ? number > upTo && upTo !== 0 : number !== upTo) {
      if (number > upTo && upTo !== 0) return;
      continue;
    }
    channel.unconfirmed.delete(number);
    channel.pending.carriedOut(seen, publish);
    if (method === 'basic.ack') {
      publish.confirmed(seen);
      broker.ledger.step(seen, publish.message, { ...step, stage: 'confirmed' });
    } else {
      const reason = publish.nacked(seen) ?? ({ code: 'NOT_TAKEN', values: {} } as const);
      broker.ledger.step(seen, publish.message, { ...step, stage: 'nacked', reason });
    }
  }
}

/** A queue is gone: by the only deletion that may have ended it, which was carried out, then. */
function provenToGo({ channels }: SeenBroker, seen: SeenFrame, { name, why, perhapsGone: doubt }: SeenQueue): boolean {
  if (why) return true;
  const deleting = [...channels].flatMap(({ pending, recovering }) =>
    pending.all
      .filter((one) => one.method === 'queue.delete' && one.names.includes(name))
      .map((one) => ({ pending, one, recovering })),
  );
  const [only, ...others] = deleting;
  if (!only || others.length > 0 || doubt) return false;
  // What it held may be on its way to it once more.
  if (only.recovering?.span.to === Number.POSITIVE_INFINITY) return false;
  only.pending.carriedOut(seen, only.one, false);
  return true;
}

/** The server ends a consumer: its queue is gone, which others may have seen to. */
export function cancelled(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, tag: string): void {
  const consumer = channel.consumers.get(tag);
  channel.consumers.delete(tag);
  channel.tags.delete(tag);
  if (!consumer) return;
  consumer.leave();
  if (!broker.own || !provenToGo(broker, seen, consumer.queue)) perhapsGone(broker, consumer.queue);
  broker.changed(consumer.queue);
  broker.ledger.note(seen, { code: 'CONSUMER_CANCELLED', values: { queue: consumer.queue.name } });
}
