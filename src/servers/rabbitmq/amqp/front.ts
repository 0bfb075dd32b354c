/** Lets AMQP clients in. */
import type { Duplex } from 'node:stream';
import type { Broker } from '../broker/broker.ts';
import type { Front } from '../broker/front.ts';
import { AmqpConnection } from './connection.ts';

/** Speaks AMQP with whoever is at the other end of a stream. */
export function acceptAmqp(broker: Broker, stream: Duplex): AmqpConnection {
  return new AmqpConnection(stream, broker);
}

export class AmqpFront implements Front {
  readonly streams = new Set<Duplex>();
  readonly #broker: Broker;
  readonly #connections = new Set<AmqpConnection>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  accept(stream: Duplex): void {
    const connection = acceptAmqp(this.#broker, stream);
    this.streams.add(stream);
    this.#connections.add(connection);
    stream.once('close', () => {
      this.streams.delete(stream);
      this.#connections.delete(connection);
    });
  }

  shutDown(): void {
    for (const connection of this.#connections) connection.shutDown();
  }
}
