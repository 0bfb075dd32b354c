/** Lets STOMP clients in, by WebSocket at /ws and, on the same port, by plain TCP. */
import type { Server } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { authorityOf } from '../../../core/urls.ts';
import { listen } from '../../listen.ts';
import type { Broker } from '../broker/broker.ts';
import type { Front } from '../broker/front.ts';
import { hangUp } from '../transport/hang-up.ts';
import { acceptStomp } from './connection.ts';

/** How long a client may take to say its first word, in ms. */
const FIRST_WORD_MS = 10_000;

export async function startStomp(broker: Broker, port: number, hosts: readonly string[] | undefined): Promise<Front> {
  const sockets = new Set<Socket>();
  const goodbyes = new Set<() => void>();
  let web: Promise<Server> | undefined;

  const admit = (socket: Socket, first: Buffer): void => {
    socket.unshift(first);
    // WebSocket begins as HTTP, and no STOMP frame begins with GET.
    if (first[0] === 0x47) {
      web ??= import('./web.ts').then(({ createWebStomp }) => createWebStomp(broker, goodbyes));
      web.then((server) => server.emit('connection', socket)).catch(() => socket.destroy());
      return;
    }
    const client = acceptStomp(broker, socket);
    const goodbye = () => client.shutDown();
    goodbyes.add(goodbye);
    socket.once('close', () => goodbyes.delete(goodbye));
  };

  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.setTimeout(FIRST_WORD_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (!first) return;
      socket.setTimeout(0);
      admit(socket, first);
    });
  };
  const listener = await listen('stomp', () => createServer({ noDelay: true }, accept), port, hosts);
  return {
    url: `ws://guest:guest@${authorityOf(listener.host, listener.port)}/ws`,
    port: listener.port,
    async close() {
      for (const goodbye of goodbyes) goodbye();
      await hangUp(listener, sockets);
    },
  };
}
