/** Times that are longer than a timer of Node takes, 2^31 - 1 ms: nothing happens at once, and no timer spins. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time/clock.ts';
import { startServers } from '../../src/servers/embedded.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { createBroker, open } from '../helpers/broker.ts';
import { StompPeer } from '../helpers/stomp-peer.ts';
import { TestClient } from './redis/client.ts';

const LONG_MS = 2 ** 31;
let servers: Required<RunningServer>;

beforeAll(async () => {
  servers = await startServers({ services: ['rabbitmq', 'stomp'] });
});
afterAll(() => servers.close());

/** By then a timer that is over at once has gone off. */
const aFewTimersLater = () => new Promise((resolve) => setTimeout(resolve, 20));

it('queues and messages of RabbitMQ live on', async () => {
  const peer = await open(createBroker(systemClock));
  await peer.call(1, 'queue.declare', { queue: 'unused', arguments: { 'x-expires': LONG_MS } });
  await peer.call(1, 'queue.declare', { queue: 'q', arguments: { 'x-message-ttl': LONG_MS } });
  await peer.call(1, 'queue.declare', { queue: 'p' });
  await peer.call(1, 'confirm.select');
  peer.publish(1, { routingKey: 'q' }, 'by the queue');
  peer.publish(1, { routingKey: 'p' }, 'by itself', { expiration: String(LONG_MS) });
  await peer.confirms(1, 2);
  await aFewTimersLater();
  for (const [queue, messageCount] of [
    ['unused', 0],
    ['q', 1],
    ['p', 1],
  ] as const) {
    expect((await peer.call(1, 'queue.declare', { queue, passive: true })).args).toMatchObject({ messageCount });
  }
});

it('STOMP sessions with slow heart-beats live on', async () => {
  const peer = await StompPeer.dial(servers.urls.stomp ?? '');
  const headers = { 'accept-version': '1.2', host: '/', login: 'guest', passcode: 'guest' };
  const told = await peer.call('CONNECT', { ...headers, 'heart-beat': `${LONG_MS},${2 * LONG_MS}` }, '', 'CONNECTED');
  expect(told.headers['heart-beat']).toMatch(/^\d+,\d+$/);
  await aFewTimersLater();
  await peer.sync('SUBSCRIBE', { destination: '/queue/a', id: '1' });
  peer.close();
});

it('keys, waits and pauses of Redis last', async () => {
  const engine = createEngine();
  const [client, waiting] = [TestClient.of(engine), TestClient.of(engine)];
  await client.call('SET', 'a', '1', 'PX', LONG_MS);
  await client.call('SET', 'b', '1', 'EX', 2 ** 50);
  await client.call('SET', 'c', '1', 'PXAT', 9_000_000_000_000_000_000n.toString());
  waiting.send('BLPOP', 'nothing', '9999999');
  await client.call('CLIENT', 'PAUSE', LONG_MS, 'WRITE');
  await client.call('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 1 9999999999');
  await aFewTimersLater();
  expect(await client.bytes('EXISTS', 'a', 'b', 'c')).toBe(':3\r\n');
  expect(waiting.pending).toEqual([]);
  engine.close();
});
