import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame, StompReader, type StompValue } from '../../../src/protocols/stomp/index.ts';
import rabbitmq from '../../../src/servers/rabbitmq/index.ts';
import type { RunningServer, ServerOptions } from '../../../src/servers/server.ts';
import { AmqpPeer } from '../../helpers/amqp-peer.ts';
import { eventually } from '../../helpers/eventually.ts';
import { StompPeer } from '../../helpers/stomp-peer.ts';

const servers: RunningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await rabbitmq.start({ services: ['rabbitmq', 'stomp'], ...options });
  servers.push(server);
  return server;
}

const portOf = (url: string | undefined) => Number(new URL(url!).port);

describe('the embedded RabbitMQ as a server', () => {
  it('has a URL for each service that was asked for', async () => {
    const { urls } = await start();
    expect(urls.rabbitmq).toMatch(/^amqp:\/\/guest:guest@127\.0\.0\.1:\d+$/);
    expect(urls.stomp).toMatch(/^ws:\/\/guest:guest@127\.0\.0\.1:\d+\/ws$/);
    expect(Object.keys((await start({ services: ['stomp'] })).urls)).toEqual(['stomp']);
  });

  it('says which port is taken, and leaves nothing open then', async () => {
    const taken = portOf((await start()).urls.stomp);
    const free = portOf((await start()).urls.rabbitmq);
    await servers.pop()!.close();
    await expect(start({ ports: { rabbitmq: free, stomp: taken } })).rejects.toThrow(
      expect.objectContaining({
        name: 'BackendError',
        message: expect.stringContaining(`port ${taken} for STOMP is taken`),
      }),
    );
    expect(portOf((await start({ ports: { rabbitmq: free } })).urls.rabbitmq)).toBe(free);
  });

  it('hangs up on everybody when it closes, and gives the ports back', async () => {
    const server = await start();
    const peer = await AmqpPeer.open(server.urls.rabbitmq!);
    const stomp = await StompPeer.open(server.urls.stomp!);
    const idle = connect(portOf(server.urls.stomp), '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const gone = new Promise((resolve) => idle.once('close', resolve));
    await server.close();
    expect(await peer.answer(0)).toMatchObject({ method: 'connection.close', args: { replyCode: 320 } });
    await peer.ended();
    expect((await stomp.next()).command).toBe('CLOSED');
    await gone;
    await start({ ports: { rabbitmq: portOf(server.urls.rabbitmq) } });
  });

  it('restarts on the same ports with what is durable', async () => {
    const server = await start();
    const before = await AmqpPeer.open(server.urls.rabbitmq!);
    await before.call(1, 'channel.open');
    await before.call(1, 'queue.declare', { queue: 'kept', durable: true });
    await before.call(1, 'queue.declare', { queue: 'gone' });
    before.publish(1, { routingKey: 'kept' }, 'persistent', { deliveryMode: 2 });
    before.publish(1, { routingKey: 'kept' }, 'transient');
    await before.call(1, 'basic.get', { queue: 'kept' });
    const { urls } = server;
    await server.restart!();
    expect(server.urls).toEqual(urls);
    const after = await AmqpPeer.open(server.urls.rabbitmq!);
    await after.call(1, 'channel.open');
    expect((await after.call(1, 'queue.declare', { queue: 'kept', passive: true })).args.messageCount).toBe(1);
    expect(await after.call(1, 'basic.get', { queue: 'kept' })).toMatchObject({
      body: 'persistent',
      args: { redelivered: true },
    });
    expect((await after.call(1, 'queue.declare', { queue: 'gone', passive: true })).args.replyCode).toBe(404);
    after.close();
  });

  it('listens on loopback only', async () => {
    const server = await start();
    const { networkInterfaces } = await import('node:os');
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
      const socket = connect(portOf(server.urls.rabbitmq), address);
      await expect(
        new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject)),
      ).rejects.toThrow(/ECONNREFUSED/);
    }
  });
});

describe('the STOMP port', () => {
  it('speaks plain STOMP too, and there its last words arrive', async () => {
    const server = await start();
    const socket = connect(portOf(server.urls.stomp), '127.0.0.1');
    const frames: StompValue[] = [];
    const reader = new StompReader((frame) => frames.push(frame));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      encodeFrame('CONNECT', [
        ['accept-version', '1.2'],
        ['host', '/'],
      ]),
    );
    socket.write(
      encodeFrame('SUBSCRIBE', [
        ['id', 's'],
        ['destination', '/topic/a'],
      ]),
    );
    socket.write(
      encodeFrame(
        'SEND',
        [
          ['destination', '/topic/a'],
          ['receipt', 'r'],
        ],
        'hello',
      ),
    );
    await eventually(() =>
      expect(frames.map(({ command }) => command).sort()).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT']),
    );
    socket.write(
      encodeFrame('SUBSCRIBE', [
        ['id', 't'],
        ['destination', '/amq/queue/none'],
      ]),
    );
    await closed;
    expect(frames.at(-1)!.command).toBe('ERROR');
    expect(frames.at(-1)!.body.toString()).toBe("NOT_FOUND - no queue 'none' in vhost '/'");
  });

  it('answers other paths and other protocols as HTTP does', async () => {
    const { host } = new URL((await start()).urls.stomp!);
    expect((await fetch(`http://${host}/ws`)).status).toBe(426);
    const socket = new WebSocket(`ws://${host}/elsewhere`);
    await expect(new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))).rejects.toThrow(
      /404/,
    );
  });

  it('beats when the client asked for it', async () => {
    const server = await start();
    const socket = connect(portOf(server.urls.stomp), '127.0.0.1');
    const beats: StompValue[] = [];
    const reader = new StompReader((frame) => {
      if (frame.command === 'heart-beat') beats.push(frame);
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.write(
      encodeFrame('CONNECT', [
        ['accept-version', '1.2'],
        ['heart-beat', '0,1000'],
      ]),
    );
    await eventually(() => expect(beats.length).toBeGreaterThan(0));
    socket.destroy();
  });
});
