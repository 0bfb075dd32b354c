/** An embedded Redis: real clients connect to it over RESP 2 or 3. It keeps everything in memory, and nothing else. */
import type { EmbeddedServer, RunningServer, ServerOptions } from '../server.ts';
import { createEngine } from './create.ts';
import { listenOn, loopbackHosts } from './listener.ts';

const redis: EmbeddedServer = {
  name: 'redis',
  provides: ['redis'],
  version: '7.0 behaviour',

  async start({ ports = {}, hosts = loopbackHosts(), clock }: ServerOptions): Promise<RunningServer> {
    let engine = createEngine({ clock });
    let listener = await listenOn(hosts, ports.redis ?? 0, (socket) => engine.accept(socket));
    const { port } = listener;
    engine.settings.port = port;
    const host = hosts[0]!.includes(':') ? `[${hosts[0]}]` : hosts[0]!;
    return {
      urls: { redis: `redis://${host}:${port}` },
      async close() {
        const closed = listener.close();
        engine.close();
        await closed;
      },
      // Without persistence a restarted Redis is empty.
      async restart() {
        const closed = listener.close();
        engine.close();
        await closed;
        engine = createEngine({ clock });
        engine.settings.port = port;
        listener = await listenOn(hosts, port, (socket) => engine.accept(socket));
      },
    };
  },
};

export default redis;
export { createEngine } from './create.ts';
export type { Engine } from './engine.ts';
