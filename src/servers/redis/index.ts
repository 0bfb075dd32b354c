/** An embedded Redis: real clients connect to it over RESP 2 or 3. It keeps everything in memory, and nothing else. */
import type { EmbeddedServer } from '../server.ts';
import { releaseFor } from './releases.ts';

const redis: EmbeddedServer = {
  name: 'redis',
  provides: ['redis'],
  version: (asked) => `${releaseFor(asked).name} behaviour`,
  // Whoever needs no Redis does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
  async embed({ clock, versions }) {
    const { createEngine } = await import('./create.ts');
    const engine = createEngine({ clock, release: releaseFor(versions?.redis) });
    return { accept: (_service, stream) => engine.accept(stream), close: async () => engine.close() };
  },
};
export default redis;
