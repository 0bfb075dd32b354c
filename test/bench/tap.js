/**
 * What a tap costs: the same traffic to the same real server through a tap whose trace goes nowhere, and through a plain
 * relay of twenty lines. Each relay is a process of its own; they run in turns; the figures are medians.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROUNDS = 7;
const KINDS = ['plain', 'tap', 'story'];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

async function startServers() {
  const { default: local } = await import('../../.bench/src/backends/local.js');
  const services = ['rabbitmq', 'redis'];
  for (const service of services) {
    const probe = await local.probe(service, {});
    if (!probe.available) throw new Error(`this needs a real server: ${probe.why}`);
  }
  const signal = new AbortController().signal;
  const started = await local.start({ services, urls: {}, ports: {}, progress: () => {}, signal });
  const urls = Object.fromEntries(started.endpoints.map(({ service, url }) => [service, url]));
  return { urls, close: () => started.close() };
}

async function startRelay(kind, service, url) {
  const child = fork(here('tap/relay.js'), [kind, service, url]);
  const [{ port }] = await once(child, 'message');
  return { port, stop: () => child.kill() };
}

/** Messages published, consumed and acked per second. */
async function amqp(port, url) {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = port;
  const child = fork(here('rabbitmq/client.js'));
  child.send({ job: 'throughput', url: through.href, options: { count: 30_000, acked: true } });
  const [message] = await once(child, 'message');
  if (message.error) throw new Error(message.error);
  return message.result;
}

/** SET commands per second of 50 clients. */
const redis = (pipeline) => async (port) => {
  const count = pipeline === 1 ? 40_000 : 200_000;
  const args = ['-p', port, '-t', 'set', '-n', count, '-c', 50, '-P', pipeline, '--csv'].map(String);
  const { stdout } = await run('redis-benchmark', args);
  return Number(stdout.trim().split('\n').at(-1).split(',')[1].replaceAll('"', ''));
};

const CASES = [
  ['AMQP publish, consume, ack', 'rabbitmq', amqp, 0.8],
  ['Redis, unpipelined', 'redis', redis(1), 0.8],
  ['Redis, pipelines of 16', 'redis', redis(16), 0.5],
];

export default async function bench() {
  console.log('the tap, decoded and traced to nowhere, against a plain relay');
  const { urls, close } = await startServers();
  try {
    for (const [title, service, measure, target] of CASES) {
      const relays = {};
      for (const kind of KINDS) relays[kind] = await startRelay(kind, service, urls[service]);
      const rates = Object.fromEntries(KINDS.map((kind) => [kind, []]));
      for (let round = -1; round < ROUNDS; round++) {
        for (const kind of KINDS) {
          const rate = await measure(relays[kind].port, urls[service]);
          if (round >= 0) rates[kind].push(rate);
        }
      }
      for (const relay of Object.values(relays)) relay.stop();
      const ratio = median(rates.tap) / median(rates.plain);
      const story = median(rates.story) / median(rates.plain);
      const kilo = (values) => `${(median(values) / 1000).toFixed(1)}k`;
      console.log(
        `  ${ratio >= target ? '✓' : '✗'} ${title.padEnd(30)} ${ratio.toFixed(2)} (${kilo(rates.tap)} to ${kilo(rates.plain)}/s), target at least ${target}; with the story ${story.toFixed(2)}`,
      );
    }
  } finally {
    await close();
  }
}
