/** What dies in the middle: a broker, or msgplay itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from '../helpers/servers.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const noRedis = await missing(OWN_BACKEND, ['redis']);
const noRabbitmq = await missing(OWN_BACKEND, ['rabbitmq']);

/** A job queue that is busy for long. */
const BUSY = ['run', 'job-queue', '--jobs', '1000'];
/** A subscriber that waits, on Redis. */
const WAITING = join(directory, 'waiting.mjs');
writeFileSync(
  WAITING,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'waiting', title: 'Somebody waits', options: {}, needs: ['redis'],
  about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    lab.defer(() => redis.disconnect());
    await redis.subscribe(lab.name('news'));
    await new Promise((resolve, reject) => redis.on('error', reject).on('close', () => reject(new Error('closed'))));
  },
});
`,
);

async function dying(line: string[], server: Servers, busy: RegExp): Promise<string> {
  try {
    const running = start(line);
    await running.says(busy);
    await server.close();
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(3);
    expect(stdout).toMatch(/^failed in .* went away/m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr).toContain('See what works here with: msgplay doctor');
    return stderr;
  } finally {
    await server.close();
  }
}

test.skipIf(noRedis !== undefined)(titled('Redis dies in the middle: exit 3, and it says so', noRedis), async () => {
  const server = await startServers('redis');
  const url = server.urls.redis!;
  const stderr = await dying(['run', WAITING, '--redis-url', url], server, /SUBSCRIBE news/);
  expect(stderr).toContain(`msgplay: Redis at ${url} went away in the middle of the run`);
});

test.skipIf(noRabbitmq !== undefined)(
  titled('RabbitMQ dies in the middle: exit 3, without its password', noRabbitmq),
  async () => {
    const server = await startServers('rabbitmq');
    const url = server.urls.rabbitmq!;
    const stderr = await dying([...BUSY, '--rabbitmq-url', url], server, /job 3 ack/);
    expect(stderr).toContain(`msgplay: RabbitMQ at ${url.replace(':guest@', ':***@')} went away`);
  },
  60_000,
);

const HOLDING = join(directory, 'holding.mjs');
writeFileSync(
  HOLDING,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'holding', title: 'Somebody holds queues', options: {}, needs: ['rabbitmq'], about: () => '',
  async run(lab) {
    const { connect } = await import('amqplib');
    const connection = await connect(await lab.url('rabbitmq', 'me'));
    connection.on('error', () => {});
    lab.defer(() => connection.close());
    const channel = await connection.createChannel();
    for (let i = 0; i < 40; i++) await channel.assertQueue(lab.name('jobs-' + i));
    lab.note('here I am');
    await lab.sleep(600_000);
  },
});
`,
);

test.each([
  ['redis', WAITING, /SUBSCRIBE news/, 'knocking at Redis'],
  ['rabbitmq', HOLDING, /here I am/, '40 queues of this run stay in RabbitMQ: it went away. To remove: msgplay clean'],
] as const)('%s hangs in the middle: exit 3, and nobody waits for it', async (service, path, busy, told) => {
  const up = start(['up', service, '--json']);
  await up.says(/^{.*}$/m);
  const { url } = JSON.parse(up.stdout())[service];
  const running = start(['run', path, `--${service}-url`, url]);
  await running.says(busy);
  up.child.kill('SIGSTOP');
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(/^msgplay: \w+ at .* went away in the middle of the run, last heard of \d+\.\d s after/m);
  expect(stderr).not.toContain('not done within');
  expect(stderr).toContain(told);
});

test('Ctrl-C ends a run with 130 and an aborted trace', async () => {
  const running = start(BUSY);
  await running.says(/job 3 ack/);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  expect(stdout).toMatch(/^aborted after /m);
});

test('the second Ctrl-C does not wait for the cleanup', async () => {
  const path = join(directory, 'stuck.mjs');
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'stuck', title: 'Stuck', options: {}, needs: [], about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    for (let i = 0; i < 100; i++) lab.defer(() => { lab.note('cleaning up'); return new Promise(() => {}); });
    lab.note('here I am');
    await lab.sleep(60_000);
  },
});
`,
  );
  const running = start(['run', path]);
  await running.says(/here I am/);
  running.child.kill('SIGINT');
  await running.says(/cleaning up/);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});
