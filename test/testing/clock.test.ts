/** The clock of a lab: embedded servers go by it. */
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MovableClock } from '../../src/testing/clock.ts';
import { startLab, type TestLab } from '../../src/testing/index.ts';

const HOUR_MS = 3_600_000;
let lab: TestLab<'rabbitmq' | 'redis'>;
beforeEach(async () => {
  lab = await startLab({ services: ['rabbitmq', 'redis'], timeoutMs: 20_000 });
});
afterEach(() => lab.close());

test('a message waits out its time to live, and goes to the next queue, in no time', async () => {
  const connection = await connect(lab.urls.rabbitmq, { clientProperties: { connection_name: 'app' } });
  lab.defer(() => connection.close());
  const channel = await connection.createChannel();
  await channel.assertQueue('due');
  await channel.assertQueue('waiting', { messageTtl: HOUR_MS, deadLetterExchange: '', deadLetterRoutingKey: 'due' });
  channel.sendToQueue('waiting', Buffer.from('later'));
  await lab.story.message({ queue: 'waiting' }).not.expired();
  await lab.clock.advance(HOUR_MS / 2);
  expect(await channel.get('due')).toBe(false);
  await lab.clock.advance(HOUR_MS / 2);
  await lab.story.message({ queue: 'waiting' }).expired();
  await lab.story.message({ queue: 'waiting' }).wasDeadLettered({ into: 'due' });
  expect((await channel.get('due')) || undefined).toMatchObject({ content: Buffer.from('later') });
});

test('heartbeats do not count it: clients stay connected', async () => {
  const connection = await connect(`${lab.urls.rabbitmq}?heartbeat=5`);
  const lost = new Promise((resolve) => connection.once('close', resolve));
  const channel = await connection.createChannel();
  await lab.clock.advance(24 * HOUR_MS);
  await channel.assertQueue('still-there');
  await connection.close();
  await lost;
});

test('keys of Redis go, and blocked commands give up', async () => {
  const client = new Redis(lab.urls.redis);
  const blocked = new Redis(lab.urls.redis);
  lab.defer(() => Promise.all([client.quit(), blocked.quit()]));
  await client.set('session', 'x', 'EX', 7200);
  const nothing = blocked.blpop('empty', 600);
  await lab.story.message().not.wasPublished();
  await lab.clock.advance(HOUR_MS);
  expect(await nothing).toBeNull();
  expect(await client.get('session')).toBe('x');
  await lab.clock.advance(HOUR_MS);
  expect(await client.get('session')).toBeNull();
  const [seconds = ''] = await client.time();
  expect(Math.abs(Number(seconds) * 1000 - lab.clock.now())).toBeLessThan(HOUR_MS);
  expect(lab.clock.now() - Date.now()).toBeGreaterThanOrEqual(2 * HOUR_MS - 1_000);
});

test('what is due happens in its order, with what follows from it, and nothing twice', async () => {
  const clock = new MovableClock();
  const told: string[] = [];
  clock.after(2_000, () => told.push('second'));
  clock.after(1_000, () => {
    told.push('first');
    clock.after(500, () => told.push('follows'));
  });
  const cancel = clock.after(1_500, () => told.push('cancelled'));
  cancel();
  clock.after(60_000, () => told.push('later'));
  await clock.advance(5_000, async () => {});
  expect(told).toEqual(['first', 'follows', 'second']);
  await clock.advance(55_000, async () => {});
  expect(told).toEqual(['first', 'follows', 'second', 'later']);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('advance(%s) is refused', async (ms) => {
  await expect(lab.clock.advance(ms)).rejects.toThrow('A clock is moved forward');
});
