/** The attacks: each resolves with what went wrong, or with nothing. */
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

function killed(signal) {
  return async (ground) => {
    const path = ground.scenario(KEYS, { needs: "['redis']" });
    const run = ground.start(['run', path, '--format', 'ndjson', ...ground.sharedFlags]);
    if (!(await holds(() => run.said.stdout.includes('"ready"')))) return `it never began: ${run.said.stderr}`;
    // Anywhere in the run, and in its end.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    run.child.kill(signal);
    const ended = await run.ended;
    if (signal === 'SIGKILL') {
      await ground.start(['clean', ground.urls.redis, '--yes']).ended;
    } else if (endOf({ ...ended, code: signal === 'SIGTERM' ? ended.code - 13 : ended.code }) !== undefined) {
      return endOf(ended);
    }
    const keys = await ground.keys();
    if (keys.length > 0) return `${keys.length} keys are left: ${keys[0]}`;
    if (!(await holds(() => ground.orphans().length === 0))) return 'processes are left';
    return undefined;
  };
}

async function killedWithLocal(ground) {
  const run = ground.start(['run', 'pubsub', '--via', 'redis', '--backend', 'local', '--format', 'ndjson']);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
  run.child.kill('SIGKILL');
  await run.ended;
  return (await holds(() => ground.orphans().length === 0)) ? undefined : 'processes are left';
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
      if (!(await holds(() => run.said.stdout.includes('"ready"')))) return `it never began: ${run.said.stderr}`;
      server.kill(signal);
      const since = performance.now();
      const { code, stderr } = await run.ended;
      const seconds = (performance.now() - since) / 1000;
      if (code !== 3 || !stderr.includes('went away')) return `exit ${code}: ${stderr}`;
      return seconds < 40 ? undefined : `told after ${seconds.toFixed(0)} s`;
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
  // Nobody reads until the run can write no more, or is done.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${run.child.pid}/status`, 'utf8'))?.[1];
  run.listen();
  const ended = await run.ended;
  if (Number(peak) > 600_000) return `${peak} kB of memory`;
  return endOf(ended);
}

function hostile(body, options, flags = []) {
  return async (ground) => {
    const run = ground.start(['run', ground.scenario(body, options), '--format', 'ndjson', ...flags]);
    const ended = await run.ended;
    if (ended.code === 2 && ended.stdout === '' && /^msgplay: /m.test(ended.stderr)) return undefined;
    return endOf(ended);
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
  { name: 'run on shared servers, SIGINT', run: killed('SIGINT') },
  { name: 'run on shared servers, SIGTERM', run: killed('SIGTERM') },
  { name: 'run on shared servers, SIGKILL, then clean', run: killed('SIGKILL') },
  { name: 'run with a local server, SIGKILL', run: killedWithLocal },
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
