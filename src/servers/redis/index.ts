/** An embedded Redis: real clients connect to it over RESP 2 or 3. It keeps everything in memory, and nothing else. */
import type { EmbeddedServer } from '../server.ts';

const redis: EmbeddedServer = {
  name: 'redis',
  provides: ['redis'],
  version: '7.0 behaviour',
  // Whoever needs no Redis does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
};
export default redis;
