/**
 * The embedded Redis against redis-server, driven by redis-benchmark in interleaved runs: medians of the ratios of
 * neighbouring runs. Before them the time to start; then operations on a thousand and on a million elements, and a
 * million small keys.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OPERATIONS = ['set', 'get', 'incr', 'lpush', 'rpop', 'hset', 'sadd', 'zadd'];
/** What redis-benchmark has no test for, as commands. */
const COMMANDS = {
  xadd: ['XADD', 'bench:stream', '*', 'field', 'value'],
  publish: ['PUBLISH', 'bench:channel', 'message'],
};
const TARGETS = { 1: 0.95, 16: 0.5 };
const ROUNDS = 15;
const MILLION = 1_000_000;
const MEMORY_TARGET = 3;
const START_TARGET_MS = 20;
const EMBEDDED = new URL('../../.bench/src/servers/redis/start.js', import.meta.url).href;
/** What is done on a collection of a size, and how the collection is filled: its members are numbers below the size. */
const AT_DEPTH = {
  'zadd + zrank': {
    fill: ['ZADD', 'deep:zset', '__rand_int__', 'member:__rand_int__'],
    operations: [
      ['ZADD', 'deep:zset', '__rand_int__', 'member:__rand_int__'],
      ['ZRANK', 'deep:zset', 'member:__rand_int__'],
    ],
  },
  'lpush + rpop': {
    fill: ['LPUSH', 'deep:list', 'item:__rand_int__'],
    operations: [
      ['LPUSH', 'deep:list', 'item'],
      ['RPOP', 'deep:list'],
    ],
  },
  'xadd + xrange': {
    fill: ['XADD', 'deep:stream', '*', 'field', 'value:__rand_int__'],
    operations: [
      ['XADD', 'deep:stream', '*', 'field', 'value'],
      ['XREVRANGE', 'deep:stream', '+', '-', 'COUNT', '1'],
    ],
  },
};

function freePort() {
  return import('node:net').then(
    ({ createServer }) =>
      new Promise((resolve) => {
        const server = createServer();
        server.listen(0, '127.0.0.1', () => {
          const { port } = server.address();
          server.close(() => resolve(port));
        });
      }),
  );
}

