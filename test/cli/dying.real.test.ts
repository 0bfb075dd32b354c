/** What is left of private servers when msgplay itself dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { processesWith } from '../helpers/processes.ts';
import { missing, titled } from '../helpers/servers.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const noRedis = await missing('local', ['redis']);
const noRabbitmq = await missing('local', ['rabbitmq']);

/** A job queue that is busy for long. */
const BUSY = ['run', 'job-queue', '--jobs', '1000'];

test('Ctrl-C before the servers are there is no error either', async () => {
  for (const command of [['run', 'pubsub'], ['up']]) {
    const running = start([...command, '--backend', 'local']);
    await Promise.race([running.says(/starting/), running.ended]);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    if (noRedis === undefined) expect(code, stderr).toBe(130);
    expect(stderr).not.toContain('bug in msgplay');
  }
});

const noMinding = existsSync('/proc/self/environ') ? (noRabbitmq ?? noRedis) : 'there is no /proc';
describe.skipIf(noMinding !== undefined)(titled('private servers', noMinding), () => {
  test('whose watchdog is lost while they start: exit 3, and nothing is left', async () => {
    const temporary = mkdtempSync(join(directory, 'tmp-'));
    const running = start([...BUSY, '--backend', 'local'], { TMPDIR: temporary });
    const pid = await eventually(() => {
      const [watchdog] = processesWith(temporary).filter((line) => line.includes('msgplay-watchdog'));
      if (watchdog === undefined || readdirSync(temporary).length === 0) throw new Error('no watchdog yet');
      return Number(watchdog.split(' ')[0]);
    });
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(
      /^msgplay: .*the process that minds (servers (was lost|did not start: killed by SIGKILL)|it is gone)/m,
    );
    await eventually(() => expect(processesWith(temporary)).toEqual([]));
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('that die: a run and `up` say so, exit 3', async () => {
    const temporary = mkdtempSync(join(directory, 'tmp-'));
    const running = start(['run', WAITING, '--backend', 'local'], { TMPDIR: temporary });
    await running.says(/ready/);
    kill(temporary);
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(3);
    expect(ended.stderr).toMatch(/^msgplay: Redis at .* went away .*: redis-server ended: killed by SIGKILL$/m);
    const up = start(['up', 'redis', '--backend', 'local'], { TMPDIR: temporary });
    await up.says(/Ctrl-C stops them/);
    kill(temporary);
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/^msgplay: Redis at .* went away: redis-server ended: killed by SIGKILL$/m);
  });

  test('that hang: `up` says so, and when they are back, and keeps them', async () => {
    const temporary = mkdtempSync(join(directory, 'tmp-'));
    const up = start(['up', 'redis', '--backend', 'local'], { TMPDIR: temporary });
    await up.says(/Ctrl-C stops them/);
    kill(temporary, 'SIGSTOP');
    await up.says(/^Redis at .* went silent, last heard of \d+\.\d s ago: .* did not answer as Redis within 5 s$/m);
    kill(temporary, 'SIGCONT');
    await up.says(/^Redis at .* answers again, after \d+\.\d s\.$/m);
    up.child.kill('SIGINT');
    expect((await up.ended).code).toBe(130);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'are gone after %s in the middle of a run, with all their files',
    async (signal) => {
      const temporary = mkdtempSync(join(directory, 'tmp-'));
      const running = start([...BUSY, '--backend', 'local'], { TMPDIR: temporary });
      await running.says(/job 3 ack/, 60_000);
      const servers = processesWith(temporary).join('\n');
      for (const name of ['epmd', 'beam']) expect(servers).toContain(name);
      running.child.kill(signal);
      await running.ended;
      await eventually(() => expect(processesWith(temporary)).toEqual([]));
      await eventually(() => expect(readdirSync(temporary)).toEqual([]));
    },
    90_000,
  );
});

/** A subscriber whose client reconnects for ever, and tells nobody. */
const WAITING = join(directory, 'waiting.mjs');
writeFileSync(
  WAITING,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'waiting', title: 'Somebody waits', group: 'Mine', options: {}, needs: ['redis'],
  about: () => '', explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    redis.on('error', () => {});
    lab.defer(() => redis.disconnect());
    await redis.subscribe(lab.name('news'));
    lab.note('ready');
    await lab.sleep(600_000);
  },
});
`,
);

function kill(temporary: string, signal: NodeJS.Signals = 'SIGKILL'): void {
  const [server] = processesWith(temporary).filter((line) => line.includes('redis-server'));
  process.kill(Number(server?.split(' ')[0]), signal);
}

/** A Redis that the test itself minds. */
async function ownRedis(): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  await new Promise((closed) => socket.close(closed));
  const server = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', directory], { stdio: 'ignore' });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url);
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
  return { server, url };
}

describe.skipIf(noRedis !== undefined)(titled('a Redis that others share', noRedis), () => {
  test.each([
    ['SIGKILL', /nothing listens at/],
    ['SIGSTOP', /did not answer as Redis within 5 s/],
  ] as const)('that gets %s while its clients reconnect for ever: exit 3, within seconds', async (signal, why) => {
    const { server, url } = await ownRedis();
    const running = start(['run', WAITING, '--redis-url', url]);
    await running.says(/ready/);
    server.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/^msgplay: Redis at .* went away in the middle of the run, last heard of \d+\.\d s after/m);
    expect(stderr).toMatch(why);
    expect(stdout).toMatch(/^failed in /m);
  });
});
