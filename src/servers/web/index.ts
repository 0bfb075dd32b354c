/** The embedded web server: a WebSocket echo (`ws`), and an HTTP server that publishes updates in four ways (`http`). */
import type { Server } from 'node:http';
import { BackendError } from '../../core/errors.ts';
import type { Service } from '../../core/services.ts';
import { authorityOf } from '../../core/urls.ts';
import { type Listening, listen } from '../listen.ts';
import type { EmbeddedServer, RunningServer, ServerOptions } from '../server.ts';
import { WebEngine } from './engine.ts';

type WebService = 'ws' | 'http';

const PROVIDES: readonly WebService[] = ['ws', 'http'];
const CREATE: Record<WebService, (engine: WebEngine) => Server> = {
  ws: (engine) => engine.createEchoServer(),
  http: (engine) => engine.createHttpServer(),
};
const URLS: Record<WebService, (authority: string) => string> = {
  ws: (authority) => `ws://${authority}/`,
  http: (authority) => `http://${authority}`,
};

const web: EmbeddedServer = {
  name: 'web',
  provides: PROVIDES,
  version(asked) {
    if (asked === undefined) return 'HTTP/1.1, WebSocket 13';
    throw new BackendError(`the embedded web server has no version ${asked}`, { hint: 'leave the version out' });
  },
  async start(options) {
    let running = await startOnce(options);
    const ports = Object.fromEntries(
      Object.entries(running.urls).map(([service, url]) => [service, Number(new URL(url).port)]),
    );
    return {
      urls: running.urls,
      close: () => running.close(),
      // What was published was in memory, so a restarted server knows nothing of it.
      async restart() {
        await running.close();
        running = await startOnce({ ...options, ports });
      },
    };
  },
  async embed(options) {
    const engine = await WebEngine.create(options);
    const servers = new Map<Service, Server>(PROVIDES.map((service) => [service, CREATE[service](engine)]));
    return {
      accept(service, stream) {
        const server = servers.get(service);
        if (!server) throw new TypeError(`the web server does not offer ${service}`);
        server.emit('connection', stream);
      },
      close: () => engine.close(),
    };
  },
};
export default web;

async function startOnce(options: ServerOptions): Promise<RunningServer> {
  const { services, ports } = options;
  const engine = await WebEngine.create(options);
  const listeners: Listening<Server>[] = [];
  const urls: Partial<Record<Service, string>> = {};
  // Listeners first, so that nobody comes in while the connections are closed.
  const close = async () => {
    const closed = listeners.map((listener) => listener.close());
    await engine.close();
    await Promise.all(closed);
  };
  try {
    for (const service of PROVIDES) {
      if (!services.includes(service)) continue;
      const listener = await listen(service, () => CREATE[service](engine), ports?.[service], options);
      listeners.push(listener);
      urls[service] = URLS[service](authorityOf(listener.host, listener.port));
    }
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    urls,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
