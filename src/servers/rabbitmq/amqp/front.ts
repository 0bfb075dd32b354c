/** Lets AMQP clients in by TCP. */
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { authorityOf } from '../../../core/urls.ts';
import { listen } from '../../listen.ts';
import type { Broker } from '../broker/broker.ts';
import type { Front } from '../broker/front.ts';
import { hangUp } from '../transport/hang-up.ts';
import { AmqpConnection } from './connection.ts';

/** Speaks AMQP with whoever is at the other end of a stream. */
export function acceptAmqp(broker: Broker, stream: Duplex): AmqpConnection {
  return new AmqpConnection(stream, broker);
}

export async function startAmqp(broker: Broker, port: number, hosts: readonly string[] | undefined): Promise<Front> {
  const connections = new Map<Duplex, AmqpConnection>();
  const accept = (socket: Socket) => {
    connections.set(socket, acceptAmqp(broker, socket));
    socket.once('close', () => connections.delete(socket));
  };
  const listener = await listen('rabbitmq', () => createServer({ noDelay: true }, accept), port, hosts);
  return {
    url: `amqp://guest:guest@${authorityOf(listener.host, listener.port)}`,
    port: listener.port,
    async close() {
      for (const connection of connections.values()) connection.shutDown();
      await hangUp(listener, connections);
    },
  };
}
