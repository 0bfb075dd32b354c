import { randomBytes } from 'node:crypto';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.ts';
import { encodeContent, encodeMethod, PROTOCOL_HEADER } from '../../../src/protocols/amqp/index.ts';
import { acceptAmqp } from '../../../src/servers/rabbitmq/amqp/front.ts';
import type { Broker } from '../../../src/servers/rabbitmq/broker/broker.ts';
import { GUEST } from '../../../src/servers/rabbitmq/broker/users.ts';
import { acceptStomp } from '../../../src/servers/rabbitmq/stomp/connection.ts';
import { createBroker, dial, open } from '../../helpers/broker.ts';
import { eventually } from '../../helpers/eventually.ts';

/** How long each fuzzer runs, in ms; a nightly run may take hours. */
/** How often 200 random inputs are tried. */
const ROUNDS = Number(process.env.RANDOM_ROUNDS ?? 10);

const frame = (type: number, channel: number, payload: string) => {
  const bytes = Buffer.from(payload, 'hex');
  const head = Buffer.alloc(7);
  head[0] = type;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(bytes.length, 3);
  return Buffer.concat([head, bytes, Buffer.of(0xce)]);
};

describe('a hostile AMQP client', () => {
  it.each([
    ['garbage', randomBytes(64)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a huge frame before the handshake', Buffer.concat([PROTOCOL_HEADER, Buffer.from('0100007fffffff', 'hex')])],
    ['a frame without its end', Buffer.concat([PROTOCOL_HEADER, Buffer.from('080000000000' + '0000', 'hex')])],
    [
      'tables nested without end',
      Buffer.concat([
        PROTOCOL_HEADER,
        encodeMethod(0, 'connection.start-ok', { clientProperties: nested(63) }).fill(0x46, 40, 90),
      ]),
    ],
    [
      'a login that is none',
      Buffer.concat([PROTOCOL_HEADER, encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN' })]),
    ],
    [
      'an unknown mechanism',
      Buffer.concat([PROTOCOL_HEADER, encodeMethod(0, 'connection.start-ok', { mechanism: 'MAGIC' })]),
    ],
    ['a channel before the handshake', Buffer.concat([PROTOCOL_HEADER, encodeMethod(1, 'channel.open')])],
  ])('is hung up on for %s', async (_, bytes) => {
    const broker = createBroker(systemClock);
    const peer = dial(broker);
    peer.write(bytes);
    await peer.ended();
  });

  it.each<[string, Buffer, number]>([
    ['an unknown frame type', frame(4, 1, ''), 501],
    ['a frame that is too long', Buffer.from('01000100020001', 'hex'), 501],
    ['a method that is cut short', frame(1, 1, '0032000a00'), 501],
  ])('is told what was wrong with %s', async (_, bytes, code) => {
    const peer = await open(createBroker(systemClock));
    peer.write(bytes);
    expect(await peer.answer(1)).toMatchObject({ method: 'connection.close', args: { replyCode: code } });
  });

  it.each<[string, Buffer]>([
    ['an unknown method', frame(1, 1, '003c0063')],
    ['a table with an unknown type', frame(1, 1, '0032000a0000017100000000' + '0401615a01')],
  ])('is hung up on for %s, as by the real one', async (_, bytes) => {
    const peer = await open(createBroker(systemClock));
    peer.write(bytes);
    await peer.ended();
  });

  it('can’t leave a message behind that breaks when it dies', async () => {
    const peer = await open(createBroker(systemClock));
    await peer.call(1, 'queue.declare', {
      queue: 'q',
      arguments: { 'x-max-length': 0, 'x-dead-letter-exchange': 'amq.topic' },
    });
    peer.send(1, 'basic.publish', { routingKey: 'q' });
    // A message-id of two hundred bytes that are no text.
    peer.write(frame(2, 1, `003c0000${'0000000000000000'}0080c8${'ff'.repeat(200)}`));
    expect((await peer.answer(1)).args.replyText).toBe('FRAME_ERROR - Malformed UTF-8 in shortstr');
  });

  it('gains nothing by announcing much', async () => {
    const broker = createBroker(systemClock);
    const peer = await open(broker);
    const before = process.memoryUsage().arrayBuffers;
    for (let channel = 1; channel <= 1000; channel += 1) {
      if (channel > 1) peer.send(channel, 'channel.open');
      peer.send(channel, 'basic.publish', { routingKey: 'q' });
      // A body of fourteen megabytes, of which one byte comes.
      peer.write(frame(2, channel, '003c0000' + '0000000000e00000' + '0000'));
      peer.write(frame(3, channel, '61'));
    }
    await peer.call(2000, 'channel.open');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
    expect(broker.heldBytes).toBe(1000);
    peer.close();
    await eventually(() => expect(broker.heldBytes).toBe(0));
  });

  it('gains nothing by never committing', async () => {
    const broker = createBroker(systemClock, { memoryMax: 1_000_000 });
    const peer = await open(broker);
    await peer.call(1, 'tx.select');
    for (let count = 0; count < 100; count += 1) peer.publish(1, { routingKey: 'q' }, Buffer.alloc(100_000));
    await peer.unasked(0, 'connection.blocked');
    expect(broker.heldBytes).toBeLessThan(2_000_000);
    peer.close();
    await eventually(() => expect(broker.heldBytes).toBe(0));
  });

  it('is refused a message that is too long before it comes', async () => {
    const peer = await open(createBroker(systemClock));
    peer.send(1, 'basic.publish', { routingKey: 'q' });
    peer.write(frame(2, 1, '003c0000' + '0000000001000001' + '0000'));
    const { args } = await peer.answer(1);
    expect(args.replyText).toBe(
      'PRECONDITION_FAILED - message size 16777217 is larger than configured max size 16777216',
    );
  });

  it('who never reads gets no more than fits, and holds nobody else up', async () => {
    const broker = createBroker(systemClock);
    const [near, far] = duplexPair();
    acceptAmqp(broker, far);
    near.write(PROTOCOL_HEADER);
    near.write(encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0guest') }));
    near.write(encodeMethod(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131072 }));
    near.write(encodeMethod(0, 'connection.open', { virtualHost: '/' }));
    near.write(encodeMethod(1, 'channel.open'));
    near.write(encodeMethod(1, 'queue.declare', { queue: 'q' }));
    near.write(encodeMethod(1, 'basic.consume', { queue: 'q', noAck: true }));
    const peer = await open(broker);
    await eventually(async () => {
      expect((await peer.call(1, 'queue.declare', { queue: 'q' })).args.consumerCount).toBe(1);
    });
    await peer.call(1, 'confirm.select');
    const body = Buffer.alloc(1000);
    for (let count = 0; count < 5000; count += 1) peer.publish(1, { routingKey: 'q' }, body);
    await peer.confirms(1, 5000);
    const { args } = await peer.call(1, 'queue.declare', { queue: 'q', passive: true });
    expect(args.messageCount).toBeGreaterThan(4000);
    expect(far.writableLength).toBeLessThan(1024 * 1024);
    // Then it reads after all, and gets everything.
    let got = 0;
    near.on('data', (chunk: Buffer) => {
      got += chunk.length;
    });
    await eventually(() => expect(got).toBeGreaterThan(5_000_000));
    near.destroy();
    far.destroy();
  });

  it('fuzzed: whatever comes, the server answers or hangs up, and others go on', async () => {
    const broker = createBroker(systemClock);
    const witness = await open(broker);
    const valid = [
      encodeMethod(1, 'queue.declare', { queue: 'f', arguments: { 'x-max-length': 3, a: [1, { b: 'c' }] } }),
      encodeMethod(1, 'queue.bind', { queue: 'f', exchange: 'amq.topic', routingKey: 'a.#' }),
      encodeMethod(1, 'basic.consume', { queue: 'f', consumerTag: 'c' }),
      encodeContent(
        1,
        'basic.publish',
        { exchange: 'amq.topic', routingKey: 'a.b' },
        { headers: { x: 1 }, expiration: '5' },
        Buffer.from('body'),
      ),
      encodeMethod(1, 'basic.get', { queue: 'f' }),
      encodeMethod(1, 'basic.ack', { deliveryTag: 1, multiple: true }),
      encodeMethod(1, 'basic.nack', { deliveryTag: 2, requeue: true }),
      encodeMethod(1, 'confirm.select'),
      encodeMethod(2, 'channel.open'),
      encodeMethod(1, 'tx.select'),
      encodeMethod(1, 'channel.close'),
      encodeMethod(0, 'connection.close'),
    ];
    const mutation = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...valid) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    );
    const input = fc.tuple(fc.array(piece, { minLength: 1, maxLength: 12 }), fc.array(mutation, { maxLength: 3 }));
    const opening = Buffer.concat([
      PROTOCOL_HEADER,
      encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0guest') }),
      encodeMethod(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131072 }),
      encodeMethod(0, 'connection.open', { virtualHost: '/' }),
      encodeMethod(1, 'channel.open'),
    ]);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [pieces, mutations] of fc.sample(input, 200)) {
        const bytes = Buffer.from(Buffer.concat(pieces));
        for (const [at, byte] of mutations) bytes[at % bytes.length] = byte;
        const [client, server] = duplexPair();
        acceptAmqp(broker, server);
        client.on('data', () => {});
        server.emit('data', opening);
        // Fed straight into the connection, so that anything thrown would fail this test.
        server.emit('data', bytes);
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => setImmediate(resolve));
      expect((await witness.call(1, 'basic.qos')).method).toBe('basic.qos-ok');
    }
    removeQueues(broker);
    await eventually(() => expect(broker.heldBytes).toBe(0));
  });
});

