/** Listening on every loopback address with one port. */

import type { Server } from 'node:net';
import { itemAt } from '../core/collections/present.ts';
import { BackendError, messageOf } from '../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import type { ServerOptions } from './server.ts';

const LOOPBACK = ['127.0.0.1', '::1'];
/** A port that is free on one address may be taken on the other; then another one is tried. */
const MAX_TRIES = 20;
/** Connections that may wait to be accepted: a crowd that comes at once is not turned away. */
const BACKLOG = 511;

export interface Listening<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
  readonly host: string;
  /** Takes no more connections, and resolves when the port is free again. Open connections are the caller's. */
  close(): Promise<void>;
}

/**
 * Starts one server from `create` on each host, all on the same port; a free one where `wanted` is 0 or not given. Of the default hosts, ::1 is left out where the
 * machine has none. Throws a BackendError when a port that was asked for can't be had.
 */
export async function listen<S extends Server>(
  service: Service,
  create: () => S,
  wanted: number | undefined,
  { hosts, background = false }: Pick<ServerOptions, 'hosts' | 'background'>,
): Promise<Listening<S>> {
  const port = wanted === 0 ? undefined : wanted;
  const [first, ...others] = hosts ?? LOOPBACK;
  if (first === undefined) throw new BackendError(`${SERVICE_TITLES[service]} needs an address to listen on`);
  for (let tries = 1; ; tries++) {
    const servers: S[] = [];
    try {
      servers.push(await listenOn(create(), port ?? 0, first));
      const chosen = portOf(itemAt(servers, 0));
      for (const host of others) {
        const server = await listenOn(create(), chosen, host).catch((error) => {
          if (hosts || !isMissingAddress(error)) throw error;
        });
        if (server) servers.push(server);
      }
      if (background) for (const server of servers) stayInBackground(server);
      return { servers, port: chosen, host: first, close: () => closeAll(servers) };
    } catch (error) {
      await closeAll(servers);
      const lostRace = port === undefined && isCode(error, 'EADDRINUSE');
      if (!lostRace || tries === MAX_TRIES) throw refusal(service, port, error);
    }
  }
}

/** Neither the server nor its connections keep the process alive: their clients do, where they want to. */
function stayInBackground(server: Server): void {
  server.unref();
  // Before whoever serves it hands its handle over to another socket.
  server.prependListener('connection', (socket) => socket.unref());
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
}

function listenOn<S extends Server>(server: S, port: number, host: string): Promise<S> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: host.includes(':'), backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function refusal(service: Service, port: number | undefined, cause: unknown): BackendError {
  const title = SERVICE_TITLES[service];
  if (isCode(cause, 'EADDRINUSE')) {
    const hint = `choose another with --port ${service}=N, or leave it out to get a free one`;
    return new BackendError(`port ${port} for ${title} is taken`, { hint, cause });
  }
  if (isCode(cause, 'EACCES')) {
    const hint = `choose one above 1023 with --port ${service}=N`;
    return new BackendError(`port ${port} for ${title} may not be used by this user`, { hint, cause });
  }
  return new BackendError(`${title} can't listen: ${messageOf(cause)}`, { cause });
}

function isMissingAddress(error: unknown): boolean {
  return isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'EAFNOSUPPORT');
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
