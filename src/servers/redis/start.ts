/** Starts the embedded Redis. */
import { createServer } from 'node:net';
import { authorityOf } from '../../core/urls.ts';
import { listen } from '../listen.ts';
import type { RunningServer, ServerOptions } from '../server.ts';
import { readerInPlace } from './clients/read-in-place.ts';
import { createEngine } from './create.ts';
import { releaseFor } from './releases.ts';

/** Starts one engine, listening on the addresses that are asked for. */
export async function start({
  ports = {},
  hosts,
  clock,
  password = '',
  versions,
  background,
}: ServerOptions): Promise<RunningServer> {
  const release = releaseFor(versions?.redis);
  const create = () => {
    const made = createEngine({ clock, release });
    made.settings.requirepass = password;
    return made;
  };
  let engine = create();
  const inPlace = readerInPlace();
  const createListener = () => createServer({ pauseOnConnect: true }, (socket) => engine.accept(inPlace(socket)));
  let listener = await listen('redis', createListener, ports.redis, { hosts, background });
  const { port, host } = listener;
  engine.settings.port = port;
  return {
    urls: { redis: `redis://${password === '' ? '' : `:${encodeURIComponent(password)}@`}${authorityOf(host, port)}` },
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
      engine = create();
      engine.settings.port = port;
      listener = await listen('redis', createListener, port, { hosts, background });
    },
  };
}
