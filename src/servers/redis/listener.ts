/** Loopback ports. */
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { BackendError, messageOf } from '../../core/errors.ts';

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 511, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** 127.0.0.1, and ::1 where the machine has it. */
export function loopbackHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address }) => address === '::1') ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on one port of every host; a port of 0 takes a free one. Throws a BackendError where a port that was asked
 * for is taken.
 */
export async function listenOn(
  hosts: readonly string[],
  port: number,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  for (let attempt = 0; ; attempt++) {
    const servers: Server[] = [];
    let chosen = port;
    try {
      for (const host of hosts) {
        const server = createServer(accept);
        servers.push(server);
        chosen = await listen(server, host, chosen);
      }
      return {
        port: chosen,
        close: async () => {
          await Promise.all(servers.map(closed));
        },
      };
    } catch (error) {
      await Promise.all(servers.filter((server) => server.listening).map(closed));
      // The free port of one address may be taken on the other: then another one is tried.
      if (port === 0 && attempt < 10) continue;
      throw new BackendError(`The embedded Redis cannot listen on port ${chosen}: ${messageOf(error)}`, {
        hint: 'Choose another port, or let msgplay take a free one.',
        cause: error,
      });
    }
  }
}
