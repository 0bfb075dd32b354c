/** Lets STOMP clients in: by WebSocket at /ws, and by plain STOMP on the same port. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Broker } from '../broker/broker.ts';
import type { Front } from '../broker/front.ts';
import { acceptStomp } from './connection.ts';

/** How long a client may take to say its first word, or to open a WebSocket, in ms. */
const FIRST_WORD_MS = 10_000;

/**
 * WebSocket begins as HTTP, and no STOMP frame begins with G. What a browser sends otherwise is HTTP as well: its body
 * could hold frames, but must not be read as any.
 */
const IS_HTTP = /^(?:G|(?:HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) )/;

export class StompFront implements Front {
  readonly streams = new Set<Duplex>();
  readonly #broker: Broker;
  readonly #allowOrigins: readonly string[] | undefined;
  readonly #goodbyes = new Set<() => void>();
  /** Of those that may take no longer to open a WebSocket: what lets them be. */
  readonly #opening = new Map<Duplex, () => void>();
  #web: Promise<Server> | undefined;

  constructor(broker: Broker, allowOrigins?: readonly string[]) {
    this.#broker = broker;
    this.#allowOrigins = allowOrigins;
  }

  accept(stream: Duplex): void {
    this.streams.add(stream);
    const stopWaiting = this.#broker.clock.after(FIRST_WORD_MS, () => stream.destroy());
    stream.on('error', () => stream.destroy());
    stream.once('close', () => {
      stopWaiting();
      this.#opening.delete(stream);
      this.streams.delete(stream);
    });
    stream.once('readable', () => {
      const first: Buffer | null = stream.read();
      if (!first) return;
      stream.unshift(first);
      if (IS_HTTP.test(first.toString('latin1', 0, 8))) {
        this.#opening.set(stream, stopWaiting);
        this.#upgrade(stream);
      } else {
        stopWaiting();
        this.#serve(stream);
      }
    });
  }

  shutDown(): void {
    for (const goodbye of this.#goodbyes) goodbye();
  }

  #upgrade(stream: Duplex): void {
    this.#web ??= import('./web.ts').then(({ createWebStomp }) =>
      createWebStomp(this.#broker, this.#goodbyes, this.#allowOrigins, (opened) => {
        this.#opening.get(opened)?.();
        this.#opening.delete(opened);
      }),
    );
    this.#web.then((server) => server.emit('connection', stream)).catch(() => stream.destroy());
  }

  #serve(stream: Duplex): void {
    const client = acceptStomp(this.#broker, stream);
    const goodbye = () => client.shutDown();
    this.#goodbyes.add(goodbye);
    stream.once('close', () => this.#goodbyes.delete(goodbye));
  }
}
