/** `msgplay up`: servers for any client, until Ctrl-C. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { msgplay, start } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { startServers } from '../helpers/servers.ts';

type Listed = Record<string, { url: string; backend: string; version: string }>;

test('--json prints one line, with URLs that clients can use, and Ctrl-C ends it with 130', async () => {
  const running = start(['up', 'rabbitmq', 'redis', 'http', '--json']);
  await running.says(/\n/);
  const listed = JSON.parse(running.stdout()) as Listed;
  expect(Object.keys(listed).sort()).toEqual(['http', 'rabbitmq', 'redis']);
  for (const { backend, version } of Object.values(listed)) {
    expect([backend, version]).toEqual(['embedded', expect.stringMatching(/\S/)]);
  }
  const connection = await connect(listed.rabbitmq!.url);
  const channel = await connection.createChannel();
  expect((await channel.assertQueue('a')).queue).toBe('a');
  const redis = new Redis(listed.redis!.url);
  expect(await redis.ping()).toBe('PONG');
  expect((await fetch(`${listed.http!.url}/updates/a`)).status).toBe(200);
  redis.disconnect();
  await connection.close();
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 130, stderr: '', lines: 2 });
});

test('without names it starts all that can be started; SIGTERM ends it with 143', async () => {
  const running = start(['up']);
  await running.says(/Ctrl-C stops them\./);
  for (const title of ['RabbitMQ', 'Redis', 'WebSocket', 'STOMP', 'HTTP']) {
    expect(running.stdout()).toMatch(new RegExp(`^${title} +\\w+://`, 'm'));
  }
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
});

test('--port gives a server the port that was asked for', async () => {
  const port = await freePort();
  const running = start(['up', 'redis', '--port', `redis=${port}`, '--json']);
  await running.says(/\n/);
  expect(JSON.parse(running.stdout()).redis.url).toBe(`redis://127.0.0.1:${port}`);
  running.child.kill('SIGINT');
  await running.ended;
});

test('--host lets embedded servers listen elsewhere than on 127.0.0.1 and ::1', async () => {
  const running = start(['up', 'redis', '--host', '127.0.0.2', '--json']);
  await running.says(/\n/);
  const url = JSON.parse(running.stdout()).redis.url as string;
  expect(url).toMatch(/^redis:\/\/127\.0\.0\.2:\d+$/);
  const redis = new Redis(url);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
  running.child.kill('SIGINT');
  await running.ended;
});

test('beyond loopback it warns, and servers ask for a password', async () => {
  const running = start(['up', 'redis', 'rabbitmq', '--host', '0.0.0.0', '--json']);
  await running.says(/"rabbitmq"/);
  const { redis, rabbitmq } = JSON.parse(running.stdout());
  const { password } = new URL(redis.url);
  expect(password).toMatch(/^[\w-]{16}$/);
  expect(rabbitmq.url).toContain(`amqp://msgplay:${password}@127.0.0.1:`);
  expect(running.stderr()).toMatch(/^Whoever reaches the address of --host can talk to these servers/);
  expect(running.stderr()).not.toContain(password);
  const client = new Redis(redis.url);
  expect(await client.ping()).toBe('PONG');
  client.disconnect();
  running.child.kill('SIGINT');
  await running.ended;
});

test('--password and --allow-origin say who may come', async () => {
  const running = start([
    'up',
    'redis',
    'http',
    '--password',
    'secret',
    '--allow-origin',
    'https://a.example',
    '--json',
  ]);
  await running.says(/\n/);
  const { redis, http } = JSON.parse(running.stdout());
  expect(redis.url).toMatch(/^redis:\/\/:secret@127\.0\.0\.1:/);
  const statusFor = async (origin: string) => (await fetch(`${http.url}/health`, { headers: { origin } })).status;
  expect([await statusFor('https://a.example'), await statusFor('https://b.example')]).toEqual([200, 403]);
  running.child.kill('SIGINT');
  await running.ended;
});

test.each([
  [['--host', 'localhost'], /--host takes an IP address/],
  [['--host', '127.0.0.1', '--redis-url', 'redis://127.0.0.1:1'], /--host is for embedded servers/],
  [['redis@'], /'redis@' names no version\.\nLeave the @ out/],
  [['redis@7', 'redis@8'], /Redis can't be 7 and 8 at once/],
  [['--backend', 'embedded@7.0'], /a version is one of a service\.\nName the service: --backend redis=embedded@7\.0/],
  [['--password', 'secret', '--redis-url', 'redis://127.0.0.1:1'], /--password is for embedded servers/],
  [['--password', ''], /--password takes a password that is not empty/],
  [['--allow-origin', 'example.org'], /--allow-origin takes an origin, like https:/],
  [['--allow-origin', '*', '--redis-url', 'redis://127.0.0.1:1'], /--allow-origin is for embedded servers/],
])('%s is refused', async (words, message) => {
  const { code, stdout, stderr } = await msgplay(['up', 'redis', ...words]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test.each([
  [['redis@7.0'], '7.0 behaviour'],
  [['redis', '--backend', 'redis=embedded@7'], '7.0 behaviour'],
])('%s follows that version', async (words, version) => {
  const running = start(['up', ...words, '--json']);
  await running.says(/\n/);
  expect(JSON.parse(running.stdout())).toMatchObject({ redis: { version } });
  running.child.kill('SIGINT');
  await running.ended;
});

test('a version that is not there is an error that says which are', async () => {
  const { code, stdout, stderr } = await msgplay(['up', 'redis@6']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^msgplay: there is no embedded Redis 6\nthere are .*7\.0/);
});

test('a port that is taken is an error that says which, and what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  const { code, stdout, stderr } = await msgplay(['up', 'redis', '--port', `redis=${port}`]);
  holder.close();
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^msgplay: .*port ${port}.*\n.*another`, 'm'));
});

test('a Redis that runs an endless script keeps no RabbitMQ waiting, and nobody who gives up', async () => {
  const running = start(['up', 'rabbitmq', 'redis', '--json']);
  await running.says(/\n/);
  const { rabbitmq, redis } = JSON.parse(running.stdout()) as Listed;
  const options = { retryStrategy: null, maxRetriesPerRequest: 0 };
  const [stuck, other] = [new Redis(redis!.url, options), new Redis(redis!.url, options)];
  await other.config('SET', 'busy-reply-threshold', '600000');
  const left = Promise.allSettled([stuck.eval('while true do end', 0), once(other, 'close')]);
  let isServed = false;
  const asked = other.ping().then(
    () => (isServed = true),
    () => {},
  );
  const connection = await connect(rabbitmq!.url);
  const channel = await connection.createChannel();
  expect((await channel.assertQueue('a')).queue).toBe('a');
  expect(isServed).toBe(false);
  await connection.close();
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  await Promise.all([left, asked]);
});

test('what has no effect on an embedded server is told as a warning', async () => {
  const running = start(['up', 'redis', '--json']);
  await running.says(/\n/);
  const redis = new Redis((JSON.parse(running.stdout()) as Listed).redis!.url);
  expect(await redis.config('SET', 'appendonly', 'yes')).toBe('OK');
  await eventually(() => {
    expect(running.stderr()).toMatch(/IdleSetting: CONFIG SET appendonly was accepted, but has no effect/);
  });
  redis.disconnect();
  running.child.kill('SIGINT');
  await running.ended;
});

test('a URL in the environment is used, and what it names goes on afterwards', async () => {
  const servers = await startServers('redis');
  const url = servers.urls.redis!;
  const running = start(['up', 'redis', '--json'], { MSGPLAY_REDIS_URL: url });
  await running.says(/\{.*\n/);
  expect(JSON.parse(running.stdout()).redis).toMatchObject({ url, backend: 'url' });
  running.child.kill('SIGINT');
  await running.ended;
  const redis = new Redis(url);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
  await servers.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
