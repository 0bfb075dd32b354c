import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import amqp, {
  type AmqpFrame,
  encodeContent,
  encodeHeartbeat,
  encodeMethod,
  PROTOCOL_HEADER,
} from '../../../src/protocols/amqp/index.ts';
import { KEEP_BYTES, type Side } from '../../../src/protocols/protocol.ts';
import { bytewise, converse } from '../../helpers/converse.ts';
import { properties } from './arbitraries.ts';

type Steps = [Side, Buffer][];

const handshake: Steps = [
  ['client', PROTOCOL_HEADER],
  ['server', encodeMethod(0, 'connection.start', { versionMinor: 9, mechanisms: 'PLAIN', locales: 'en_US' })],
  ['client', encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0secret') })],
  ['server', encodeMethod(0, 'connection.tune', { channelMax: 2047, frameMax: 131072, heartbeat: 60 })],
  ['client', encodeMethod(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131072, heartbeat: 60 })],
  ['client', encodeMethod(0, 'connection.open', { virtualHost: '/' })],
  ['server', encodeMethod(0, 'connection.open-ok')],
];
const goodbye: Steps = [
  ['client', encodeMethod(0, 'connection.close', { replyCode: 200, replyText: 'Goodbye' })],
  ['server', encodeMethod(0, 'connection.close-ok')],
];
const publish = encodeContent(
  1,
  'basic.publish',
  { exchange: 'orders', routingKey: 'a.b' },
  { messageId: 'm1' },
  Buffer.from('{"id":1}'),
);

const both = (steps: Steps) => [converse(amqp, steps), converse(amqp, bytewise(steps))] as AmqpFrame[][];

