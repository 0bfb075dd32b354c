/** Clients from another machine: let in with a password, as the real servers do. */
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time/clock.ts';
import { embedServers, startServers } from '../../src/servers/embedded.ts';
import { comesFromHere } from '../../src/servers/loopback.ts';
import { acceptAmqp } from '../../src/servers/rabbitmq/amqp/front.ts';
import { fullUser, GUEST } from '../../src/servers/rabbitmq/broker/users.ts';
import { acceptStomp } from '../../src/servers/rabbitmq/stomp/connection.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import { AmqpPeer } from '../helpers/amqp-peer.ts';
import { createBroker } from '../helpers/broker.ts';
import { duplexPair, TestClient } from './redis/client.ts';

/** The two ends of a connection whose client has this address. */
function pairFrom(remoteAddress: string): [Duplex, Duplex] {
  const [near, far] = duplexPair();
  Object.assign(far, { remoteAddress, remotePort: 4711 });
  return [near, far];
}

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:192.0.2.7', false],
  ['192.0.2.7', false],
  ['fe80::1', false],
])('%s is here: %s', (address, isHere) => {
  expect(comesFromHere(pairFrom(address)[1])).toBe(isHere);
});

describe('RabbitMQ', () => {
  const broker = createBroker(systemClock, { users: [GUEST, fullUser('msgplay', 'secret')] });

  it.each([
    ['guest:guest', '127.0.0.1', true],
    ['guest:guest', '192.0.2.7', false],
    ['msgplay:secret', '192.0.2.7', true],
    ['msgplay:wrong', '127.0.0.1', false],
  ])('lets in by AMQP: %s from %s: %s', async (login, address, isIn) => {
    const [near, far] = pairFrom(address);
    acceptAmqp(broker, far);
    const peer = new AmqpPeer(near);
    const { method, args } = await peer.handshake(`amqp://${login}@memory`, {});
    expect(method).toBe(isIn ? 'connection.open-ok' : 'connection.close');
    if (!isIn) {
      expect(args.replyText).toBe(
        'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
      );
    }
    near.destroy();
  });

  it.each([
    ['guest', 'guest', '::1', /^CONNECTED/],
    ['guest', 'guest', '192.0.2.7', /^ERROR\nmessage:Bad CONNECT\n.*non-loopback access denied/s],
    ['msgplay', 'secret', '192.0.2.7', /^CONNECTED/],
    ['msgplay', 'guest', '192.0.2.7', /^ERROR\nmessage:Bad CONNECT\n.*Access refused for user 'msgplay'/s],
  ])('answers STOMP: %s with %s from %s', async (login, passcode, address, answer) => {
    const [near, far] = pairFrom(address);
    acceptStomp(broker, far);
    near.write(`CONNECT\nlogin:${login}\npasscode:${passcode}\nhost:/\n\n\0`);
    const [bytes] = (await new Promise<Buffer[]>((resolve) => near.once('data', (data) => resolve([data])))) as [
      Buffer,
    ];
    expect(bytes.toString()).toMatch(answer);
    near.destroy();
  });
});

describe('Redis', () => {
  it('is in protected mode without a password, and lets in with one', async () => {
    const engine = createEngine();
    const come = (address: string) => {
      const [near, far] = pairFrom(address);
      engine.accept(far);
      return new TestClient(near);
    };
    expect(await come('192.0.2.7').bytes()).toMatch(/^-DENIED Redis is running in protected mode because/);
    const admin = come('127.0.0.1');
    expect(await admin.bytes('CONFIG', 'SET', 'protected-mode', 'perhaps')).toContain("argument must be 'yes' or 'no'");
    await admin.call('CONFIG', 'SET', 'protected-mode', 'no');
    expect(await come('192.0.2.7').bytes('PING')).toBe('+PONG\r\n');
    await admin.call('CONFIG', 'SET', 'protected-mode', 'yes', 'requirepass', 'secret');
    const client = come('192.0.2.7');
    expect(await client.bytes('PING')).toBe('-NOAUTH Authentication required.\r\n');
    expect(await client.bytes('AUTH', 'secret')).toBe('+OK\r\n');
    engine.close();
  });
});

describe('with a password', () => {
  const password = 'p@ss/wörd';
  let close: () => Promise<void> = async () => {};
  afterEach(() => close());

  it('the URLs carry it, and after a restart too', async () => {
    const servers = await startServers({ services: ['rabbitmq', 'redis', 'stomp', 'http'], password });
    close = () => servers.close();
    const { rabbitmq = '', redis = '', stomp = '', http = '' } = servers.urls;
    expect(rabbitmq).toMatch(/^amqp:\/\/msgplay:p%40ss%2Fw%C3%B6rd@127/);
    expect(stomp).toMatch(/^ws:\/\/msgplay:p%40ss%2Fw%C3%B6rd@127/);
    expect(http).toMatch(/^http:\/\/127/);
    await servers.restart();
    const client = await TestClient.tcp(Number(new URL(redis).port));
    expect(await client.bytes('PING')).toContain('NOAUTH');
    expect(await client.bytes('AUTH', decodeURIComponent(new URL(redis).password))).toContain('WRONGPASS');
    client.close();
  });
});

it('who is handed to a server without ports is here', async () => {
  const servers = await embedServers({ services: ['redis'] });
  const [near, far] = duplexPair();
  servers.accept('redis', far);
  expect(await new TestClient(near).bytes('PING')).toBe('+PONG\r\n');
  await servers.close();
});
