/** A way into the broker: the clients of one protocol, whatever connects them. */
import type { Duplex } from 'node:stream';
import type { Broker } from './broker.ts';

export interface Front {
  /** The streams of those who are in. */
  readonly streams: ReadonlySet<Duplex>;
  /** Serves the client at the other end of a stream. */
  accept(stream: Duplex): void;
  /** Says goodbye to every client. */
  shutDown(): void;
}

/** Opens a front to a broker. */
export type OpenFront = (broker: Broker) => Front;
