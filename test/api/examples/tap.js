/** A tap in front of a running server: what an application really says. `node tap.js redis://127.0.0.1:6379` */
import { Redis } from 'ioredis';
import { openTaps } from 'msgplay';

const taps = await openTaps({
  urls: { redis: process.argv[2] },
  onEvent: (event) => {
    if (event.type === 'frame' && event.phase === 'open') console.log(event.from, event.name, event.summary);
  },
});
const application = new Redis(await taps.url('redis', 'application'), { lazyConnect: true, enableReadyCheck: false });
await application.set('greeting', 'hello');
application.disconnect();
await taps.close();
