/** Starts the embedded Redis. */
import { createServer } from 'node:net';
import { authorityOf } from '../../core/urls.ts';
import { listen } from '../listen.ts';
import type { RunningServer, ServerOptions } from '../server.ts';
import { readerInPlace } from './clients/read-in-place.ts';
import { createEngine } from './create.ts';
import { releaseFor } from './releases.ts';

/** Starts one engine, listening on the addresses that are asked for. */
export async function start({ ports = {}, hosts, clock, versions }: ServerOptions): Promise<RunningServer> {
  const release = releaseFor(versions?.redis);
  let engine = createEngine({ clock, release });
  const inPlace = readerInPlace();
  const create = () => createServer({ pauseOnConnect: true }, (socket) => engine.accept(inPlace(socket)));
  let listener = await listen('redis', create, ports.redis, hosts);
  const { port, host } = listener;
  engine.settings.port = port;
  return {
    urls: { redis: `redis://${authorityOf(host, port)}` },
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
      engine = createEngine({ clock, release });
      engine.settings.port = port;
      listener = await listen('redis', create, port, hosts);
    },
  };
}
