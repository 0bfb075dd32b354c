/** A relay in a process of its own: `plain`, or `tap` with decoding and the story, told to nobody. */
import net from 'node:net';
import { systemClock } from '../../../dist/src/core/clock.js';
import { Peers, SPOKEN } from '../../../dist/src/lab/peers.js';
import { Trace } from '../../../dist/src/lab/trace.js';
import { Story } from '../../../dist/src/story/story.js';

const [kind, service, url] = process.argv.slice(2);

function plain(host, port) {
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = net.connect({ host, port, noDelay: true, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.on('data', (chunk) => to.write(chunk) || from.pause());
      to.on('drain', () => from.resume());
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

async function tap() {
  const trace = new Trace(systemClock, () => {});
  const story = await Story.begin(SPOKEN[service], (event, at) => trace.tell(event, trace.number(), at));
  const endpoints = new Map([[service, { service, url, backend: 'url', version: '', shared: false }]]);
  const peers = new Peers({ endpoints, trace, story, tellFrames: 'no', watch: () => {} });
  await peers.load(SPOKEN[service]);
  return Number(new URL(await peers.url(service, 'bench')).port);
}

const target = new URL(url);
process.send({ port: kind === 'tap' ? await tap() : await plain(target.hostname, Number(target.port)) });