describe('a hostile STOMP client', () => {
  it('fuzzed: whatever comes, the server answers or hangs up', async () => {
    const broker = createBroker(systemClock);
    const pieces = [
      'SEND\ndestination:/queue/f\n\nbody\0',
      'SEND\ndestination:/topic/a\npriority:x\n\nbody\0',
      'SUBSCRIBE\nid:1\ndestination:/queue/f\nack:client\n\n\0',
      'SUBSCRIBE\nid:2\ndestination:/exchange/amq.topic/a\n\n\0',
      'UNSUBSCRIBE\nid:1\n\n\0',
      'ACK\nid:T_1@@x@@1\n\n\0',
      'BEGIN\ntransaction:t\n\n\0',
      'COMMIT\ntransaction:t\n\n\0',
      'DISCONNECT\nreceipt:1\n\n\0',
      '\n',
      'a:b',
      '\0',
      '\\x',
      'content-length:99999999999\n',
    ];
    const input = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 10 })), { maxLength: 12 });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const parts of fc.sample(input, 200)) {
        const [client, server] = duplexPair();
        acceptStomp(broker, server);
        client.on('data', () => {});
        server.emit('data', Buffer.from('CONNECT\naccept-version:1.2\n\n\0'));
        for (const part of parts) server.emit('data', Buffer.from(part));
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    removeQueues(broker);
    await eventually(() => expect(broker.heldBytes).toBe(0));
  });
});

