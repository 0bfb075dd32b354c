/** The attacks: each resolves with a list of what went wrong. `runs` says how many runs one of them is, if not one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { holds } from './ground.js';

const KEYS = `const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    redis.on('error', () => {});
    lab.defer(() => redis.disconnect());
    for (let i = 0; i < 100; i++) await redis.set(lab.name('key') + i, i);
    lab.note('ready');
    for (let i = 0; ; i++) { await redis.set(lab.name('more') + i, i); await lab.sleep(2); }`;

const QUEUES = `const { connect } = await import('amqplib');
    const connection = await connect(await lab.url('rabbitmq', 'me'));
    connection.on('error', () => {});
    lab.defer(() => connection.close());
    const channel = await connection.createConfirmChannel();
    const publish = async (queue) => {
      await channel.assertQueue(queue);
      channel.sendToQueue(queue, Buffer.from('x'));
      await channel.waitForConfirms();
    };
    lab.note('queue ' + lab.name('jobs'));
    await publish(lab.name('jobs'));
    lab.note('ready');
    for (let i = 0; ; i++) { await publish(lab.name('more') + i); await lab.sleep(2); }`;

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const CODES = { passed: 0, failed: 1, 'timed-out': 4, aborted: 130 };

/** What is wrong with the end of a run that was told as ndjson. */
function endOf({ stdout, code, stderr }) {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  let event;
  try {
    event = JSON.parse(last);
  } catch {
    return `the trace ends in: ${last.slice(0, 200)} ${stderr}`;
  }
  if (event.type !== 'run-end') return `no run-end: ${last.slice(0, 200)} ${stderr}`;
  return CODES[event.outcome] === code ? undefined : `exit ${code} after ${event.outcome}: ${stderr}`;
}

/** So many runs are killed at the same time. */
const AT_ONCE = 4;

/** Whether a run has got so far, or can't any more. */
const began = (run) =>
  holds(() => run.said.stdout.includes('"ready"') || (run.child.exitCode ?? run.child.signalCode) !== null, 300_000);

/** Runs on shared servers are killed anywhere: while they start, in their midst, and in their end. */
function killed(service, body, signals) {
  return async (ground) => {
    const path = ground.scenario(body, { needs: `['${service}']` });
    const failures = await Promise.all(Array.from({ length: AT_ONCE }, () => killOne(ground, path, signals)));
    if (signals.at(-1) === 'SIGKILL' || signals.length > 1) {
      const cleaned = await ground.start(['clean', ground.urls[service], '--yes']).ended;
      if (cleaned.code !== 0) failures.push(`clean: exit ${cleaned.code}: ${cleaned.stdout} ${cleaned.stderr}`);
    }
    const left = service === 'redis' ? await ground.keys() : await ground.queues();
    if (left.length > 0) failures.push(`${left.length} names are left: ${left[0]}`);
    if (!(await holds(() => ground.orphans().length === 0))) failures.push('processes are left');
    return failures.filter((failure) => failure !== undefined);
  };
}

async function killOne(ground, path, [signal, again]) {
  const run = ground.start(['run', path, '--format', 'ndjson', ...ground.sharedFlags]);
  const early = Math.random() < 0.3;
  if (!early && !(await began(run))) {
    run.child.kill('SIGKILL');
    await run.ended;
    return `it never began: ${run.said.stderr}`;
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * (early ? 1500 : 100)));
  run.child.kill(signal);
  if (again !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    run.child.kill(again);
  }
  const ended = await run.ended;
  for (const [, queue] of ended.stdout.matchAll(/"queue (msgplay[^"]*)"/g)) ground.declared.push(queue);
  if (signal === 'SIGKILL' || again !== undefined) return undefined;
  // Before it said anything there is nothing to end.
  if (ended.stdout === '')
    return ended.signal === signal || ended.code > 128 ? undefined : `exit ${ended.code}: ${ended.stderr}`;
  return endOf({ ...ended, code: signal === 'SIGINT' ? ended.code : ended.code - NUMBERS[signal] + NUMBERS.SIGINT });
}