async function answering(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect({ port, host: '127.0.0.1' });
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** Requests a second. `operation` is a test of redis-benchmark, or a command. */
function rate(port, operation, pipeline, requests, range = 0) {
  const own = Array.isArray(operation) ? operation : COMMANDS[operation];
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-c',
    '50',
    '-P',
    String(pipeline),
    '-n',
    String(requests),
    '--csv',
  ];
  if (range > 0) args.push('-r', String(range));
  args.push(...(own ?? ['-t', operation]));
  const { stdout } = spawnSync('redis-benchmark', args, { encoding: 'utf8' });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const cells = line.split('","').map((cell) => cell.replaceAll('"', ''));
  return Number(own ? cells.at(-7) : cells[1]);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Resident memory of a process, in bytes. */
function residentBytes({ pid }) {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** Sets a million small keys. */
async function fillKeys(port) {
  const socket = connect({ port, host: '127.0.0.1' });
  let repliedBytes = 0;
  const done = new Promise((resolve) => {
    socket.on('data', (chunk) => {
      repliedBytes += chunk.length;
      if (repliedBytes === MILLION * '+OK\r\n'.length) resolve();
    });
  });
  for (let first = 0; first < MILLION; first += 1000) {
    let text = '';
    for (let i = first; i < first + 1000; i++) {
      const [key, value] = [`key:${i}`, `value:${i}`];
      text += `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
    }
    if (!socket.write(text)) await once(socket, 'drain');
  }
  await done;
  socket.destroy();
}

/** How much more memory a million small keys take in the first server than in the second. */
async function memory([embedded, real], [embeddedPort, realPort], print) {
  const grown = [];
  for (const [child, port] of [
    [embedded, embeddedPort],
    [real, realPort],
  ]) {
    const before = residentBytes(child);
    await fillKeys(port);
    grown.push(residentBytes(child) - before);
  }
  const ratio = grown[0] / grown[1];
  print(`redis, a million small keys (target at most ${MEMORY_TARGET} times redis-server's memory)`);
  const [ours, theirs] = grown.map((bytes) => `${Math.round(bytes / 1e6)} MB`);
  print(
    `  memory   ${ratio.toFixed(2)}   ${ours} against ${theirs}   ${ratio <= MEMORY_TARGET ? 'ok' : 'above target'}`,
  );
  return ratio;
}

/** How long the embedded server takes until it listens, in new processes: without and with loading its modules. */
function start(print) {
  const program = `
    const begun = performance.now();
    const { start } = await import(${JSON.stringify(EMBEDDED)});
    const loaded = performance.now();
    const server = await start({ services: ['redis'], hosts: ['127.0.0.1'] });
    const listening = performance.now();
    console.log(JSON.stringify({ startMs: listening - loaded, totalMs: listening - begun }));
    await server.close();`;
  const runs = Array.from({ length: ROUNDS }, () =>
    JSON.parse(spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout),
  );
  const startMs = median(runs.map((run) => run.startMs));
  const totalMs = median(runs.map((run) => run.totalMs));
  print(`redis, from start to listening (target under ${START_TARGET_MS} ms)`);
  const verdict = startMs < START_TARGET_MS ? 'ok' : 'above target';
  print(`  start    ${startMs.toFixed(1)} ms, ${totalMs.toFixed(1)} ms with loading   ${verdict}`);
  return startMs;
}

/** How long operations take on a million elements, in multiples of what they take on a thousand, on both servers. */
function depth(ports, print) {
  print('redis, the time of an operation on a million elements in multiples of its time on a thousand');
  const ratios = {};
  for (const [title, { fill, operations }] of Object.entries(AT_DEPTH)) {
    const slower = ports.map((port) => {
      const rates = [1000, MILLION].map((size) => {
        rate(port, ['DEL', fill[1]], 1, 50);
        rate(port, fill, 16, size, size);
        return operations.map((operation) => median([1, 2, 3].map(() => rate(port, operation, 16, 40_000, size))));
      });
      return operations.map((_, i) => rates[0][i] / rates[1][i]);
    });
    ratios[title] = slower;
    const [ours, theirs] = slower.map((times) => times.map((time) => time.toFixed(2)).join(' and '));
    print(`  ${title.padEnd(14)} ${ours}   against ${theirs} on redis-server`);
  }
  return ratios;
}

/** Starts both servers, prints a table, and answers the ratios. */
export default async function redis({ requests = 30_000, print = console.log } = {}) {
  if (spawnSync('redis-benchmark', ['--version']).error) {
    print('redis: skipped, there is no redis-benchmark on the PATH');
    return undefined;
  }
  print(`redis: against ${spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-bench-'));
  const [embeddedPort, realPort] = [await freePort(), await freePort()];
  const program = `const { start } = await import(${JSON.stringify(EMBEDDED)}); await start({ services: ['redis'], ports: { redis: ${embeddedPort} }, hosts: ['127.0.0.1'] });`;
  const children = [
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit', cwd: directory }),
    spawn('redis-server', ['--port', String(realPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
      cwd: directory,
    }),
  ];
  const kill = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ratios = { startMs: start(print) };
  try {
    await answering(embeddedPort);
    await answering(realPort);
    for (const pipeline of [1, 16]) {
      print(`redis, 50 clients, pipelines of ${pipeline} (target ${TARGETS[pipeline]} of redis-server)`);
      for (const operation of [...OPERATIONS, ...Object.keys(COMMANDS)]) {
        const rates = { embedded: [], real: [] };
        const pairs = [];
        // The first round warms both up and does not count.
        for (let round = -1; round < ROUNDS; round++) {
          const embedded = rate(embeddedPort, operation, pipeline, requests);
          const real = rate(realPort, operation, pipeline, requests);
          if (round < 0) continue;
          rates.embedded.push(embedded);
          rates.real.push(real);
          pairs.push(embedded / real);
        }
        const [embedded, real] = [median(rates.embedded), median(rates.real)];
        const ratio = median(pairs);
        ratios[`${operation}/${pipeline}`] = ratio;
        const verdict = ratio >= TARGETS[pipeline] ? 'ok' : 'below target';
        print(
          `  ${operation.padEnd(8)} ${ratio.toFixed(2)}   ${Math.round(embedded)}/s against ${Math.round(real)}/s   ${verdict}`,
        );
      }
    }
    const ports = [embeddedPort, realPort];
    ratios.depth = depth(ports, print);
    for (const port of ports) rate(port, ['FLUSHALL'], 1, 50);
    ratios.memory = await memory(children, ports, print);
  } finally {
    kill();
    process.off('exit', kill);
    rmSync(directory, { recursive: true, force: true });
  }
  return ratios;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await redis();