describe('a broker that runs short of memory', () => {
  it.each<[string, string, string]>([
    [
      'a transaction',
      'BEGIN\ntransaction:t\n\n\0',
      `SEND\ndestination:/queue/a\ntransaction:t\n\n${'x'.repeat(10_000)}\0`,
    ],
    ['a frame that is half sent', 'SEND\ndestination:/queue/a\ncontent-length:60000000\n\n', 'x'.repeat(10_000)],
  ])('reads no more of %s of STOMP, and has everything back when the client goes', async (_, begin, part) => {
    const broker = createBroker(systemClock, { memoryMax: 500_000 });
    const [near, far] = duplexPair();
    acceptStomp(broker, far);
    near.resume();
    near.on('error', () => {});
    near.write(`CONNECT\n\n\0${begin}`);
    for (let count = 0; count < 1000; count += 1) near.write(part);
    await eventually(() => expect(broker.isShort).toBe(true));
    await eventually(() => expect(far.isPaused()).toBe(true));
    expect(broker.heldBytes).toBeLessThan(2_000_000);
    near.destroy();
    far.destroy();
    await eventually(() => expect(broker.heldBytes).toBe(0));
  });

  it('holds publishers back, says so, and goes on when there is room again', async () => {
    const broker = createBroker(systemClock, { memoryMax: 100_000 });
    const [publisher, consumer] = [await open(broker), await open(broker)];
    await consumer.call(1, 'queue.declare', { queue: 'q' });
    await publisher.call(1, 'confirm.select');
    publisher.publish(1, { routingKey: 'q' }, Buffer.alloc(200_000));
    await publisher.confirms(1, 1);
    publisher.publish(1, { routingKey: 'q' }, 'one more');
    const [blocked] = await publisher.unasked(0, 'connection.blocked');
    expect(blocked!.args.reason).toBe('low on memory');
    for (let count = 0; count < 50; count += 1) publisher.publish(1, { routingKey: 'q' }, Buffer.alloc(100_000));
    // Who only consumes goes on.
    await consumer.call(1, 'basic.get', { queue: 'q', noAck: true });
    const held = broker.heldBytes;
    expect(held).toBeLessThan(1_000_000);
    await publisher.unasked(0, 'connection.unblocked');
    await consumer.call(1, 'basic.consume', { queue: 'q', noAck: true, consumerTag: 'c' });
    await publisher.confirms(1, 52);
    expect(broker.heldBytes).toBe(0);
  });
});

/** Mutations give queues names of their own; whatever they are called, their memory must come back. */
function removeQueues(broker: Broker): void {
  const { vhost } = broker.enter(GUEST, '/');
  for (const queue of [...vhost.topology.queues.values()]) vhost.removeQueue(queue);
}

function nested(levels: number): { [name: string]: never } {
  let table: { [name: string]: unknown } = {};
  for (let level = 0; level < levels; level += 1) table = { a: table };
  return table as never;
}
