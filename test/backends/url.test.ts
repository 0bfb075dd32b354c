import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import urlBackend from '../../src/backends/url.ts';
import { BackendError, UsageError } from '../../src/core/errors.ts';
import type { Service } from '../../src/core/services.ts';
import web from '../../src/servers/web/index.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from '../helpers/servers.ts';

const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis']);
let servers: Servers;
beforeAll(async () => {
  if (why === undefined) servers = await startServers('rabbitmq', 'redis');
});
afterAll(() => servers?.close());

/** The authority of the server: `127.0.0.1:5672`. */
function authority(service: 'rabbitmq' | 'redis'): string {
  return new URL(servers.urls[service]!).host;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that answers whatever it gets with the same bytes; resolves with its port. */
async function answering(bytes: string | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (bytes !== undefined) socket.once('data', () => socket.end(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

function start(service: Service, url: string | undefined, signal = new AbortController().signal) {
  const urls = url === undefined ? {} : { [service]: url };
  return urlBackend.start({ services: [service], urls, ports: {}, progress: () => {}, signal });
}

async function failure(service: Service, url: string | undefined): Promise<BackendError> {
  return start(service, url).then(
    () => expect.fail('it must not start'),
    (error) => error,
  );
}

test('of many starts in a row the first tells that it knocks', async () => {
  const url = `redis://127.0.0.1:${await answering('+PONG\r\n')}`;
  const told: string[] = [];
  const { signal } = new AbortController();
  const progress = (text: string): unknown => told.push(text);
  for (let count = 0; count < 2; count++)
    await urlBackend.start({ services: ['redis'], urls: { redis: url }, ports: {}, progress, signal }).catch(() => {});
  expect(told).toEqual([`knocking at Redis, ${new URL(url).host}`]);
});

describe('what is there', () => {
  it.skipIf(why !== undefined)(titled('RabbitMQ', why), async () => {
    const url = servers.urls.rabbitmq!;
    const { endpoints, close } = await start('rabbitmq', url);
    expect(endpoints).toMatchObject([{ service: 'rabbitmq', url, backend: 'url', shared: true }]);
    expect(endpoints[0]?.version).toMatch(/^\d+\.\d+/);
    await close();
  });

  it.skipIf(why !== undefined)(titled('Redis', why), async () => {
    const { endpoints } = await start('redis', servers.urls.redis);
    expect(endpoints[0]?.version).toMatch(/^\d+\.\d+/);
  });

  it('HTTP and WebSocket', async () => {
    const server = await web.start({ services: ['ws', 'http'] });
    closers.push(() => server.close());
    expect((await start('ws', server.urls.ws)).endpoints).toMatchObject([{ version: 'WebSocket 13', shared: true }]);
    expect((await start('http', server.urls.http)).endpoints).toMatchObject([{ version: 'HTTP/1.1' }]);
    expect(await urlBackend.probe('http', server.urls)).toMatchObject({ available: true, version: 'HTTP/1.1' });
  });

  it('STOMP, by what its server calls itself', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    closers.push(() => server.close());
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('connection', (peer) =>
      peer.on('message', (data) => {
        heard.push(String(data));
        peer.send(
          String(data).includes('passcode:right')
            ? 'CONNECTED\nversion:1.2\nserver:Broker/1.0\n\n\0'
            : 'ERROR\nmessage:Bad CONNECT\n\nAccess refused for user\0',
        );
      }),
    );
    const { port } = server.address() as { port: number };
    const { endpoints } = await start('stomp', `ws://me:right@127.0.0.1:${port}/ws`);
    expect(endpoints[0]?.version).toBe('Broker/1.0');
    expect(heard[0]).toContain('login:me\n');
    const error = await failure('stomp', `ws://me:wrong@127.0.0.1:${port}/ws`);
    expect(error.message).toMatch(/refuses the login/);
    expect(`${error.message} ${error.hint}`).not.toContain('wrong@');
  });
});

describe('what is wrong is told, without secrets', () => {
  it.skipIf(why !== undefined).each([
    ['amqp://guest:secret@', '', /^RabbitMQ at 127.0.0.1:\d+ refuses the login/, /guest:\*\*\*@/],
    ['amqp://guest:guest@', '/no-such-vhost', /has no such virtual host|no access/, /check the path/],
    ['amqps://guest:secret@', '', /TLS fails/, /use amqp:\/\//],
  ])(titled('%sRABBITMQ%s', why), async (login, path, message, hint) => {
    const error = await failure('rabbitmq', `${login}${authority('rabbitmq')}${path}`);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(`${error.message}${error.hint}`).not.toContain('secret');
  });

  it.skipIf(why !== undefined).each([
    ['redis://me:secret@', '', /refuses the login/],
    ['redis://', '/99999', /refuses: ERR DB index/],
  ])(titled('%sREDIS%s', why), async (login, path, message) => {
    const error = await failure('redis', `${login}${authority('redis')}${path}`);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(message);
    expect(`${error.message}${error.hint}`).not.toContain('secret');
  });

  const schemes: Record<Service, string> = {
    rabbitmq: 'amqp://u:secret@',
    redis: 'redis://u:secret@',
    ws: 'ws://',
    stomp: 'ws://u:secret@',
    http: 'http://u:secret@',
  };
  const services = Object.keys(schemes) as Service[];

  it.each(services)('%s where nothing listens', async (service) => {
    const port = await answering('');
    for (const close of closers.splice(0)) await close();
    const error = await failure(service, `${schemes[service]}127.0.0.1:${port}`);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toContain(`nothing listens at 127.0.0.1:${port}`);
    expect(error.hint).toContain(`--${service}-url`);
  });

  it.each(services)('%s where something else answers', async (service) => {
    const port = await answering('220 mail.example ESMTP\r\n');
    const error = await failure(service, `${schemes[service]}127.0.0.1:${port}`);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(/does not speak|does not answer as/);
    expect(`${error.message}${error.hint}`).not.toContain('secret');
  });

  it.each(services)('%s where the connection is closed at once', async (service) => {
    const port = await answering('');
    const error = await failure(service, `${schemes[service]}127.0.0.1:${port}`);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.hint).toBeTruthy();
  });

  it('a host that has no address', async () => {
    const error = await failure('redis', 'redis://no-such-host.invalid');
    expect(error.message).toContain('the host no-such-host.invalid is unknown');
  });

  it('a login that HTTP refuses', async () => {
    const port = await answering('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    expect((await failure('http', `http://u:secret@127.0.0.1:${port}`)).message).toContain('refuses the login');
    expect((await failure('ws', `ws://u:secret@127.0.0.1:${port}`)).message).toContain('refuses the login');
  });

  it.each([
    ['http', 'https'],
    ['ws', 'wss'],
    ['redis', 'rediss'],
    ['rabbitmq', 'amqps'],
  ] as const)('TLS where %s does not speak it', async (service, scheme) => {
    const port = await answering('HTTP/1.1 400 Bad Request\r\n\r\n');
    const error = await failure(service, `${scheme}://127.0.0.1:${port}`);
    expect(error.message).toContain('TLS fails');
  });

  it('nothing named, or something of another scheme', async () => {
    expect(await failure('redis', undefined)).toBeInstanceOf(UsageError);
    expect(await failure('redis', 'http://127.0.0.1')).toBeInstanceOf(UsageError);
    expect(await urlBackend.probe('redis', {})).toEqual({
      available: false,
      why: 'no URL is named',
      hint: 'name it with --redis-url or MSGPLAY_REDIS_URL',
    });
    expect(await urlBackend.probe('redis', { redis: 'http://127.0.0.1' })).toMatchObject({ available: false });
  });
});

describe('another kind of server', () => {
  /** What servers say to strangers, and who they are. */
  const WHO = {
    'AMQP\0\0\x09\x01': 'RabbitMQ',
    "-ERR wrong number of arguments for 'get' command\r\n": 'Redis',
    'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n': 'an HTTP server',
    'SSH-2.0-OpenSSH_9.6\r\n': 'an SSH server',
    'ERROR\nmessage:no\n\n\0': 'a STOMP server without WebSocket',
  };
  it.each(
    Object.entries(WHO).flatMap(([bytes, who]) => (['rabbitmq', 'redis'] as const).map((one) => [one, who, bytes])),
  )('%s is looked for, and %s answers', async (service, who, bytes) => {
    const port = await answering(bytes);
    const scheme = service === 'redis' ? 'redis' : 'amqp';
    const { message, hint } = await failure(service as Service, `${scheme}://u:secret@127.0.0.1:${port}`);
    if (who.toLowerCase() === service) return;
    expect(message).toMatch(/^127\.0\.0\.1:\d+ does not speak (Redis|RabbitMQ): .* answers there$/);
    expect(message).toContain(who);
    expect(hint).toContain(`--${service}-url`);
  });

  it.skipIf(why !== undefined)(titled('RabbitMQ for Redis, and Redis for RabbitMQ', why), async () => {
    const one = await failure('redis', `redis://${authority('rabbitmq')}`);
    expect(one.message).toMatch(/does not speak Redis: RabbitMQ, or another AMQP server, answers there/);
    expect(one.hint).toBe('name it with --rabbitmq-url or MSGPLAY_RABBITMQ_URL, or correct --redis-url');
    const other = await failure('rabbitmq', `amqp://${authority('redis')}`);
    expect(other.message).toMatch(/does not speak RabbitMQ: Redis answers there/);
  });

  it.skipIf(why !== undefined)(titled('the right one, without the TLS of the URL', why), async () => {
    const error = await failure('redis', `rediss://${authority('redis')}`);
    expect(error.message).toMatch(/^TLS fails: 127\.0\.0\.1:\d+ speaks Redis without TLS$/);
    expect(error.hint).toBe('use redis://…');
  });

  it('a WebSocket server for STOMP', async () => {
    const { urls, close } = await web.start({ services: ['ws'] });
    closers.push(close);
    expect((await failure('stomp', urls.ws)).message).toContain('a WebSocket server answers there, and not in STOMP');
  });
});

describe('patience', () => {
  it.each(['rabbitmq', 'redis', 'ws', 'stomp', 'http'] as const)(
    'ends for %s when the user gives up',
    async (service) => {
      const port = await answering(undefined);
      const scheme = { rabbitmq: 'amqp', redis: 'redis', ws: 'ws', stomp: 'ws', http: 'http' }[service];
      const giveUp = new AbortController();
      const starting = start(service, `${scheme}://127.0.0.1:${port}`, giveUp.signal);
      setImmediate(() => giveUp.abort(new Error('enough')));
      await expect(starting).rejects.toThrow('enough');
    },
  );

  it('ends by itself when a server says nothing', async () => {
    const port = await answering(undefined);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    closers.push(() => vi.useRealTimers());
    let ended = false;
    const failing = Promise.all([
      failure('rabbitmq', `amqp://127.0.0.1:${port}`),
      failure('http', `http://127.0.0.1:${port}`),
    ]).finally(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(4900);
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    while (!ended) {
      await vi.advanceTimersByTimeAsync(100);
      await new Promise(setImmediate);
    }
    const errors = await failing;
    for (const error of errors) expect(error.message).toMatch(/did not answer as \w+ within 5 s/);
  });
});
