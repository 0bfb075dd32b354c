/** Runs on brokers that others share: two at once, given up in the middle, cut off; nothing is left behind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { type Ended, msgplay, start } from '../helpers/cli.ts';
import { ofType } from '../helpers/play.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from '../helpers/servers.ts';

const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis', 'stomp']);
const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
let servers: Servers;
let named: string[];

beforeAll(async () => {
  if (why !== undefined) return;
  servers = await startServers('rabbitmq', 'redis', 'stomp');
  named = (['rabbitmq', 'redis', 'stomp'] as const).flatMap((one) => [`--${one}-url`, servers.urls[one]!]);
}, 90_000);
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await servers?.close();
});

/** Declares one of everything on both brokers, then goes on for as long as it is let. */
const DECLARES = join(directory, 'declares.mjs');
writeFileSync(
  DECLARES,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'declares', title: 'One of everything',
  options: { end: { type: 'choice', choices: ['well', 'badly', 'never'], default: 'well', help: 'how it ends' } },
  needs: ['rabbitmq', 'redis'],
  about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab, { end }) {
    const amqp = await import('amqplib');
    const { Redis } = await import('ioredis');
    const connection = await amqp.connect(await lab.url('rabbitmq', 'me'));
    lab.defer(() => connection.close());
    const channel = await connection.createConfirmChannel();
    await channel.assertExchange(lab.name('events'), 'topic', { durable: true });
    await channel.assertQueue(lab.name('jobs'), { durable: true });
    await channel.bindQueue(lab.name('jobs'), lab.name('events'), '#');
    channel.publish(lab.name('events'), 'a', Buffer.from('x'));
    await channel.waitForConfirms();
    const redis = new Redis(await lab.url('redis', 'me'));
    lab.defer(() => redis.quit());
    await redis.pipeline().set(lab.name('key'), 1).rpush(lab.name('list'), 'x').xadd(lab.name('stream'), '*', 'a', 'b').exec();
    if (end === 'badly') throw new Error('it went badly');
    for (; end === 'never'; await lab.sleep(20)) lab.note('still here');
  },
});
`,
);

/** Very many things, and things with odd names, in odd places. */
const MUCH = join(directory, 'much.mjs');
writeFileSync(
  MUCH,
  `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'much', title: 'Very much', group: 'Mine',
  options: { much: { type: 'integer', default: 600, min: 1, max: 100000, help: '' } },
  needs: ['rabbitmq', 'redis'], about: () => '', explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab, { much }) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    lab.defer(() => redis.disconnect());
    for (let i = 0; i < 100 * much; i += 1000) {
      const pipeline = redis.pipeline();
      for (let j = 0; j < 1000; j++) pipeline.set(lab.name('key') + (i + j), 1);
      await pipeline.exec();
    }
    await redis.set(lab.name('schl\u00fcssel\u20ac'), 1);
    await redis.set(lab.name('x'.repeat(1000)), 1);
    await redis.set(Buffer.concat([Buffer.from(lab.name('')), Buffer.from([255, 0, 254])]), 1);
    const library = '#!lua name=' + lab.name('lib') + '\\nredis.register_function("' + lab.name('f') + '", function() return 1 end)';
    await redis.call('FUNCTION', 'LOAD', library);
    await redis.eval("redis.call('SET', ARGV[1] .. 'byscript', 1)", 0, lab.name(''));
    await redis.select(5);
    await redis.set(lab.name('five'), 1);
    await redis.select(0);
    await redis.set('foreign', 1);
    const amqp = await import('amqplib');
    const connection = await amqp.connect(await lab.url('rabbitmq', 'me'));
    lab.defer(() => connection.close());
    const channel = await connection.createChannel();
    for (let i = 0; i < much; i++) await channel.assertQueue(lab.name('queue') + i);
    await channel.assertQueue('foreign');
    await channel.assertQueue('', { exclusive: true });
    lab.check('it is all there', true);
  },
});
`,
);

/** Puts a key on Redis and can't be ended. */
const STUCK = `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'stuck', title: 'Stuck', group: 'Mine', options: {}, needs: ['redis'], about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    await redis.set(lab.name('key'), 1);
    for (let i = 0; i < 100; i++) lab.defer(() => { console.log('cleaning up'); return new Promise(() => {}); });
    lab.note('here I am');
    await lab.sleep(60_000);
  },
});
`;

/** Nothing of the run's is left, in no database; what it made under names of its own is there, and then goes. */
async function expectOnlyForeign(redis: Redis): Promise<void> {
  expect((await redis.keys('*')).sort()).toEqual(['foreign', 'mine']);
  await redis.select(5);
  expect(await redis.keys('*')).toEqual([]);
  await redis.select(0);
  expect(await redis.call('FUNCTION', 'LIST')).toEqual([]);
  await redis.del('foreign', 'mine');
  const connection = await connect(servers.urls.rabbitmq!);
  const channel = await connection.createChannel();
  await channel.deleteQueue('foreign');
  await connection.close();
}

function eventsOf({ stdout }: Ended): TraceEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Looks for everything that a run declared, by the names in its own trace. */
async function expectNothingLeft(ended: Ended): Promise<void> {
  const frames = ofType(eventsOf(ended), 'frame');
  const declared = (method: string, kind: string): string[] => [
    ...new Set(frames.flatMap(({ name, fields }) => (name === method ? [String(fields[kind])] : []))),
  ];
  const [queues, exchanges] = [declared('queue.declare', 'queue'), declared('exchange.declare', 'exchange')];
  const connection = await connect(servers.urls.rabbitmq!);
  try {
    for (const [names, look] of [
      [queues, 'checkQueue'],
      [exchanges, 'checkExchange'],
    ] as const) {
      for (const name of names) {
        const channel = await connection.createChannel();
        channel.on('error', () => {});
        await expect(channel[look](name), name).rejects.toThrow(/NOT_FOUND/);
      }
    }
  } finally {
    await connection.close();
  }
  expect(queues.concat(exchanges).length + frames.filter(({ service }) => service !== 'rabbitmq').length).not.toBe(0);
  const redis = new Redis(servers.urls.redis!);
  expect(await redis.keys('*')).toEqual([]);
  expect(await redis.pubsub('CHANNELS')).toEqual([]);
  redis.disconnect();
}

describe.skipIf(why !== undefined)(titled('on brokers that others share', why), () => {
  test.each(['job-queue', 'pubsub', 'rpc', 'request-fanout', 'scale-out', 'stomp-chat'])(
    'two runs of %s at once do not meet',
    async (name) => {
      const line = ['run', name, '--format', 'ndjson', ...named];
      const both = await Promise.all([msgplay(line), msgplay(line)]);
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      const prefixes = both.map((ended) => ofType(eventsOf(ended), 'run-start')[0]!.prefix);
      expect(new Set(prefixes).size).toBe(2);
      for (const prefix of prefixes) expect(prefix).toMatch(/^msgplay_\w{6}_\w{4}_$/);
      for (const ended of both) await expectNothingLeft(ended);
    },
    60_000,
  );

  test.each([
    ['well', 0, 'passed'],
    ['badly', 1, 'failed'],
  ])('after a run that ends %s nothing is left', async (end, code, outcome) => {
    const ended = await msgplay(['run', DECLARES, '--end', end, '--format', 'ndjson', ...named]);
    expect(ended.code).toBe(code);
    expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run-end', outcome });
    await expectNothingLeft(ended);
  });

  test('after a timeout nothing is left', async () => {
    const line = ['run', DECLARES, '--end', 'never', '--timeout', '6', '--format', 'ndjson', ...named];
    const ended = await msgplay(line);
    expect(ended.code).toBe(4);
    expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run-end', outcome: 'timed-out' });
    await expectNothingLeft(ended);
  });

  test('after Ctrl-C nothing is left, and the trace ends as it should', async () => {
    const running = start(['run', DECLARES, '--end', 'never', '--format', 'ndjson', ...named]);
    await running.says(/"stage":"queued"[^\n]*"service":"redis"[^\n]*stream/);
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run-end', outcome: 'aborted' });
    await expectNothingLeft(ended);
  });

  test('after its reader has gone nothing is left', async () => {
    const running = start(['run', DECLARES, '--end', 'never', '--format', 'ndjson', ...named]);
    await running.says(/"service":"redis"[^\n]*stream/);
    running.child.stdout.destroy();
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr: stderr.replace(/^knocking .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
    await expectNothingLeft({ code, stdout: whole, stderr });
  });

  test('whatever is declared, however much: nothing is left, and others keep theirs', async () => {
    const others = new Redis(servers.urls.redis!);
    await others.set('mine', 'stays');
    const { code, stdout, stderr } = await msgplay(['run', MUCH, '--format', 'ndjson', ...named]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('made the key foreign in Redis, whose name is not from lab.name: it stays.');
    expect(stderr).toContain('made the queue foreign in RabbitMQ, whose name is not from lab.name: it stays.');
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'passed' });
    await expectOnlyForeign(others);
    others.disconnect();
  }, 180_000);

  test('--strict-names ends a run that makes something under a name of its own: exit 1', async () => {
    const { code, stdout } = await msgplay(['run', MUCH, '--much', '10', '--strict-names', ...named]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed in [\s\S]* foreign in \w+, whose name is not from\s+lab\.name/m);
    const redis = new Redis(servers.urls.redis!);
    await redis.del('foreign');
    expect(await redis.keys('*')).toEqual([]);
    redis.disconnect();
  });

  test('what a killed run leaves is listed, told by doctor, and removed; a second Ctrl-C says how', async () => {
    const urls = [servers.urls.rabbitmq!, servers.urls.redis!];
    const killed = start(['run', DECLARES, '--end', 'never', ...named]);
    await killed.says(/still here/);
    expect((await msgplay(['clean', ...urls])).stdout).toContain('still runs, and is left alone');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const listed = await msgplay(['clean', ...urls]);
    expect(listed.code).toBe(0);
    const prefix = /msgplay_\w{6}_\w{4}_/.exec(listed.stdout)?.[0];
    expect(listed.stdout).toMatch(
      /RabbitMQ at amqp:\/\/guest:\*\*\*@\S+\n.*\n.* {2}(1 queue, 1 exchange|1 exchange, 1 queue)\n/,
    );
    expect(listed.stdout).toMatch(/Redis at \S+\n.* {2}3 keys\n/);
    expect((await msgplay(['doctor', ...named])).stdout).toContain(
      '3 keys of 1 run left in Redis: msgplay clean redis://',
    );
    const removed = await msgplay(['clean', ...urls, '--run', prefix ?? '', '--yes']);
    expect(removed.stdout.match(/ removed$/gm)?.length).toBe(2);
    const after = await msgplay(['clean', ...urls]);
    expect(after.stdout.match(/nothing of a run that has ended/g)?.length).toBe(2);
    const redis = new Redis(servers.urls.redis!);
    expect(await redis.keys('*')).toEqual([]);
    redis.disconnect();
  });

  test('the second Ctrl-C says what stays, and the line that removes it', async () => {
    const path = join(directory, 'stuck.mjs');
    writeFileSync(path, STUCK);
    const running = start(['run', path, '--format', 'ndjson', ...named]);
    await running.says(/here I am/);
    running.child.kill('SIGINT');
    await running.says(/cleaning up/);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    const line = /1 key of this run stays in Redis\. To remove: msgplay (clean \S+ --run \S+ --yes)$/m.exec(
      stderr,
    )?.[1];
    expect(line, stderr).toBeDefined();
    const cleaned = await msgplay((line ?? '').split(' '));
    expect(cleaned).toMatchObject({ code: 0, stderr: '' });
    expect(cleaned.stdout).toMatch(/ 1 key removed$/m);
  });

  test('a wrong password, an unknown virtual host: exit 3, and the password is not repeated', async () => {
    const at = new URL(servers.urls.rabbitmq!).host;
    const wrong = await msgplay(['run', 'job-queue', '--rabbitmq-url', `amqp://guest:secret@${at}`]);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(wrong.stderr).toContain(`msgplay: RabbitMQ at ${at} refuses the login: user or password is wrong`);
    expect(wrong.stderr).not.toContain('secret');
    const lost = await msgplay(['run', 'job-queue', '--rabbitmq-url', `amqp://guest:guest@${at}/nowhere`]);
    expect(lost.code).toBe(3);
    expect(lost.stderr).toContain('has no such virtual host');
  });

  test('a host that nothing listens at, or that there is none: exit 3', async () => {
    for (const [url, message] of [
      ['redis://127.0.0.1:1', 'Redis is not there: nothing listens at 127.0.0.1:1'],
      ['redis://no-such-host.invalid', 'Redis is not there: '],
    ] as const) {
      const { code, stdout, stderr } = await msgplay(['run', 'pubsub', '--via', 'redis', '--redis-url', url]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain(`msgplay: ${message}`);
    }
  });
});
