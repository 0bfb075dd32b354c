/**
 * The embedded RabbitMQ beside the real one: the same client program, each server in its own process, runs interleaved,
 * medians. Prints ratios and whether they reach their targets.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(`./rabbitmq/${name}`, import.meta.url));

async function startEmbedded() {
  const child = fork(here('server.js'), { execArgv: ['--expose-gc'] });
  const [ready] = await once(child, 'message');
  return { ...ready, child };
}

/** The real server that MSGPLAY_TEST_RABBITMQ_URL names, or a private one from the programs on this machine. */
async function startReal() {
  if (process.env.MSGPLAY_TEST_RABBITMQ_URL)
    return { url: process.env.MSGPLAY_TEST_RABBITMQ_URL, close: async () => {} };
  const { default: local } = await import('../../.bench/src/backends/local.js');
  const probe = await local.probe('rabbitmq', {});
  if (!probe.available) return undefined;
  const signal = new AbortController().signal;
  const started = await local.start({ services: ['rabbitmq'], urls: {}, ports: {}, progress: () => {}, signal });
  const [{ url, version }] = started.endpoints;
  return { url, version, close: () => started.close() };
}

async function run(job, url, options, onProgress) {
  const child = fork(here('client.js'));
  child.send({ job, url, options });
  for (;;) {
    const [message] = await once(child, 'message');
    if (message.error) throw new Error(message.error);
    if ('result' in message) return message.result;
    await onProgress(child);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Runs a job on both, in turns, after a run that does not count. */
async function compare(embedded, real, job, options, rounds) {
  const [ours, theirs] = [[], []];
  for (let round = -1; round < rounds; round += 1) {
    const mine = await run(job, embedded.url, options);
    const other = real ? await run(job, real.url, options) : Number.NaN;
    if (round < 0) continue;
    ours.push(mine);
    theirs.push(other);
  }
  return [median(ours), median(theirs)];
}

function line(title, value, target, holds) {
  console.log(`  ${holds ? '✓' : '✗'} ${title.padEnd(58)} ${value.padEnd(34)} ${target}`);
}

export default async function bench() {
  console.log('embedded RabbitMQ');
  const starts = [];
  for (let round = 0; round < 5; round += 1) {
    const { child, startMs, importedMs } = await startEmbedded();
    starts.push({ startMs, importedMs });
    child.kill();
  }
  const startMs = median(starts.map((one) => one.startMs - one.importedMs));
  const withImport = median(starts.map((one) => one.startMs));
  line('start', `${startMs.toFixed(1)} ms (${withImport.toFixed(1)} with loading)`, 'under 30 ms', startMs < 30);

  const embedded = await startEmbedded();
  const real = await startReal();
  if (real?.version) console.log(`  beside RabbitMQ ${real.version}`);
  if (!real) console.log('  no real RabbitMQ to compare with');
  try {
    await throughputs(embedded, real);
    await latency(embedded, real);
    await depths(embedded);
    await fanning(embedded);
  } finally {
    embedded.child.kill();
    await real?.close();
  }
}

async function throughputs(embedded, real) {
  for (const [title, acked, target] of [
    ['publish, consume, acknowledge', true, 2.5],
    ['publish, consume without acknowledgement', false, 1.5],
  ]) {
    const [ours, theirs] = await compare(embedded, real, 'throughput', { count: 60_000, acked }, 5);
    const ratio = ours / theirs;
    line(
      title,
      `${ratio.toFixed(2)} (${kilo(ours)} to ${kilo(theirs)}/s)`,
      `at least ${target} of the real one`,
      ratio >= target,
    );
  }
}

async function latency(embedded, real) {
  for (const [title, options] of [
    ['publish to confirm, median, persistent', { count: 500, persistent: true }],
    ['publish to confirm, median, transient', { count: 5000, persistent: false }],
  ]) {
    const [ours, theirs] = await compare(embedded, real, 'confirmLatency', options, 5);
    const ratio = ours / theirs;
    const value = `${ratio.toFixed(2)} (${ours.toFixed(3)} to ${theirs.toFixed(3)} ms)`;
    line(title, value, 'at most 0.5 of the real one', ratio <= 0.5);
  }
}

async function memoryOf(child) {
  child.send('memory');
  const [{ bytes }] = await once(child, 'message');
  return bytes;
}

async function depths(embedded) {
  const count = 1_000_000;
  const before = await memoryOf(embedded.child);
  let each = 0;
  const { first, last } = await run('depth', embedded.url, { count }, async (client) => {
    each = ((await memoryOf(embedded.child)) - before) / count;
    client.send('go on');
  });
  line(
    'a million messages of 100 bytes in one queue',
    `${each.toFixed(0)} bytes each`,
    'within 600 bytes',
    each <= 600,
  );
  const ratio = last / first;
  line(
    'publishing at that depth',
    `${ratio.toFixed(2)} (${kilo(last)} to ${kilo(first)}/s)`,
    'at least 0.8 of depth zero',
    ratio >= 0.8,
  );
}

async function fanning(embedded) {
  const many = { count: 20_000, type: 'direct' };
  const rates = { few: [], lots: [], small: [], large: [] };
  for (let round = 0; round < 3; round += 1) {
    rates.few.push(await run('amongQueues', embedded.url, { ...many, queues: 10 }));
    rates.lots.push(await run('amongQueues', embedded.url, { ...many, queues: 2000 }));
    const topic = { count: 20_000, type: 'topic', patterns: true };
    rates.small.push(await run('amongQueues', embedded.url, { ...topic, queues: 10 }));
    rates.large.push(await run('amongQueues', embedded.url, { ...topic, queues: 10_000 }));
  }
  const queues = median(rates.lots) / median(rates.few);
  line('2,000 queues against 10', `${queues.toFixed(2)} of the rate`, 'flat: at least 0.8', queues >= 0.8);
  const bindings = median(rates.large) / median(rates.small);
  line('10,000 topic bindings against 10', `${bindings.toFixed(2)} of the rate`, 'flat: at least 0.8', bindings >= 0.8);
}

const kilo = (rate) => `${(rate / 1000).toFixed(1)}k`;

if (process.argv[1] === fileURLToPath(import.meta.url)) await bench();
