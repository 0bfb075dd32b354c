/** Servers inside this process: nothing to install, ready in milliseconds. */

import { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import { SERVICE_TITLES, SERVICES, type Service, urlFlag } from '../core/services.ts';
import { loadServers } from '../servers/embedded.ts';
import type { EmbeddedServer, RunningServer, ServerOptions } from '../servers/server.ts';
import type { Backend, Endpoint, StartOptions } from './backend.ts';

const embedded: Backend = {
  name: 'embedded',
  title: { en: 'inside msgplay, nothing to install', ko: 'msgplay 안에서, 설치할 것이 없다' },
  services: SERVICES,
  async probe(service, _urls, versions) {
    const server = (await loadServers()).find(({ provides }) => provides.includes(service));
    return server
      ? { available: true, version: server.version(versions?.[service]) }
      : { available: false, why: missing(service), hint: elsewhere(service) };
  },
  async start(options) {
    const cleanups = new Cleanups();
    try {
      const endpoints = await startServers(options, cleanups);
      return { endpoints, close: () => cleanups.run() };
    } catch (error) {
      await cleanups.run();
      throw error;
    }
  },
};
export default embedded;

async function startServers(options: StartOptions, cleanups: Cleanups): Promise<Endpoint[]> {
  const { services, versions = {}, signal } = options;
  const servers = await loadServers();
  const orphan = services.find((service) => !servers.some(({ provides }) => provides.includes(service)));
  if (orphan) throw new BackendError(missing(orphan), { hint: elsewhere(orphan) });
  const endpoints: Endpoint[] = [];
  for (const server of servers) {
    const wanted = services.filter((service) => server.provides.includes(service));
    if (wanted.length === 0) continue;
    signal.throwIfAborted();
    const running = await startOne(server, { ...options, services: wanted, versions });
    cleanups.add(() => running.close());
    const restart = running.restart ? { restart: running.restart.bind(running) } : {};
    const exited = running.exited ? { exited: running.exited } : {};
    for (const service of wanted) {
      const url = running.urls[service];
      if (url === undefined) throw new Error(`the embedded server ${server.name} has no URL for ${service}`);
      const version = server.version(wanted.map((one) => versions[one]).find((asked) => asked !== undefined));
      endpoints.push({ service, url, backend: embedded.name, version, shared: false, ...restart, ...exited });
    }
  }
  signal.throwIfAborted();
  return endpoints;
}

async function startOne(
  server: EmbeddedServer,
  options: StartOptions & Pick<ServerOptions, 'versions'>,
): Promise<RunningServer & { readonly exited?: Promise<string> }> {
  if (!options.threads || options.clock) return server.start(options);
  const { startOnThread } = await import('../servers/on-thread.ts');
  return startOnThread(server, options);
}

function missing(service: Service): string {
  return `there is no embedded ${SERVICE_TITLES[service]}`;
}

function elsewhere(service: Service): string {
  return `use --backend ${service}=local, or name a server with ${urlFlag(service)}`;
}
