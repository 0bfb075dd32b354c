/**
 * A relay in a process of its own: `plain`; `tap`, which decodes what passes into frames that nobody looks at; or
 * `story`, which also follows every message through them, and tells nobody.
 */
import net from 'node:net';
import { systemClock } from '../../../.bench/src/core/time/clock.js';
import { Peers } from '../../../.bench/src/lab/wire/peers.js';
import { Trace } from '../../../.bench/src/lab/wire/trace.js';
import { loadServices } from '../../../.bench/src/services/service.js';
import { Story } from '../../../.bench/src/story/story.js';
import { openTap } from '../../../.bench/src/tap/tap.js';

const [kind, service, url] = process.argv.slice(2);
const services = await loadServices([service]);
const spoken = services.get(service).protocols;

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
  const load = async (name) => (await import(`../../../.bench/src/protocols/${name}/index.js`)).default;
  const protocols = new Map(await Promise.all(spoken.map(async (name) => [name, await load(name)])));
  let frames = 0;
  const emit = () => frames++;
  const carry = (name) => protocols.get(name)?.converse({ emit });
  const read = () => ({
    conversation: protocols.get(spoken[0]).converse({ emit, carry }),
    fault: (_from, error) => {
      throw error;
    },
    closed: () => {},
  });
  return (await openTap({ host: target.hostname, port: Number(target.port), tls: false }, read)).port;
}

async function story() {
  const trace = new Trace(systemClock, () => {});
  const told = await Story.begin({
    protocols: spoken,
    serverOf: () => ({ name: service, own: true }),
    tell: (event) => trace.pass(event),
    number: () => trace.number(),
  });
  const endpoints = new Map([[service, { service, url, backend: 'url', version: '', shared: false }]]);
  const peers = new Peers({ endpoints, services, trace, story: told, tellFrames: 'no', watch: () => {} });
  await peers.load(spoken);
  return Number(new URL(await peers.url(service, 'bench')).port);
}

const target = new URL(url);
const relays = { plain: () => plain(target.hostname, Number(target.port)), tap, story };
process.send({ port: await relays[kind]() });
