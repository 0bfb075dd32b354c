/** Listens for TCP connections on several addresses and one port. */
import { createServer, type Server, type Socket } from 'node:net';
import { BackendError, messageOf } from '../../core/errors.ts';

export interface Listener {
  readonly port: number;
  /** Takes no more connections, and resolves when the port is free again. Open connections are the caller's. */
  close(): Promise<void>;
}

/** Where nothing was asked for, IPv6 is a courtesy: many machines have none. */
const DEFAULT_HOSTS = ['127.0.0.1', '::1'];

/**
 * Listens on `port` (0: a free one) of every host. Throws a BackendError where that is not possible.
 */
export async function listen(
  port: number,
  hosts: readonly string[] | undefined,
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  let taken = port;
  for (const [index, host] of (hosts ?? DEFAULT_HOSTS).entries()) {
    const server = createServer({ noDelay: true }, onConnection);
    try {
      taken = await bind(server, taken, host);
      servers.push(server);
    } catch (error) {
      if (hosts === undefined && index > 0) continue;
      await close();
      const code = (error as NodeJS.ErrnoException).code;
      const reason = code === 'EADDRINUSE' ? 'the port is taken' : messageOf(error);
      throw new BackendError(`can't listen on ${host} port ${taken}: ${reason}`, {
        hint: 'Choose another port, or leave it out to get a free one.',
        cause: error,
      });
    }
  }
  return { port: taken, close };
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
