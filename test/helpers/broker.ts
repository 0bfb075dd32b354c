/** A broker without sockets, and clients that are connected to it in memory. */
import { randomBytes } from 'node:crypto';
import { duplexPair } from 'node:stream';
import type { Clock } from '../../src/core/time/clock.ts';
import { acceptAmqp } from '../../src/servers/rabbitmq/amqp/front.ts';
import { Broker, type BrokerOptions } from '../../src/servers/rabbitmq/broker/broker.ts';
import { GUEST } from '../../src/servers/rabbitmq/broker/users.ts';
import { releaseFor } from '../../src/servers/rabbitmq/releases.ts';
import { AmqpPeer, type PeerOptions } from './amqp-peer.ts';

export function createBroker(clock: Clock, options: Partial<BrokerOptions> = {}): Broker {
  return new Broker({
    release: releaseFor(undefined),
    clock,
    random: randomBytes,
    users: [GUEST],
    vhosts: ['/'],
    memoryMax: 1e9,
    ...options,
  });
}

/** A client that has said nothing yet. */
export function dial(broker: Broker): AmqpPeer {
  const [near, far] = duplexPair();
  // A pair in memory does not pass on its ends as a socket does.
  far.once('close', () => near.destroy());
  far.once('finish', () => near.destroy());
  near.once('close', () => far.destroy());
  acceptAmqp(broker, far);
  return new AmqpPeer(near);
}

/** A client with an open connection and an open channel 1. */
export async function open(broker: Broker, options: PeerOptions = {}): Promise<AmqpPeer> {
  const peer = dial(broker);
  await peer.handshake('amqp://guest:guest@memory', options);
  await peer.call(1, 'channel.open');
  return peer;
}
