/** Labs for tests, with unmodified clients at work. */
import { type ChannelModel, connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { Service } from '../../src/core/services.ts';
import { type LabOptions, StoryError, startLab, type TestLab } from '../../src/testing/index.ts';

const labs: TestLab<never>[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function lab<Needs extends Service>(options: LabOptions<Needs>): Promise<TestLab<Needs>> {
  const started = await startLab({ timeoutMs: 20_000, ...options });
  labs.push(started as unknown as TestLab<never>);
  return started;
}

type Amqp = TestLab<'rabbitmq'>;

async function client(of: Amqp, url: string, name?: string): Promise<ChannelModel> {
  const connection = await connect(url, name === undefined ? {} : { clientProperties: { connection_name: name } });
  connection.on('error', () => {});
  of.defer(() => connection.close().catch(() => {}));
  return connection;
}

/** A worker that acks orders, but rejects what is broken; and a publisher. */
async function shop(of: Amqp) {
  const worker = await (await client(of, of.urls.rabbitmq, 'worker')).createChannel();
  await worker.assertExchange('dead', 'fanout');
  await worker.assertQueue('parked');
  await worker.bindQueue('parked', 'dead', '');
  await worker.assertQueue('mail', { deadLetterExchange: 'dead' });
  await worker.consume('mail', (message) => {
    if (!message) return;
    const { broken } = JSON.parse(message.content.toString());
    if (broken) worker.nack(message, false, false);
    else worker.ack(message);
  });
  const publisher = await (await client(of, await of.url('rabbitmq', 'shop'))).createChannel();
  const send = (body: object, queue = 'mail'): boolean =>
    publisher.sendToQueue(queue, Buffer.from(JSON.stringify(body)));
  return { worker, publisher, send };
}

async function failureOf(assertion: Promise<unknown>): Promise<StoryError> {
  const error = await assertion.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(StoryError);
  return error as StoryError;
}

test('an assertion waits until it holds, and gives the messages', async () => {
  const l = await lab({ services: ['rabbitmq'], names: ['order'] });
  const waiting = l.story.message({ queue: 'mail', body: { order: 1 } }).wasAcked({ by: 'worker' });
  const { send } = await shop(l);
  send({ order: 1, items: ['tea'] });
  const [message] = await waiting;
  expect(message).toMatchObject({
    publishedBy: 'shop',
    exchange: '',
    key: 'mail',
    body: { order: 1, items: ['tea'] },
  });
  expect(message?.steps.map(({ stage }) => stage)).toEqual(['published', 'delivered', 'acked']);
});

test('a failure tells what was expected, who did what instead, and points at the test', async () => {
  const l = await lab({ services: ['rabbitmq'], names: ['order'] });
  const { send } = await shop(l);
  send({ order: 1 });
  send({ order: 2, broken: true });
  await l.story.message({ queue: 'mail' }).wasRejected({ by: 'worker' });
  const error = await failureOf(l.story.message({ queue: 'mail' }).times(2).within(50).wasAcked({ by: 'worker' }));
  expect(error.message).toContain('Expected that 2 messages in queue mail are acked by worker, but order 1 was');
  expect(error.message).toMatch(/worker +→ RabbitMQ +order 1 ack/);
  expect(error.message).toMatch(/order 2 dead-lettered: mail → dead → parked: rejected in queue mail/);
  expect(error.stack).toContain('lab.test.ts');
  expect(error.stack?.split('\n').find((line) => line.includes(' at '))).toContain('lab.test.ts');
});

test('who rejected, where dead letters went, and what was given back', async () => {
  const l = await lab({ services: ['rabbitmq'] });
  const { send, worker } = await shop(l);
  send({ broken: true });
  await l.story.message({ queue: 'mail' }).wasDeadLettered({ into: 'parked' });
  await l.story.message({ queue: 'parked' }).not.wasDelivered();
  await failureOf(l.story.message({ queue: 'mail' }).within(50).wasDeadLettered({ into: 'elsewhere' }));
  const parked = await worker.get('parked');
  if (parked) worker.nack(parked, false, true);
  await l.story.message({ queue: 'parked' }).wasRequeued({ by: 'worker' });
});

test('not and times count all that has arrived', async () => {
  const l = await lab({ services: ['rabbitmq'], names: ['order'] });
  const { send } = await shop(l);
  for (const order of [1, 2, 3]) send({ order });
  await l.story.message({ queue: 'mail' }).times(3).wasAcked();
  const error = await failureOf(l.story.message({ queue: 'mail' }).times(2).wasAcked());
  expect(error.message).toContain('but order 1, order 2, order 3 were');
  await l.story.message({ queue: 'audit' }).not.wasDelivered();
  await l.story.message({ queue: 'mail' }).not.wasDelivered({ to: 'shop' });
  await failureOf(l.story.message({ queue: 'mail' }).not.wasDelivered({ to: 'worker' }));
});

test('a message that nobody takes is unroutable, without confirms, too; a returned one came back', async () => {
  const l = await lab({ services: ['rabbitmq'] });
  const { send, publisher } = await shop(l);
  send({ order: 1 });
  await l.story.nothingUnroutable();
  send({ order: 2 }, 'mial');
  const error = await failureOf(l.story.nothingUnroutable());
  expect(error.message).toContain('to mial found no queue');
  publisher.publish('', 'nowhere', Buffer.from('x'), { mandatory: true });
  await l.story.message({ queue: 'nowhere' }).wasReturned({ to: 'shop' });
  await l.story.message({ queue: 'mial' }).wasUnroutable();
});

test('nothingUnacked waits for the last ack, and tells who holds what', async () => {
  const l = await lab({ services: ['rabbitmq'], names: ['order'] });
  const { send, worker } = await shop(l);
  await worker.assertQueue('slow');
  const held = new Promise<() => void>((resolve) => {
    void worker.consume('slow', (message) => message && resolve(() => worker.ack(message)));
  });
  send({ order: 1 }, 'slow');
  const ack = await held;
  const error = await failureOf(l.story.nothingUnacked({ withinMs: 30 }));
  expect(error.message).toContain('worker holds order 1 from slow');
  const settled = l.story.nothingUnacked();
  ack();
  await settled;
});

test('filters: exchange, key, headers, body, publisher', async () => {
  const l = await lab({ services: ['rabbitmq'] });
  const { publisher, worker } = await shop(l);
  await publisher.assertExchange('events', 'topic');
  await worker.assertQueue('audit');
  await worker.bindQueue('audit', 'events', 'order.*');
  publisher.publish('events', 'order.created', Buffer.from('{"id":1,"a":{"b":[1]}}'), { headers: { tenant: 'x' } });
  publisher.publish('events', 'order.gone', Buffer.from('plain text'));
  await l.story.message({ queue: 'audit' }).times(2).wasPublished({ by: 'shop' });
  const found = (filter: Parameters<typeof l.story.messages>[0]): unknown[] =>
    l.story.messages(filter).map(({ key }) => key);
  expect(found({ exchange: 'events', key: 'order.created' })).toEqual(['order.created']);
  expect(found({ headers: { tenant: 'x' } })).toEqual(['order.created']);
  expect(found({ body: { a: { b: [1] } } })).toEqual(['order.created']);
  expect(found({ body: { a: { b: [1, 2] } } })).toEqual([]);
  expect(found({ body: /text$/ })).toEqual(['order.gone']);
  expect(found({ body: 'plain text' })).toEqual(['order.gone']);
  expect(found({ body: (body) => typeof body === 'object' })).toEqual(['order.created']);
  expect(found({ from: 'worker' })).toEqual([]);
  expect(found({ queue: 'events' })).toEqual([]);
});

test('Redis: channels, lists and streams; a connection is called what it calls itself', async () => {
  const l = await lab({ services: ['redis'] });
  const app = new Redis(l.urls.redis, { connectionName: 'api' });
  const other = new Redis(l.urls.redis);
  l.defer(() => Promise.all([app.quit(), other.quit()]));
  await other.subscribe('news');
  await app.publish('news', 'hello');
  await l.story.message({ channel: 'news' }).wasDelivered({ to: 'app' });
  await l.story.message({ channel: 'news' }).wasPublished({ by: 'api' });
  await app.lpush('jobs', '{"job":1}');
  await app.brpop('jobs', 0);
  await l.story.message({ list: 'jobs', body: { job: 1 } }).wasDelivered({ to: 'api' });
  await app.xgroup('CREATE', 'orders', 'billing', '$', 'MKSTREAM');
  await app.xadd('orders', '1-1', 'order', '1');
  await app.xreadgroup('GROUP', 'billing', 'one', 'STREAMS', 'orders', '>');
  await failureOf(l.story.nothingUnacked({ withinMs: 30 }));
  await app.xack('orders', 'billing', '1-1');
  await l.story.message({ stream: 'orders' }).wasAcked({ by: 'api' });
  await l.story.nothingUnacked();
});

test('cut, pause, slow and resume concern the named peer, whichever URL it used', async () => {
  const l = await lab({ services: ['redis'] });
  const worker = new Redis(l.urls.redis, { connectionName: 'worker' });
  const api = new Redis(await l.url('redis', 'api'));
  l.defer(() => Promise.all([worker.quit(), api.quit()]));
  await Promise.all([worker.ping(), api.ping()]);
  l.pause('worker');
  let answered = false;
  const answer = worker.set('paused', '1').then(() => {
    answered = true;
  });
  expect(await api.get('paused')).toBeNull();
  expect(answered).toBe(false);
  l.resume('worker');
  await answer;
  expect(await api.get('paused')).toBe('1');
  l.slow('api', { latencyMs: 20 });
  const before = performance.now();
  await api.ping();
  expect(performance.now() - before).toBeGreaterThanOrEqual(39);
  l.resume('api');
  const closed = new Promise((resolve) => worker.once('close', resolve));
  l.cut('worker');
  await closed;
  expect(await api.ping()).toBe('PONG');
  expect(() => l.cut('wroker')).toThrow("No peer 'wroker' has connected.");
  expect(() => l.slow('api', { bytesPerSecond: 0 })).toThrow('above 0');
});

test('a restart keeps what the real server keeps, at the same URL', async () => {
  const l = await lab({ services: ['rabbitmq'] });
  const first = await client(l, l.urls.rabbitmq);
  const channel = await first.createConfirmChannel();
  await channel.assertQueue('kept', { durable: true });
  channel.sendToQueue('kept', Buffer.from('persistent'), { persistent: true });
  channel.sendToQueue('kept', Buffer.from('transient'));
  await channel.waitForConfirms();
  await l.restart('rabbitmq');
  const again = await (await client(l, l.urls.rabbitmq)).createChannel();
  expect((await again.checkQueue('kept')).messageCount).toBe(1);
});

test('reset empties servers and story; connections and consumers stay', async () => {
  const l = await lab({ services: ['rabbitmq', 'redis'] });
  const { send, worker } = await shop(l);
  const redis = new Redis(l.urls.redis);
  l.defer(() => redis.quit());
  await redis.set('key', 'value');
  await worker.assertQueue('waiting');
  send({ order: 1 }, 'waiting');
  await l.reset();
  expect(l.story.messages()).toEqual([]);
  expect(await redis.get('key')).toBeNull();
  expect((await worker.checkQueue('waiting')).messageCount).toBe(0);
  send({ order: 2 });
  await l.story.message({ queue: 'mail' }).times(1).wasAcked({ by: 'worker' });
});

test('two labs share nothing, and a closed one says so', async () => {
  const [one, other] = [await lab({ services: ['redis'] }), await lab({ services: ['redis'] })];
  const client = new Redis(one.urls.redis);
  one.defer(() => client.quit());
  await client.publish('news', 'x');
  await one.story.message({ channel: 'news' }).wasPublished();
  expect(other.story.messages()).toEqual([]);
  await one.close();
  await expect(one.restart('redis')).rejects.toThrow('The lab is closed.');
  await expect(one.story.message().within(10_000).wasAcked()).rejects.toThrow('The lab is closed.');
});

test('await using closes', async () => {
  const inner = await startLab({ services: ['redis'] });
  const client = new Redis(inner.urls.redis, { retryStrategy: () => null, lazyConnect: true });
  await client.connect();
  client.on('error', () => {});
  const closed = new Promise((resolve) => client.once('end', resolve));
  await inner[Symbol.asyncDispose]();
  await closed;
});

test('what can not be meant is told with what could be', async () => {
  const wrong = (options: object): Promise<unknown> => startLab(options);
  await expect(wrong({ services: ['rabbit'] })).rejects.toThrow("There is no service 'rabbit'.");
  await expect(wrong({ services: [] })).rejects.toThrow('A lab needs a service.');
  await expect(wrong({ urls: { redis: 'http://x' } })).rejects.toThrow('urls.redis');
  await expect(wrong({ services: ['redis'], timeoutMs: -1 })).rejects.toThrow('timeoutMs is a number of ms');
  const l = await lab({ services: ['redis'] });
  // In JavaScript a word that was mistyped must not widen what is asserted.
  const meant = (filter: object) => () => l.story.message(filter);
  expect(meant({ chanel: 'news' })).toThrow("A message can't be told by 'chanel'.");
  expect(() => l.story.messages({ que: 'x' } as object)).toThrow("A message can't be told by 'que'.");
  expect(() => l.story.message().wasAcked({ to: 'x' } as object)).toThrow("'to' means nothing here.");
  expect(() => l.story.message().wasDeadLettered({ by: 'x' } as object)).toThrow("'by' means nothing here.");
  await expect((l as TestLab).url('rabbitmq', 'x')).rejects.toThrow('This lab has no RabbitMQ.');
});
