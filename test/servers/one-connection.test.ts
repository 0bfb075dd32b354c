/** What one client does ends at most its own connection: everybody else is served. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Service } from '../../src/core/services.ts';
import { systemClock } from '../../src/core/time/clock.ts';
import { encodeMethod, PROTOCOL_HEADER } from '../../src/protocols/amqp/index.ts';
import { encodeCommand } from '../../src/protocols/resp/index.ts';
import { embedServers, startServers } from '../../src/servers/embedded.ts';
import { acceptAmqp } from '../../src/servers/rabbitmq/amqp/front.ts';
import { acceptStomp } from '../../src/servers/rabbitmq/stomp/connection.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { createBroker, dial, open } from '../helpers/broker.ts';
import { eventually } from '../helpers/eventually.ts';
import { takeFaults } from '../helpers/faults.ts';
import { StompPeer } from '../helpers/stomp-peer.ts';
import { duplexPair, TestClient } from './redis/client.ts';

let servers: Required<RunningServer>;

beforeAll(async () => {
  servers = await startServers({ services: ['rabbitmq', 'redis', 'stomp', 'ws', 'http'] });
});
afterAll(() => servers.close());

async function dialPort(service: Service): Promise<Socket> {
  const { port } = new URL(servers.urls[service] ?? '');
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

/** Sends bytes; resolves with what came back when it matches, or with all of it once the server hung up. */
async function answerTo(service: Service, bytes: string | Buffer, until?: RegExp): Promise<string> {
  const socket = await dialPort(service);
  let text = '';
  socket.setEncoding('latin1').write(bytes);
  for await (const part of socket) {
    text += part;
    if (until?.test(text)) break;
  }
  return text;
}

const upgrade = (target: string, more = '') =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

/** A frame as clients send them, of at most 125 bytes (RFC 6455 §5.2). */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([opcode, 0x80 | payload.length]), mask, masked]);
}

async function everybodyIsServed(): Promise<void> {
  expect(await answerTo('rabbitmq', PROTOCOL_HEADER, /RabbitMQ/)).toContain('RabbitMQ');
  expect(await answerTo('redis', encodeCommand(['PING']), /\n/)).toBe('+PONG\r\n');
  const stomp = await StompPeer.open(servers.urls.stomp ?? '');
  stomp.close();
  const echo = new WebSocket(servers.urls.ws ?? '');
  await once(echo, 'open');
  echo.terminate();
  expect((await fetch(`${servers.urls.http}/health`)).status).toBe(200);
}

