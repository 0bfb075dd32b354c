/** Starts the embedded Redis. */
import type { RunningServer, ServerOptions } from '../server.ts';
import { createEngine } from './create.ts';
import { listenOn, loopbackHosts } from './listener.ts';

/** Starts one engine, listening on the addresses that are asked for. */
export async function start({ ports = {}, hosts = loopbackHosts(), clock }: ServerOptions): Promise<RunningServer> {
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
}
