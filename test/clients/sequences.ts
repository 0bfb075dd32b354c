/** What programs do with their client libraries at the start and in everyday use, one thing after the other. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AMQPClient } from '@cloudamqp/amqp-client';
import amqplib from 'amqplib';
import { Redis } from 'ioredis';
import { Connection } from 'rabbitmq-client';
import { createClient } from 'redis';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));

export interface Sequence {
  readonly client: string;
  /** A program that this needs, if it is another language's: its command line says whether it is here. */
  readonly needs?: readonly [command: string, ...args: string[]];
  readonly work: (url: string) => Promise<unknown>;
}

const next = (emitter: { once(event: string, heard: () => void): unknown }, event: string) =>
  new Promise<void>((resolve) => emitter.once(event, resolve));

async function throughAmqplib(url: string): Promise<void> {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('seq.jobs', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue('seq.short', { durable: false, autoDelete: true, messageTtl: 1000, maxPriority: 5 });
  await channel.assertExchange('seq.topic', 'topic', { durable: false, autoDelete: true });
  await channel.bindQueue('seq.jobs', 'seq.topic', 'a.#');
  await channel.prefetch(5);
  const headers = { a: 1, b: 'x', c: [1, true], d: { e: 1.5 } };
  channel.publish('seq.topic', 'a.b', Buffer.from('x'), { headers, persistent: true, messageId: '1', timestamp: 5 });
  await channel.waitForConfirms();
  channel.publish('seq.topic', 'nowhere', Buffer.from('x'), { mandatory: true });
  await channel.waitForConfirms();
  await new Promise<void>((resolve) => {
    const got = (message: amqplib.ConsumeMessage | null) => {
      channel.ack(message!);
      resolve();
    };
    void channel.consume('seq.jobs', got, { consumerTag: 'mine' });
  });
  await channel.cancel('mine');
  await channel.get('seq.jobs');
  await channel.checkQueue('seq.jobs');
  await channel.purgeQueue('seq.jobs');
  await channel.unbindQueue('seq.jobs', 'seq.topic', 'a.#');
  await channel.deleteQueue('seq.jobs');
  const other = await connection.createChannel();
  other.on('error', () => {});
  await other.checkQueue('seq.none').catch(() => {});
  await channel.recover();
  await channel.close();
  await connection.close();
}

async function throughRabbitmqClient(url: string): Promise<void> {
  const rabbit = new Connection({ url, connectionName: 'me' });
  rabbit.on('error', () => {});
  const heard = rabbit.createConsumer(
    {
      queue: 'seq.heard',
      queueOptions: { durable: false, autoDelete: true },
      qos: { prefetchCount: 2 },
      exchanges: [{ exchange: 'seq.users', type: 'topic', autoDelete: true, durable: false }],
      queueBindings: [{ exchange: 'seq.users', routingKey: 'user.*' }],
    },
    async () => {},
  );
  await next(heard, 'ready');
  const publisher = rabbit.createPublisher({ confirm: true });
  await publisher.send({ exchange: 'seq.users', routingKey: 'user.new' }, { id: 1 });
  await publisher.close();
  const answering = { queue: 'seq.calls', queueOptions: { durable: false, exclusive: true } };
  const answerer = rabbit.createConsumer(answering, async (_message, reply) => reply('ok'));
  await next(answerer, 'ready');
  const caller = rabbit.createRPCClient({ confirm: true });
  await caller.send('seq.calls', 'x');
  await caller.close();
  await answerer.close();
  await heard.close();
  await rabbit.close();
}

async function throughAmqpClient(url: string): Promise<void> {
  const connection = await new AMQPClient(url).connect();
  const channel = await connection.channel();
  const { name } = await channel.queueDeclare('seq.cloud', { durable: false, autoDelete: true });
  await channel.exchangeDeclare('seq.headers', 'headers', { durable: false, autoDelete: true });
  await channel.queueBind(name, 'seq.headers', '', { 'x-match': 'all', a: 1 });
  await channel.confirmSelect();
  await channel.basicPublish('seq.headers', '', 'x', { headers: { a: 1 }, deliveryMode: 1 });
  await channel.basicQos(3);
  await (await channel.basicGet(name, { noAck: false }))?.ack();
  await channel.queueDelete(name);
  await connection.close();
}

async function throughTools(url: string): Promise<void> {
  const tool = (name: string, ...args: string[]) => run(name, ['--url', url, ...args], { timeout: 10_000 });
  await tool('amqp-declare-queue', '-q', 'seq.c');
  await tool('amqp-publish', '-r', 'seq.c', '-b', 'x', '-p');
  await tool('amqp-get', '-q', 'seq.c');
  await tool('amqp-publish', '-r', 'seq.c', '-b', 'y');
  await tool('amqp-consume', '-q', 'seq.c', '-c', '1', 'cat');
  await tool('amqp-delete-queue', '-q', 'seq.c');
  await tool('amqp-get', '-q', 'seq.c').catch(() => {});
}

async function throughIoredis(url: string, protocol: 2 | 3): Promise<void> {
  const client = new Redis(url, { protocol, connectionName: 'me' });
  const subscriber = client.duplicate();
  await client.flushall();
  await subscriber.subscribe('a', 'b');
  await subscriber.psubscribe('p*');
  await client.publish('a', 'x');
  await subscriber.unsubscribe('a');
  await client.set('k', 'v', 'EX', 100);
  await client.mset('a', 1, 'b', 2);
  await client.mget('a', 'b', 'c');
  await client.hset('h', { a: 1 });
  await client.hgetall('h');
  await client.hexpire('h', 100, 'FIELDS', 1, 'a');
  await client.zadd('z', 1.5, 'a', 2, 'b');
  await client.zrange('z', '0', '-1', 'WITHSCORES');
  await client.zrangebyscore('z', '-inf', '+inf', 'WITHSCORES', 'LIMIT', '0', '1');
  await client.lpush('l', 1, 2);
  await client.brpop('l', 1);
  await client.lmpop(1, 'l', 'LEFT');
  await client.xadd('x', '1-1', 'a', 'b');
  await client.xread('BLOCK', '10', 'STREAMS', 'x', '0');
  await client.xgroup('CREATE', 'x', 'g', '0');
  await client.xreadgroup('GROUP', 'g', 'c', 'COUNT', '1', 'STREAMS', 'x', '>');
  await client.xpending('x', 'g');
  await client.xinfo('GROUPS', 'x');
  await client.multi().incr('n').hgetall('h').exec();
  await client.pipeline().get('k').get('h').exec();
  client.defineCommand('twice', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1], redis.call("get", KEYS[1])}' });
  for (const word of ['2', '3'])
    await (client as unknown as Record<'twice', (...a: string[]) => unknown>).twice('k', word);
  await client.scan('0', 'MATCH', 'zz*', 'COUNT', '1000');
  await client.object('ENCODING', 'z');
  await client.geoadd('geo', '13.361389', '38.115556', 'P');
  await client.geopos('geo', 'P');
  await client.getex('k', 'PERSIST');
  await client.ttl('k');
  await client.expire('k', 10, 'NX');
  await client.smismember('s', 'a', 'b');
  await client.watch('k');
  await client.multi().set('k', '1').exec();
  await client.client('GETNAME');
  await client.config('GET', 'notify-keyspace-events');
  await client.wait(0, 0);
  await client.quit();
  subscriber.disconnect();
}