describe('one packet', () => {
  it.each(['//', '///', '//:', '//[::1', 'http://a:b', '*', '?', '/ws/../%', '/%', '/updates/%'])(
    'with the target %s asks for no WebSocket that there is',
    async (target) => {
      expect(await answerTo('stomp', upgrade(target))).toMatch(/^HTTP\/1.1 40[04] /);
      expect(await answerTo('http', upgrade(target))).toMatch(/^HTTP\/1.1 40[04] /);
      await answerTo('ws', upgrade(target), /\r\n\r\n/);
      await everybodyIsServed();
    },
  );

  it('with a fault that is told in more bytes than a close frame holds is closed with 1007', async () => {
    const peer = await StompPeer.dial(servers.urls.stomp ?? '');
    peer.raw(`CONNECT\n${'€'.repeat(100)}\n\n\0`);
    expect(await peer.next()).toMatchObject({ command: 'CLOSED', body: '1007' });
    await everybodyIsServed();
  });

  it.each<[string, Buffer]>([
    ['a close frame of one byte', maskedFrame(0x88, Buffer.from('x'))],
    ['a text that is no UTF-8', maskedFrame(0x81, Buffer.from([0xff]))],
    ['a data frame in the midst of another message', maskedFrame(0x80, Buffer.from('x'))],
    ['an opcode that there is not', maskedFrame(0x83, Buffer.from('x'))],
  ])('behind a compressed message that takes a while to read is %s, and more', async (_, wrong) => {
    const embedded = await embedServers({ services: ['ws', 'http', 'stomp'] });
    for (const [service, path] of [
      ['ws', '/'],
      ['http', '/updates/a'],
      ['stomp', '/ws'],
    ] as const) {
      const [client, far] = duplexPair();
      embedded.accept(service, far);
      client.write(upgrade(path, 'Sec-WebSocket-Extensions: permessage-deflate\r\n'));
      const [head] = await once(client, 'data');
      expect(String(head)).toMatch(/^HTTP\/1.1 101 .*permessage-deflate/s);
      let hasClosed = false;
      client.on('data', (part: Buffer) => {
        hasClosed ||= part.includes(0x88);
      });
      // Each is a chunk of its own, which the server keeps until it has inflated the first.
      const long = deflateRawSync(Buffer.alloc(1_000, 'x'));
      for (const chunk of [maskedFrame(0xc1, long), wrong, wrong, wrong, wrong]) client.write(chunk);
      await eventually(() => expect(hasClosed || far.destroyed).toBe(true));
      far.destroy();
    }
    await embedded.close();
  });

  it.each(['/health', '/updates/a?wait=60000', '/updates/a/events', '/nothing'])(
    'that asks to upgrade to something else at %s, and a reset',
    async (path) => {
      const socket = await dialPort('http');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`);
      await answerTo('http', 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n', /ok/); // by then the server has read it
      socket.resetAndDestroy();
      await everybodyIsServed();
    },
  );

  it.each(['h2c', 'websocket'])(
    'that asks to upgrade to %s behind a request that is not answered yet',
    async (protocol) => {
      const waiting = 'GET /updates/behind?wait=50 HTTP/1.1\r\nHost: localhost\r\n\r\n';
      const asking = upgrade('/updates/behind').replace('Upgrade: websocket', `Upgrade: ${protocol}`);
      const text = await answerTo('http', waiting + asking, /HTTP.*HTTP.*\r\n\r\n/s);
      expect(text).toMatch(
        protocol === 'h2c' ? /^HTTP\/1.1 204 .*HTTP\/1.1 200 /s : /^HTTP\/1.1 204 .*HTTP\/1.1 101 /s,
      );
      await everybodyIsServed();
    },
  );

  it.each([
    ['an expectation that nobody meets', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n', 417],
    ['a request without Host', 'GET /health HTTP/1.1\r\n\r\n', 400],
  ])('that asks to upgrade behind %s', async (_, first, status) => {
    const asking = upgrade('/health').replace('Upgrade: websocket', 'Upgrade: h2c');
    expect(await answerTo('http', first + asking, /\r\n\r\n/)).toContain(`HTTP/1.1 ${status} `);
    await everybodyIsServed();
  });

  it('and a reset in the midst of each upgrade', async () => {
    for (const service of ['stomp', 'ws', 'http'] as const) {
      for (const target of ['/', '/ws', '/updates/a', '//']) {
        const socket = await dialPort(service);
        socket.write(upgrade(target));
        socket.resetAndDestroy();
      }
    }
    await everybodyIsServed();
  });

  it('with a part of a content where another is expected is told so', async () => {
    const TOLD = /UNEXPECTED_FRAME|FRAME_ERROR/;
    const opening = [
      PROTOCOL_HEADER,
      encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0guest') }),
      encodeMethod(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131072 }),
      encodeMethod(0, 'connection.open', { virtualHost: '/' }),
      encodeMethod(1, 'channel.open'),
      encodeMethod(1, 'basic.publish', { routingKey: 'q' }),
    ];
    for (const hex of [
      '0300010000000161ce',
      '03000100000000ce',
      '03000100000003616161ce',
      '02000100000000ce',
      '01000100000000ce',
    ]) {
      const bytes = Buffer.concat([...opening, Buffer.from(hex, 'hex')]);
      expect(await answerTo('rabbitmq', bytes, TOLD)).toMatch(TOLD);
    }
    await everybodyIsServed();
  });
});

describe('a fault that nobody foresaw', () => {
  const bug = () => {
    throw new TypeError('a bug');
  };

  it('ends the AMQP connection with 541', async () => {
    const broker = createBroker(systemClock);
    const [culprit, other] = [await open(broker), await open(broker)];
    const { vhost } = broker.enter(
      { name: 'guest', password: '', permissions: { '/': { configure: '', write: '', read: '' } } },
      '/',
    );
    vhost.declareQueue = bug;
    culprit.send(1, 'queue.declare', { queue: 'q' });
    expect((await culprit.answer(1)).args).toMatchObject({ replyCode: 541, replyText: 'INTERNAL_ERROR' });
    expect((await other.call(1, 'basic.qos')).method).toBe('basic.qos-ok');
    expect(await takeFaults()).toMatchObject([expect.stringContaining('TypeError: a bug')]);
  });

  it('hangs up before there is a connection that could be closed', async () => {
    const broker = createBroker(systemClock);
    broker.authenticate = bug;
    const peer = dial(broker);
    peer.write(PROTOCOL_HEADER);
    peer.write(encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0guest') }));
    await peer.ended();
    expect(await takeFaults()).toHaveLength(1);
  });

  it('ends the AMQP connection when it comes while an answer is written', async () => {
    const broker = createBroker(systemClock);
    const [near, far] = duplexPair();
    const connection = acceptAmqp(broker, far);
    near.resume();
    connection.beforeWrite = bug;
    near.write(PROTOCOL_HEADER);
    await eventually(() => expect(far.destroyed || far.writableEnded).toBe(true));
    expect((await takeFaults()).length).toBeGreaterThan(0);
  });

  it('ends the STOMP session with an ERROR', async () => {
    const broker = createBroker(systemClock);
    broker.authenticate = bug;
    const [near, far] = duplexPair();
    acceptStomp(broker, far);
    near.write('CONNECT\n\n\0');
    let text = '';
    for await (const part of near) text += part;
    expect(text).toContain('message:Processing error');
    expect(await takeFaults()).toHaveLength(1);
  });

  it('ends the Redis connection with an error', async () => {
    const engine = createEngine();
    const [culprit, other] = [TestClient.of(engine), TestClient.of(engine)];
    engine.keyspace.databases[0].find = bug;
    engine.keyspace.databases[0].read = bug;
    expect(await culprit.bytes('GET', 'a')).toBe('-ERR internal error: a bug\r\n');
    await eventually(() => expect(culprit.closed).toBe(true));
    expect(await other.bytes('PING')).toBe('+PONG\r\n');
    engine.close();
    expect(await takeFaults()).toHaveLength(1);
  });

  it('costs nobody anything when it comes in a timer', async () => {
    const engine = createEngine();
    engine.clock.after(0, bug);
    await eventually(async () => expect(await takeFaults()).toHaveLength(1));
    expect(await TestClient.of(engine).bytes('PING')).toBe('+PONG\r\n');
    engine.close();
  });
});
