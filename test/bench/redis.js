/** The embedded Redis against redis-server, driven by redis-benchmark: ratios, medians of interleaved runs. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
const TARGETS = { 1: 0.9, 16: 0.4 };
const ROUNDS = 5;

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

function rate(port, operation, pipeline, requests) {
  const own = COMMANDS[operation];
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
  args.push(...(own ?? ['-t', operation]));
  const { stdout } = spawnSync('redis-benchmark', args, { encoding: 'utf8' });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const cells = line.split('","').map((cell) => cell.replaceAll('"', ''));
  return Number(own ? cells.at(-7) : cells[1]);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Starts both servers, prints a table, and answers the ratios. */
export default async function redis({ requests = 100_000, print = console.log } = {}) {
  if (spawnSync('redis-benchmark', ['--version']).error) {
    print('redis: skipped, there is no redis-benchmark on the PATH');
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-bench-'));
  const [embeddedPort, realPort] = [await freePort(), await freePort()];
  const entry = new URL('../../dist/src/servers/redis/index.js', import.meta.url).href;
  const program = `const { default: redis } = await import(${JSON.stringify(entry)}); await redis.start({ services: ['redis'], ports: { redis: ${embeddedPort} }, hosts: ['127.0.0.1'] });`;
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
  const ratios = {};
  try {
    await answering(embeddedPort);
    await answering(realPort);
    for (const pipeline of [1, 16]) {
      print(`redis, 50 clients, pipelines of ${pipeline} (target ${TARGETS[pipeline]} of redis-server)`);
      for (const operation of [...OPERATIONS, ...Object.keys(COMMANDS)]) {
        const rates = { embedded: [], real: [] };
        // The first round warms both up and does not count.
        for (let round = -1; round < ROUNDS; round++) {
          const embedded = rate(embeddedPort, operation, pipeline, requests);
          const real = rate(realPort, operation, pipeline, requests);
          if (round < 0) continue;
          rates.embedded.push(embedded);
          rates.real.push(real);
        }
        const [embedded, real] = [median(rates.embedded), median(rates.real)];
        const ratio = embedded / real;
        ratios[`${operation}/${pipeline}`] = ratio;
        const verdict = ratio >= TARGETS[pipeline] ? 'ok' : 'below target';
        print(
          `  ${operation.padEnd(8)} ${ratio.toFixed(2)}   ${Math.round(embedded)}/s against ${Math.round(real)}/s   ${verdict}`,
        );
      }
    }
  } finally {
    kill();
    process.off('exit', kill);
    rmSync(directory, { recursive: true, force: true });
  }
  return ratios;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await redis();
