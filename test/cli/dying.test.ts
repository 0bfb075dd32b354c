/** What dies in the middle: a broker, or msgplay itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
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

const WORKING = join(directory, 'working.mjs');
writeFileSync(
  WORKING,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'working', title: 'Somebody works', needs: ['redis'], about: () => '',
  options: { heedless: { type: 'flag', help: 'whether it goes on whatever it is answered' } },
  async run(lab, { heedless }) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    redis.on('error', () => {});
    lab.defer(() => redis.disconnect());
    await redis.rpush(lab.name('jobs'), 'first');
    lab.note('here I am');
    let answer;
    for (let i = 0; answer === undefined; i++) {
      answer = await redis.rpush(lab.name('jobs'), i).then(() => undefined, (error) => error);
      await lab.sleep(20);
    }
    if (!heedless) throw answer;
    lab.check('fine', true);
  },
});
`,
);

test.each([
  [[], /^failed in .*: BUSY Redis is busy running a script/m],
  [['--heedless'], /^failed in .*: 1 key of this run stays in Redis: BUSY/m],
] as const)('Redis gets BUSY with the script of somebody else: exit 1, and what stays %s', async (flags, end) => {
  const up = start(['up', 'redis', '--json']);
  await up.says(/^{.*}$/m);
  const { url } = JSON.parse(up.stdout()).redis;
  const [other, helper] = [new Redis(url), new Redis(url)];
  await helper.config('SET', 'busy-reply-threshold', '100');
  const running = start(['run', WORKING, ...flags, '--redis-url', url]);
  await running.says(/here I am/);
  const script = other.eval('while true do end', 0).catch(String);
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(1);
  // Whoever says that it is busy is there.
  expect(stdout + stderr).not.toMatch(/went away|did not answer/);
  expect(stdout).toMatch(end);
  const line = /stays in Redis: BUSY .*[^.]\. To remove: msgplay (clean \S+ --run \S+ --yes)$/m.exec(stderr)?.[1];
  expect(line, stderr).toBeDefined();
  const early = await start((line ?? '').split(' ')).ended;
  expect(early.code, early.stderr).toBe(3);
  expect(early.stderr).toContain('refuses: BUSY');
  await helper.call('SCRIPT', 'KILL');
  expect(await script).toContain('Script killed by user');
  const late = await start((line ?? '').split(' ')).ended;
  expect(late.stdout, late.stderr).toMatch(/ 1 key removed$/m);
  expect(await helper.keys('*')).toEqual([]);
  other.disconnect();
  helper.disconnect();
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
