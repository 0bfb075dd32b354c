/** An embedded Redis: real clients connect to it over RESP 2 or 3. It keeps everything in memory, and nothing else. */
import type { EmbeddedServer } from '../server.ts';

const redis: EmbeddedServer = {
  name: 'redis',
  provides: ['redis'],
  version: '7.0 behaviour',
  // Whoever needs no Redis does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
  async embed({ clock }) {
    const { createEngine } = await import('./create.ts');
    const engine = createEngine({ clock });
    return { accept: (_service, stream) => engine.accept(stream), close: async () => engine.close() };
  },
};
export default redis;
