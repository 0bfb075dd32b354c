import { createServer, type Server } from 'node:net';
import { BackendError, messageOf } from '../core/errors.ts';

const HOST = '127.0.0.1';

/**
 * Ports that are free on 127.0.0.1 right now. All are held until the last one is found, so that they differ; someone
 * else may still take one before its server does, which then has to be started again with others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  const ports = held.map((server) => (server.address() as { port: number }).port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Throws a BackendError when a port that the user asked for can't be had. */
export async function assertFree(port: number, option: string): Promise<void> {
  const server = await hold(port).catch((cause) => {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const problem = taken ? 'is taken' : `can't be used: ${messageOf(cause)}`;
    const hint = `choose another with --port ${option}=N, or leave it out to get a free one`;
    throw new BackendError(`port ${port} ${problem}`, { hint, cause });
  });
  await new Promise((closed) => server.close(closed));
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}
