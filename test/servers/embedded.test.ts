import { once } from 'node:events';
import { connect } from 'node:net';
import { duplexPair } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../src/core/errors.ts';
import { SERVICES, type Service } from '../../src/core/services.ts';
import { encodeFrame } from '../../src/protocols/stomp/index.ts';
import { embedServers, loadServers, startServers } from '../../src/servers/embedded.ts';
import { AmqpPeer } from '../helpers/amqp-peer.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};

/** What a client says first, and how it is answered. */
const GREETINGS: Record<Service, [string | Buffer, RegExp]> = {
  rabbitmq: [Buffer.from('AMQP\0\0\x09\x01', 'latin1'), /product/],
  redis: ['PING\r\n', /^\+PONG/],
  ws: ['GET / HTTP/1.1\r\nHost: here\r\n\r\n', /^HTTP\/1.1 426/],
  stomp: [encodeFrame('CONNECT', [['accept-version', '1.2']]), /^CONNECTED/],
  http: ['GET /health HTTP/1.1\r\nHost: here\r\n\r\n', /^HTTP\/1.1 200/],
};

it('every service has one embedded server', async () => {
  const provided = (await loadServers()).flatMap(({ provides }) => provides);
  expect([...provided].sort()).toEqual([...SERVICES].sort());
});

describe('servers that listen', () => {
  it('are started together and restarted at the same ports', async () => {
    const servers = keep(await startServers({ services: SERVICES }));
    const urls = { ...servers.urls };
    expect(Object.keys(urls).sort()).toEqual([...SERVICES].sort());
    await servers.restart();
    expect(servers.urls).toEqual(urls);
    const socket = connect(Number(new URL(urls.redis ?? '').port), '127.0.0.1');
    socket.write('PING\r\n');
    expect(String(await once(socket, 'data'))).toMatch(/^\+PONG/);
    socket.destroy();
  });

  it('leave nothing open where one of them can’t have its port', async () => {
    const { urls } = keep(await startServers({ services: ['redis'] }));
    const port = Number(new URL(urls.redis ?? '').port);
    await expect(startServers({ services: ['http', 'redis'], ports: { redis: port } })).rejects.toThrow(BackendError);
  });
});

describe('servers without ports', () => {
  it.each(SERVICES)('serve %s on a stream that they are handed', async (service) => {
    const servers = keep(await embedServers({ services: [service] }));
    const [client, server] = duplexPair();
    servers.accept(service, server);
    const [greeting, answer] = GREETINGS[service];
    client.write(greeting);
    expect(String(await once(client, 'data'))).toMatch(answer);
    client.destroy();
    server.destroy();
  });

  it('hang up on everybody when they close', async () => {
    const servers = await embedServers({ services: SERVICES });
    const streams = SERVICES.map((service) => {
      const [client, server] = duplexPair();
      servers.accept(service, server);
      client.on('error', () => {});
      return server;
    });
    await servers.close();
    expect(streams.map(({ destroyed }) => destroyed)).toEqual(streams.map(() => true));
  });

  it('go by the clock that they are given', async () => {
    const clock = new ManualClock();
    const servers = keep(await embedServers({ services: ['rabbitmq'], clock }));
    const [client, server] = duplexPair();
    servers.accept('rabbitmq', server);
    const peer = new AmqpPeer(client);
    await peer.handshake('amqp://guest:guest@memory');
    await peer.call(1, 'channel.open');
    await peer.call(1, 'queue.declare', { queue: 'q', arguments: { 'x-expires': 1000 } });
    clock.advance(1000);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.replyCode).toBe(404);
    server.destroy();
  });

  it('refuse a service that was not asked for', async () => {
    const servers = keep(await embedServers({ services: ['redis'] }));
    expect(() => servers.accept('rabbitmq', duplexPair()[0])).toThrow('there is no embedded RabbitMQ');
  });
});