async function killedWithLocal(ground) {
  const line = ['run', 'pubsub', '--via', 'redis', '--backend', 'local', '--format', 'ndjson'];
  const one = async () => {
    const run = ground.start(line);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
    run.child.kill('SIGKILL');
    await run.ended;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return (await holds(() => ground.orphans().length === 0, 60_000)) ? [] : ['processes are left'];
}

/** A real Redis goes away in the middle. */
function lost(signal) {
  return async (ground) => {
    const port = await freePort();
    const server = spawn('redis-server', ['--port', String(port), '--save', ''], {
      cwd: ground.directory,
      stdio: 'ignore',
    });
    const gone = once(server, 'close');
    try {
      const path = ground.scenario(KEYS, { needs: "['redis']" });
      const url = `redis://127.0.0.1:${port}`;
      const run = ground.start(['run', path, '--format', 'ndjson', '--redis-url', url]);
      if (!(await began(run))) return [`it never began: ${run.said.stderr}`];
      server.kill(signal);
      // Told late, at the timeout, it would be exit 4.
      const { code, stderr } = await run.ended;
      return code === 3 && stderr.includes('went away') ? [] : [`exit ${code}: ${stderr}`];
    } finally {
      server.kill('SIGKILL');
      await gone;
    }
  };
}

/** More output than the reader takes: all of it arrives, and memory stays bounded. */
async function flood(ground) {
  const line = ['run', 'job-queue', '--jobs', '300', '--workers', '8', '--prefetch', '0', '--layer', 'bytes'];
  const run = ground.start([...line, '--format', 'ndjson'], 'ignore', { MSGPLAY_SIEGE_UNREAD: '1' });
  // Nobody reads until the run can write no more.
  let written = -1;
  await holds(async () => {
    const before = written;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    written = Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${run.child.pid}/io`, 'utf8'))?.[1]);
    return written > 64 * 1024 && written === before;
  }, 120_000);
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${run.child.pid}/status`, 'utf8'))?.[1];
  run.listen();
  const ended = await run.ended;
  if (Number(peak) > 600_000) return [`${peak} kB of memory`];
  return [endOf(ended)].filter((failure) => failure !== undefined);
}

function hostile(body, options, flags = []) {
  return async (ground) => {
    const run = ground.start(['run', ground.scenario(body, options), '--format', 'ndjson', ...flags]);
    const ended = await run.ended;
    if (ended.code === 2 && ended.stdout === '' && /^msgplay: /m.test(ended.stderr)) return [];
    return [endOf(ended)].filter((failure) => failure !== undefined);
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

export const ATTACKS = [
  ...Object.entries({ redis: KEYS, rabbitmq: QUEUES }).flatMap(([service, body]) =>
    [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT'], ['SIGKILL']].map((signals) => ({
      name: `run on a shared ${service}, ${signals.join(', ')}`,
      runs: AT_ONCE,
      run: killed(service, body, signals),
    })),
  ),
  { name: 'run with a local server, SIGKILL', runs: AT_ONCE, run: killedWithLocal },
  { name: 'server killed in the middle', run: lost('SIGKILL') },
  { name: 'server paused in the middle', run: lost('SIGSTOP') },
  { name: 'reader that lags behind a flood', run: flood },
  { name: 'scenario that exits', run: hostile("lab.check('a', false); process.exit(0);") },
  { name: 'scenario that never yields', run: hostile('for (;;);', {}, ['--timeout', '1']) },
  { name: 'scenario that never loads', run: hostile('', { before: 'await new Promise(() => {});' }) },
  {
    name: 'scenario that throws in a callback',
    run: hostile("setTimeout(() => { throw new Error('x') }); await lab.sleep(50);"),
  },
  { name: 'scenario that leaves a timer', run: hostile("setInterval(() => lab.note('x'), 1); lab.check('a', true);") },
  { name: 'scenario that prints', run: hostile("console.log('{}'); process.stdout.write('x'); lab.check('a', true);") },
];
