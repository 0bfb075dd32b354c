/** What AMQP peers say in a story, in few words. */
import {
  type AmqpArgs,
  type AmqpMethodName,
  type AmqpProperties,
  encodeContent,
  encodeMethod,
  PROTOCOL_HEADER,
} from '../../src/protocols/amqp/index.ts';
import type { Narration, Speaker } from './narrate.ts';

export function method<M extends AmqpMethodName>(name: M, args: Partial<AmqpArgs[M]> = {}, channel = 1): Buffer {
  return encodeMethod(channel, name, args);
}

/** A connection of this peer, with a channel. */
export function connect(story: Narration, name: string): Speaker {
  return story.peer(name).client(PROTOCOL_HEADER, method('channel.open')).server(method('channel.open-ok'));
}

export function queue(peer: Speaker, name: string, args = {}, durable = false): Speaker {
  return peer
    .client(method('queue.declare', { queue: name, durable, arguments: args }))
    .server(method('queue.declare-ok', { queue: name }));
}

export function exchange(peer: Speaker, name: string, type: string, args = {}): Speaker {
  return peer
    .client(method('exchange.declare', { exchange: name, type, arguments: args }))
    .server(method('exchange.declare-ok'));
}

export function bind(peer: Speaker, name: string, to: string, routingKey = '', args = {}): Speaker {
  return peer
    .client(method('queue.bind', { queue: name, exchange: to, routingKey, arguments: args }))
    .server(method('queue.bind-ok'));
}

export function consume(peer: Speaker, name: string, more: Partial<AmqpArgs['basic.consume']> = {}): Speaker {
  return peer
    .client(method('basic.consume', { queue: name, ...more }))
    .server(method('basic.consume-ok', { consumerTag: more.consumerTag || 'tag' }));
}

/** Where each body was published last: a server delivers it with that exchange and that key. */
const published = new Map<string, { readonly exchange: string; readonly routingKey: string }>();

export function publish(
  peer: Speaker,
  to: string,
  routingKey: string,
  body: string,
  properties: AmqpProperties = {},
): Speaker {
  if (published.size > 100) published.clear();
  published.set(body, { exchange: to, routingKey });
  return peer.client(encodeContent(1, 'basic.publish', { exchange: to, routingKey }, properties, Buffer.from(body)));
}

export function deliver(
  peer: Speaker,
  deliveryTag: number,
  body: string,
  more: Partial<AmqpArgs['basic.deliver']> = {},
  properties: AmqpProperties = {},
): Speaker {
  const args = { consumerTag: 'tag', deliveryTag, ...published.get(body), ...more };
  return peer.server(encodeContent(1, 'basic.deliver', args, properties, Buffer.from(body)));
}

/** The server answers something that was asked after all the rest: so that was carried out. */
export function answered(peer: Speaker): Speaker {
  return peer.client(method('basic.qos')).server(method('basic.qos-ok'));
}

export const ack = (deliveryTag: number, multiple = false): Buffer => method('basic.ack', { deliveryTag, multiple });
