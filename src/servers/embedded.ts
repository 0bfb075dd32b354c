/** The embedded servers: found by listing this directory, started together, with or without ports. */
import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import type { EmbeddedServer, PortlessServer, RunningServer, ServerOptions } from './server.ts';

const SERVERS = new URL('./', import.meta.url);

/** Every server that there is: a folder with an index. */
export async function loadServers(): Promise<EmbeddedServer[]> {
  const index = `index${extname(import.meta.url)}`;
  const entries = await readdir(fileURLToPath(SERVERS), { recursive: true });
  const found = entries.map((entry) => entry.split(/[\\/]/)).filter((path) => path.length === 2 && path[1] === index);
  const loaded = found.map(async ([folder]) => {
    const module = (await import(new URL(`${folder}/${index}`, SERVERS).href)) as { default: EmbeddedServer };
    return module.default;
  });
  return (await Promise.all(loaded)).sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * Starts embedded servers for these services: they listen on loopback, on free ports unless told which, and keep
 * everything in memory. `rabbitmq` and `stomp` meet in one broker.
 *
 * Throws a BackendError where a port is taken; then nothing is left open.
 *
 * @example
 * const servers = await startServers({ services: ['redis'] });
 * const client = new Redis(servers.urls.redis);
 */
export async function startServers(options: ServerOptions): Promise<Required<RunningServer>> {
  const started: RunningServer[] = [];
  const cleanups = new Cleanups();
  try {
    for (const [server, services] of await providersOf(options.services)) {
      const running = await server.start({ ...options, services });
      cleanups.add(() => running.close());
      started.push(running);
    }
  } catch (error) {
    await cleanups.run();
    throw error;
  }
  return {
    urls: Object.assign({}, ...started.map(({ urls }) => urls)),
    close: () => cleanups.run(),
    async restart() {
      await Promise.all(started.map((running) => running.restart?.()));
    },
  };
}

/**
 * Starts embedded servers that listen nowhere: hand them streams with `accept`. With a `clock` of your own no test has
 * to wait.
 *
 * @example
 * const servers = await embedServers({ services: ['rabbitmq'] });
 * const [client, server] = duplexPair();
 * servers.accept('rabbitmq', server);
 */
export async function embedServers(
  options: Pick<ServerOptions, 'services' | 'clock' | 'versions'>,
): Promise<PortlessServer> {
  const byService = new Map<Service, PortlessServer>();
  for (const [server, services] of await providersOf(options.services)) {
    const embedded = await server.embed(options);
    for (const service of services) byService.set(service, embedded);
  }
  return {
    accept(service, stream) {
      const embedded = byService.get(service);
      if (!embedded) throw missing(service);
      embedded.accept(service, stream);
    },
    async close() {
      await Promise.all([...new Set(byService.values())].map((embedded) => embedded.close()));
    },
  };
}

/** Which servers are needed, and for what. */
async function providersOf(services: readonly Service[]): Promise<Map<EmbeddedServer, Service[]>> {
  const servers = await loadServers();
  const needed = new Map<EmbeddedServer, Service[]>();
  for (const service of services) {
    const server = servers.find(({ provides }) => provides.includes(service));
    if (!server) throw missing(service);
    needed.set(server, [...(needed.get(server) ?? []), service]);
  }
  return needed;
}

function missing(service: Service): BackendError {
  return new BackendError(`there is no embedded ${SERVICE_TITLES[service] ?? service}`);
}
