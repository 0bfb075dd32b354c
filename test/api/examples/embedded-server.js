/** A Redis for a test suite, with nothing installed. `node embedded-server.js` */
import { Redis } from 'ioredis';
import { startServers } from 'msgplay';

const servers = await startServers({ services: ['redis'] });
const redis = new Redis(servers.urls.redis);
await redis.set('greeting', 'hello');
console.log(await redis.get('greeting'));
await redis.quit();
await servers.close();
