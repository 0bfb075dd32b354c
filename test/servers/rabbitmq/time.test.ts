import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodeHeartbeat } from '../../../src/protocols/amqp/index.ts';
import { StompFront } from '../../../src/servers/rabbitmq/stomp/front.ts';
import { createBroker, dial, open } from '../../helpers/broker.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

/** Queue q holds a message that may live for ever, and behind it one that may live for a second. */
async function holdingOneThatExpires(clock: ManualClock) {
  const peer = await open(createBroker(clock));
  await peer.call(1, 'queue.declare', { queue: 'q' });
  await peer.call(1, 'confirm.select');
  peer.publish(1, { routingKey: 'q' }, 'first');
  peer.publish(1, { routingKey: 'q' }, 'second', { expiration: '1000' });
  await peer.confirms(1, 2);
  return peer;
}

describe('time, which a test can move', () => {
  it('lets messages expire at their moment and not before', async () => {
    const clock = new ManualClock();
    const peer = await open(createBroker(clock));
    await peer.call(1, 'queue.declare', { queue: 'q', arguments: { 'x-message-ttl': 60_000 } });
    await peer.call(1, 'confirm.select');
    peer.publish(1, { routingKey: 'q' }, 'old');
    await peer.confirms(1, 1);
    clock.advance(59_999);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.messageCount).toBe(1);
    clock.advance(1);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.messageCount).toBe(0);
  });

  it('lets expire what comes to the head behind a message that may live for ever', async () => {
    const clock = new ManualClock();
    const peer = await holdingOneThatExpires(clock);
    await peer.call(1, 'basic.get', { queue: 'q' });
    clock.advance(999);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.messageCount).toBe(1);
    clock.advance(1);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.messageCount).toBe(0);
  });

  it('lets expire at once what a consumer that can take no more leaves at the head', async () => {
    const clock = new ManualClock();
    const peer = await holdingOneThatExpires(clock);
    clock.advance(1001);
    await peer.call(1, 'basic.qos', { prefetchCount: 1 });
    await peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
    // No timer of the server's runs in between: the clock stands still.
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.messageCount).toBe(0);
  });

  it('deletes a queue that was not used for long enough', async () => {
    const clock = new ManualClock();
    const peer = await open(createBroker(clock));
    const args = { 'x-expires': 1000 };
    await peer.call(1, 'queue.declare', { queue: 'q', arguments: args });
    clock.advance(900);
    await peer.call(1, 'queue.declare', { queue: 'q', passive: true });
    clock.advance(900);
    await peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
    clock.advance(5000);
    await peer.call(1, 'basic.cancel', { consumerTag: 'c' });
    clock.advance(999);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', arguments: args })).method).toBe('queue.declare-ok');
    clock.advance(1000);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).args.replyCode).toBe(404);
  });

  it('counts that anew from a restart', async () => {
    const clock = new ManualClock();
    const broker = createBroker(clock);
    const peer = await open(broker);
    await peer.call(1, 'queue.declare', { queue: 'q', durable: true, arguments: { 'x-expires': 1000 } });
    clock.advance(900);
    broker.restart();
    clock.advance(900);
    expect((await peer.call(1, 'queue.declare', { queue: 'q', passive: true })).method).toBe('queue.declare-ok');
  });

  it('beats for a quiet connection, and hangs up on a client that went silent', async () => {
    const clock = new ManualClock();
    const peer = await open(createBroker(clock), { heartbeat: 10 });
    clock.advance(5000);
    clock.advance(5000);
    await peer.unasked(0, 'heartbeat' as never);
    peer.write(encodeHeartbeat());
    await peer.call(1, 'basic.qos');
    clock.advance(10_000);
    expect((await peer.call(1, 'basic.qos')).method).toBe('basic.qos-ok');
    clock.advance(30_000);
    await peer.ended();
  });

  it('does not wait for ever for a handshake', async () => {
    const clock = new ManualClock();
    const peer = dial(createBroker(clock));
    clock.advance(10_000);
    await peer.ended();
  });

  it.each([
    ['nor for a WebSocket', '/nothing', '', true],
    ['and leaves the WebSocket that was opened', '/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', false],
  ])('%s', async (_, path, upgrade, ends) => {
    const clock = new ManualClock();
    const [near, far] = duplexPair();
    new StompFront(createBroker(clock)).accept(far);
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    near.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}${key}\r\n`);
    expect(String((await once(near, 'data'))[0])).toMatch(ends ? /^HTTP\/1.1 404/ : /^HTTP\/1.1 101/);
    clock.advance(10_000);
    expect(far.destroyed).toBe(ends);
    far.destroy();
  });

  it('leaves no timer behind', async () => {
    const clock = new ManualClock();
    const broker = createBroker(clock);
    const peer = await open(broker, { heartbeat: 10 });
    const args = { 'x-expires': 1000, 'x-message-ttl': 1000 };
    await peer.call(1, 'queue.declare', { queue: 'q', exclusive: true, arguments: args });
    peer.publish(1, { routingKey: 'q' }, 'm');
    await peer.call(0, 'connection.close', { replyCode: 200 });
    peer.close();
    await eventually(() => expect(clock.waiting).toBe(0));
    expect(broker.heldBytes).toBe(0);
  });
});
