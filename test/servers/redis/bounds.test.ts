/** What clients may hold of the server's memory, and of its time. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeCommand, RespWriter, TooMuchWritten } from '../../../src/protocols/resp/index.ts';
import redis from '../../../src/servers/redis/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';
import { eventually } from '../../helpers/eventually.ts';
import { TestClient } from './client.ts';

const MB = 1024 * 1024;
let server: RunningServer;
let port: number;
let admin: TestClient;

beforeEach(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  port = Number(new URL(server.urls.redis!).port);
  admin = await TestClient.tcp(port);
});
afterEach(async () => {
  expect(await admin.bytes('PING')).toBe('+PONG\r\n');
  await server.close();
});

const config = (...settings: string[]) => admin.call('CONFIG', 'SET', ...settings);

/** A client that sends and never reads. */
async function lazy(): Promise<TestClient> {
  const client = await TestClient.tcp(port);
  client.duplex.pause();
  return client;
}

/** Who is hung up on sees it when it reads. */
async function isHungUpOn(client: TestClient): Promise<void> {
  client.duplex.resume();
  await eventually(() => expect(client.duplex.destroyed).toBe(true));
}

it('lets those go who hold most while all hold too much: replies that nobody reads', async () => {
  await config('maxmemory-clients', '30mb');
  await admin.call('SET', 'big', 'x'.repeat(MB));
  const [client, small] = [await lazy(), await TestClient.tcp(port)];
  const before = process.memoryUsage().arrayBuffers;
  client.duplex.write(Buffer.concat(Array(5000).fill(encodeCommand(['GET', 'big']))));
  await eventually(async () => expect(await admin.bytes('INFO', 'stats')).toContain('evicted_clients:1'));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * MB);
  await isHungUpOn(client);
  expect(await small.bytes('PING')).toBe('+PONG\r\n');
});

it('spares who asked for it', async () => {
  await config('maxmemory-clients', '5mb');
  const [spared, other] = [await TestClient.tcp(port), await TestClient.tcp(port)];
  await spared.call('CLIENT', 'NO-EVICT', 'ON');
  spared.duplex.write(`*1\r\n$${20 * MB}\r\n${'x'.repeat(4 * MB)}`);
  other.duplex.write(`*1\r\n$${20 * MB}\r\n${'x'.repeat(3 * MB)}`);
  await isHungUpOn(other);
  expect(spared.closed).toBe(false);
});

it.each<[string, string]>([
  ['a bulk that is half sent', `*2\r\n$3\r\nGET\r\n$${100 * MB}\r\n`],
  ['a command that is half sent', `*${MB}\r\n`],
  ['a transaction', '*1\r\n$5\r\nMULTI\r\n'],
])('hangs up over %s that is longer than a query may be', async (_, begin) => {
  await config('client-query-buffer-limit', '1mb');
  const client = await TestClient.tcp(port);
  client.duplex.write(begin);
  const part = begin.includes('MULTI')
    ? encodeCommand(['SET', 'k', 'x'.repeat(1000)])
    : Buffer.from(`$1000\r\n${'x'.repeat(1000)}\r\n`);
  for (let i = 0; i < 2000; i++) client.duplex.write(part);
  await isHungUpOn(client);
  expect(await admin.bytes('EXISTS', 'k')).toBe(':0\r\n');
});

it('takes no long arguments from strangers', async () => {
  await config('requirepass', 'secret');
  const client = await TestClient.tcp(port);
  const command = encodeCommand(['MSET', ...Array(8).fill('x'.repeat(16_000))]);
  client.duplex.write(command);
  expect(await client.bytes()).toContain('NOAUTH');
  client.duplex.write(`*2\r\n$16385\r\n`);
  expect(await client.bytes()).toContain('unauthenticated bulk length');
  await config('requirepass', '');
});

it.each<[string, string[], string[]]>([
  ['a subscriber', ['SUBSCRIBE', 'flood'], ['pubsub', '1mb', '0', '0']],
  ['a monitor', ['MONITOR'], ['normal', '1mb', '0', '0']],
])('closes %s that is sent more than it may leave unread, within one script', async (_, command, limit) => {
  await config('client-output-buffer-limit', limit.join(' '));
  const client = await lazy();
  client.send(...command);
  await eventually(async () => expect(await admin.bytes('CLIENT', 'LIST')).toMatch(/ (sub=1|flags=O) ?/));
  const before = process.memoryUsage().arrayBuffers;
  const flood = "for i = 1, 20000 do redis.call('PUBLISH', 'flood', ARGV[1]) end";
  await admin.call('EVAL', flood, '0', 'x'.repeat(10_000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MB);
  await isHungUpOn(client);
  await config('client-output-buffer-limit', 'normal 0 0 0');
});

it('serves others while one sends a long pipeline', async () => {
  const COUNT = 10_000;
  const client = await TestClient.tcp(port);
  const loads = Array.from({ length: COUNT }, (_, i) => encodeCommand(['SCRIPT', 'LOAD', `return ${i}`]));
  client.duplex.write(Buffer.concat(loads));
  await client.next();
  let most = 0;
  for (let answered = 0; answered < COUNT - 1; ) {
    await admin.call('PING');
    most = Math.max(most, client.pending.length - answered);
    answered = client.pending.length;
  }
  // If the pipeline were carried out at once, all of it would be answered between two answers to the other client.
  expect(most).toBeLessThan(COUNT / 2);
});

it('answers everything in order that is carried out in slices', async () => {
  const client = await TestClient.tcp(port);
  const pipeline = Array.from({ length: 20_000 }, (_, i) => encodeCommand(['EVAL', `return ${i % 50}`, '0']));
  client.duplex.write(Buffer.concat(pipeline));
  for (let i = 0; i < pipeline.length; i++) expect(await client.next()).toMatchObject({ value: i % 50 });
});

it('writes no reply that is longer than may wait', () => {
  const writer = new RespWriter();
  writer.maxBytes = 10 * MB;
  const body = 'x'.repeat(MB);
  expect(() => {
    for (let i = 0; i < 20; i++) writer.latin1(body);
  }).toThrow(TooMuchWritten);
});