async function throughNodeRedis(url: string, RESP: 2 | 3): Promise<void> {
  const client = createClient({ url, RESP, name: 'me', clientInfoTag: 'tag', database: 1 });
  await client.connect();
  const subscriber = client.duplicate();
  await subscriber.connect();
  await client.flushAll();
  await subscriber.subscribe('a', () => {});
  await subscriber.pSubscribe('p*', () => {});
  await client.publish('a', 'x');
  await subscriber.unsubscribe('a');
  await client.set('k', 'v', { expiration: { type: 'EX', value: 100 }, GET: true });
  await client.hSet('h', { a: '1' });
  await client.hGetAll('h');
  await client.zAdd('z', [
    { score: 1.5, value: 'a' },
    { score: 2, value: 'b' },
  ]);
  await client.zRangeWithScores('z', 0, -1);
  await client.zPopMax('z');
  await client.rPush('l', ['a', 'b']);
  await client.blPop('l', 1);
  await client.blPop('none', 0.01);
  await client.xAdd('x', '1-1', { a: 'b' });
  await client.xGroupCreate('x', 'g', '0');
  await client.xReadGroup('g', 'c', { key: 'x', id: '>' }, { COUNT: 1 });
  await client.xAutoClaim('x', 'g', 'other', 0, '0');
  await client.multi().incr('n').hGetAll('h').exec();
  await client.eval('return {KEYS[1], ARGV[1]}', { keys: ['k'], arguments: ['x'] });
  await client.scan('0', { COUNT: 1000, MATCH: 'q*' });
  await client.geoAdd('geo', { longitude: 13.361389, latitude: 38.115556, member: 'P' });
  await client.geoSearch('geo', { longitude: 13, latitude: 38 }, { radius: 200, unit: 'km' });
  await client.hScan('h', '0');
  await client.get('l').catch(() => {});
  await client.getDel('k');
  await client.ping();
  client.destroy();
  subscriber.destroy();
}

const PYTHON = '/usr/bin/python3';

export const SEQUENCES: Readonly<Record<'rabbitmq' | 'redis', readonly Sequence[]>> = {
  rabbitmq: [
    { client: 'amqplib', work: throughAmqplib },
    { client: 'rabbitmq-client', work: throughRabbitmqClient },
    { client: '@cloudamqp/amqp-client', work: throughAmqpClient },
    { client: 'librabbitmq’s tools', needs: ['amqp-get', '--help'], work: throughTools },
    {
      client: 'pika',
      needs: [PYTHON, '-c', 'import pika'],
      work: (url) => run(PYTHON, [script('pika_work.py'), url], { timeout: 20_000 }),
    },
    {
      client: 'Bunny',
      needs: ['ruby', '-e', 'require "bunny"'],
      work: (url) => run('ruby', [script('bunny_work.rb'), url], { timeout: 20_000 }),
    },
  ],
  redis: [
    { client: 'ioredis, RESP2', work: (url) => throughIoredis(url, 2) },
    { client: 'ioredis, RESP3', work: (url) => throughIoredis(url, 3) },
    { client: 'node-redis, RESP2', work: (url) => throughNodeRedis(url, 2) },
    { client: 'node-redis, RESP3', work: (url) => throughNodeRedis(url, 3) },
    {
      client: 'redis-py',
      needs: [PYTHON, '-c', 'import redis'],
      work: (url) => run(PYTHON, [script('redis_py_work.py'), url], { timeout: 20_000 }),
    },
  ],
};