describe('an AMQP conversation', () => {
  it('tells every method once, with its phase', () => {
    for (const frames of both([...handshake, ['client', publish], ['client', encodeHeartbeat()], ...goodbye])) {
      expect(frames.map(({ from, phase, name }) => `${from} ${phase} ${name}`)).toEqual([
        'client opening protocol-header',
        'server opening connection.start',
        'client opening connection.start-ok',
        'server opening connection.tune',
        'client opening connection.tune-ok',
        'client opening connection.open',
        'server opening connection.open-ok',
        'client open basic.publish',
        'client open heartbeat',
        'client closing connection.close',
        'server closing connection.close-ok',
      ]);
    }
  });

  it('puts a message together, and keeps its bytes', () => {
    for (const frames of both([...handshake, ['client', publish]])) {
      const { value, sizeBytes, raw } = frames.at(-1)!;
      expect(value).toMatchObject({
        channel: 1,
        method: 'basic.publish',
        args: { exchange: 'orders', routingKey: 'a.b' },
      });
      expect(value.content).toEqual({ properties: { messageId: 'm1' }, bodySize: 8, body: Buffer.from('{"id":1}') });
      expect(sizeBytes).toBe(publish.length);
      expect(raw).toEqual(publish);
    }
  });

  it('keeps contents apart that interleave on two channels', () => {
    const frameMax = 4096;
    const a = encodeContent(1, 'basic.publish', { routingKey: 'a' }, {}, Buffer.alloc(9000, 'a'), frameMax);
    const b = encodeContent(2, 'basic.publish', { routingKey: 'b' }, {}, Buffer.alloc(5000, 'b'), frameMax);
    const frames = (bytes: Buffer) => {
      const cut: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at + 3) + 8) {
        cut.push(bytes.subarray(at, at + bytes.readUInt32BE(at + 3) + 8));
      }
      return cut;
    };
    const [as, bs] = [frames(a), frames(b)];
    const mixed = as.flatMap((frame, index) => (bs[index] ? [frame, bs[index]] : [frame]));
    for (const told of both([...handshake, ['client', Buffer.concat(mixed)]])) {
      const contents = told.slice(-2).map(({ value }) => [value.channel, value.content?.body.toString()]);
      expect(contents).toEqual([
        [2, 'b'.repeat(5000)],
        [1, 'a'.repeat(9000)],
      ]);
    }
  });

  it('counts a long body and keeps its beginning', () => {
    const body = Buffer.alloc(3 * KEEP_BYTES, 'x');
    const bytes = encodeContent(1, 'basic.deliver', {}, {}, body, 131072);
    const [frame] = converse(amqp, [['server', bytes]]) as AmqpFrame[];
    expect(frame!.sizeBytes).toBe(bytes.length);
    expect(frame!.raw).toEqual(bytes.subarray(0, KEEP_BYTES));
    expect(frame!.value.content).toMatchObject({ bodySize: body.length, body: body.subarray(0, KEEP_BYTES) });
  });

  it('reads any properties under any chunking', () => {
    fc.assert(
      fc.property(
        properties,
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (given, body, step) => {
          const bytes = encodeContent(9, 'basic.deliver', { deliveryTag: 3 }, given, Buffer.from(body), 4096);
          const steps: Steps = [];
          for (let at = 0; at < bytes.length; at += step) steps.push(['server', bytes.subarray(at, at + step)]);
          const frames = converse(amqp, steps) as AmqpFrame[];
          expect(frames).toHaveLength(1);
          expect(frames[0]!.value.content).toEqual({
            properties: given,
            bodySize: body.length,
            body: Buffer.from(body),
          });
          expect(frames[0]!.raw).toEqual(bytes);
        },
      ),
    );
  });

  it('points at the memory it was given, and at nothing older', () => {
    const bytes = Buffer.from(publish);
    const whole = converse(amqp, [...handshake, ['client', bytes]]) as AmqpFrame[];
    expect(whole.at(-1)!.raw.buffer).toBe(bytes.buffer);
    const told: AmqpFrame[] = [];
    const conversation = amqp.converse({ emit: (frame) => told.push(frame as AmqpFrame) });
    const split = encodeContent(
      1,
      'basic.deliver',
      {},
      { headers: { bytes: Buffer.from('kept') } },
      Buffer.from('abc'),
    );
    const [first, second] = [Buffer.from(split.subarray(0, -3)), Buffer.from(split.subarray(-3))];
    conversation.push('server', first);
    first.fill(0);
    conversation.push('server', second);
    expect(told[0]!.value.content).toMatchObject({ properties: { headers: { bytes: Buffer.from('kept') } } });
    expect(told[0]!.value.content?.body.toString()).toBe('abc');
    expect(told[0]!.raw).toEqual(split);
  });

  const frame = (type: number, payload: string, end = 'ce') => {
    const bytes = Buffer.from(payload, 'hex');
    const head = Buffer.from('00000100000000', 'hex');
    head[0] = type;
    head.writeUInt32BE(bytes.length, 3);
    return Buffer.concat([head, bytes, Buffer.from(end, 'hex')]);
  };
  const header = (classId: string, size: string) => frame(2, `${classId}0000${size}0000`);
  const method = encodeMethod(1, 'basic.publish');
  it.each<[string, Side, Buffer, number, string]>([
    ['no protocol header', 'client', Buffer.from('GET / HTTP/1.1\r\n'), 501, '§4.2.2'],
    ['an unknown frame type', 'server', frame(4, ''), 501, '§4.2.3'],
    ['a wrong end octet', 'server', frame(8, '', '00'), 501, '§4.2.3'],
    ['a frame that is too large', 'server', Buffer.from('01000100200000', 'hex'), 501, '§4.2.3'],
    ['a method frame without method', 'server', frame(1, '003c'), 502, '§4.2.4'],
    ['an unknown method', 'server', frame(1, '003c0063'), 503, '§4.2.4'],
    ['a content header without its method', 'server', header('003c', '0000000000000000'), 505, '§4.2.6'],
    ['a body without its header', 'server', Buffer.concat([method, frame(3, '61')]), 505, '§4.2.6'],
    ['a method within content', 'server', Buffer.concat([method, method]), 505, '§4.2.6'],
    [
      'a header of another class',
      'server',
      Buffer.concat([method, header('0032', '0000000000000000')]),
      501,
      '§4.2.6.1',
    ],
    [
      'a body that is too long',
      'server',
      Buffer.concat([method, header('003c', '0000000000000001'), frame(3, '6161')]),
      501,
      '§4.2.6.2',
    ],
    ['a heartbeat with a payload', 'server', frame(8, '00'), 501, '§4.2.7'],
  ])('names the clause that is broken by %s', (_, from, bytes, code, clause) => {
    const fault = expect.objectContaining({ name: 'ProtocolError', code, clause: `AMQP 0-9-1 ${clause}` });
    expect(() => converse(amqp, [[from, bytes]])).toThrow(fault);
    expect(() => converse(amqp, bytewise([[from, bytes]]))).toThrow(fault);
  });

  it('has told every frame before the fault', () => {
    const frames: string[] = [];
    const conversation = amqp.converse({ emit: ({ name }) => frames.push(name) });
    expect(() =>
      conversation.push('server', Buffer.concat([encodeHeartbeat(), publish, Buffer.from('nonsense')])),
    ).toThrow();
    expect(frames).toEqual(['heartbeat', 'basic.publish']);
  });

  it('says that a connection ended within a frame', () => {
    const conversation = amqp.converse({ emit: () => {} });
    conversation.push('client', PROTOCOL_HEADER.subarray(0, 5));
    expect(() => conversation.end('client')).toThrow(/within a frame/);
    expect(() => conversation.end('server')).not.toThrow();
  });

  it('survives any bytes', () => {
    const soup = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(publish, method, encodeHeartbeat(), ...goodbye.map(([, bytes]) => bytes)),
    );
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 8 }), fc.boolean(), fc.nat(), fc.nat(), (parts, begun, spot, byte) => {
        const bytes = Buffer.concat(parts);
        if (bytes.length > 0) bytes[spot % bytes.length] = byte & 0xff;
        const conversation = amqp.converse({ emit: (frame) => amqp.describe(frame) });
        if (begun) conversation.push('client', PROTOCOL_HEADER);
        try {
          conversation.push('client', bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError', clause: expect.stringContaining('AMQP 0-9-1 §') });
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('holds little, whatever it is fed', () => {
    const conversation = amqp.converse({ emit: () => {} });
    const before = process.memoryUsage().arrayBuffers;
    // A body begun on every channel, each promising far more than it brings.
    for (let channel = 1; channel <= 2000; channel += 1) {
      const begun = encodeContent(channel, 'basic.publish', {}, {}, Buffer.alloc(100_000), 0);
      conversation.push('server', begun.subarray(0, begun.length - 1000).fill(0, begun.length));
      const open = begun.length - 1000;
      conversation.push('server', begun.subarray(open));
      const header = Buffer.from(encodeContent(channel, 'basic.publish', {}, {}, Buffer.alloc(0), 0));
      header.writeUInt32BE(1_000_000, header.length - 7);
      conversation.push('server', header);
      conversation.push(
        'server',
        Buffer.concat([
          Buffer.from([3, channel >> 8, channel & 255, 0, 1, 0x86, 0xa0]),
          Buffer.alloc(100_000),
          Buffer.of(0xce),
        ]),
      );
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 1024 * 1024);
  });
});

describe('publish numbers', () => {
  const publish = (channel: number): Buffer => encodeContent(channel, 'basic.publish', {}, {}, Buffer.from('x'));
  const select = (channel: number): Buffer => encodeMethod(channel, 'confirm.select');

  it('count what will be confirmed, each channel for itself, until it is closed', () => {
    const frames = converse(amqp, [
      ['client', PROTOCOL_HEADER],
      ['client', Buffer.concat([publish(1), select(1), publish(1), publish(2), publish(1)])],
      ['server', encodeMethod(1, 'confirm.select-ok')],
      ['client', Buffer.concat([select(2), select(1), publish(2), publish(1)])],
      ['server', encodeMethod(1, 'channel.close', { replyCode: 404 })],
      ['client', Buffer.concat([publish(1), encodeMethod(1, 'channel.close-ok'), encodeMethod(1, 'channel.open')])],
      ['client', Buffer.concat([publish(1), select(1), publish(1), publish(2)])],
    ]);
    const numbers = frames
      .filter(({ name }) => name === 'basic.publish')
      .map((frame) => [amqp.describe(frame).fields.channel, amqp.describe(frame).fields.publishNumber]);
    expect(numbers).toEqual([
      [1, undefined],
      [1, 1],
      [2, undefined],
      [1, 2],
      [2, 1],
      [1, 3],
      [1, undefined],
      [1, undefined],
      [1, 1],
      [2, 2],
    ]);
  });
});
