import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { BackendError, messageOf } from '../core/errors.ts';

const HOST = '127.0.0.1';

/**
 * Above most ports that are somebody's by custom, and below those that systems give to connections: Linux from 32768,
 * others from 49152 (https://www.rfc-editor.org/rfc/rfc6335#section-6). A server that is started again finds its port
 * as it left it.
 */
const [FIRST, LAST] = [28_000, 32_767];
/** How many of them are tried before the system is asked for any. */
const TRIES = 20;

/**
 * Ports that are free on 127.0.0.1 right now. All are held until the last one is found, so that they differ; someone
 * else may still take one before its server does, which then has to be started again with others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, holdAny));
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

async function holdAny(): Promise<Server> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const server = await hold(randomInt(FIRST, LAST + 1)).catch(() => undefined);
    if (server) return server;
  }
  return hold(0);
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}
