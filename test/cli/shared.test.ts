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
      for (const prefix of prefixes) expect(prefix).toMatch(/^msgplay-\w+\.$/);
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
    const line = ['run', DECLARES, '--end', 'never', '--timeout', '2', '--format', 'ndjson', ...named];
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
