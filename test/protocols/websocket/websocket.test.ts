import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ProtocolError } from '../../../src/core/errors.ts';
import { type Handshake, KEEP_BYTES } from '../../../src/protocols/protocol.ts';
import websocket, { encodeClose, encodeFrame, type WebSocketValue } from '../../../src/protocols/websocket/index.ts';
import { type Reading, type ReadOptions, Recorder, readFrames, type Script } from '../../helpers/read-frames.ts';

const maskKey = Buffer.from('37fa213d', 'hex');

/** Reads a script whole and one byte at a time; both must say the same. */
function read(script: Script, options: ReadOptions = {}): Reading {
  const whole = readFrames(websocket, script, options);
  const bytewise = readFrames(websocket, script, { ...options, pieceBytes: 1 });
  expect(bytewise.frames).toEqual(whole.frames);
  expect(Object.values(bytewise.faults).map(String)).toEqual(Object.values(whole.faults).map(String));
  return whole;
}

function values(reading: Reading): WebSocketValue[] {
  return reading.frames.map((frame) => frame.value as WebSocketValue);
}

function fromServer(...hex: string[]): Reading {
  return read(hex.map((bytes) => ['server', Buffer.from(bytes, 'hex')] as const));
}

function refusal(script: Script, options: ReadOptions = {}): { clause: string; code: number | undefined } | undefined {
  const [fault] = Object.values(read(script, options).faults) as ProtocolError[];
  return fault && { clause: fault.clause, code: fault.code };
}

function handshake(extensions = '', subprotocol = ''): Handshake {
  const response = new Map<string, string>();
  if (extensions) response.set('sec-websocket-extensions', extensions);
  if (subprotocol) response.set('sec-websocket-protocol', subprotocol);
  return { request: new Map(), response };
}

describe('the examples of RFC 6455 §5.7', () => {
  it('reads a text message in one frame', () => {
    const [value] = values(fromServer('810548656c6c6f'));
    expect(value).toEqual({
      fin: true,
      opcode: 1,
      rsv1: false,
      masked: false,
      payload: Buffer.from('Hello'),
      payloadSize: 5,
      message: { type: 'text', data: Buffer.from('Hello'), size: 5 },
    });
  });

  it('reads a masked text message', () => {
    const wire = Buffer.from('818537fa213d7f9f4d5158', 'hex');
    const reading = read([['client', wire]]);
    expect(reading.frames[0]).toMatchObject({ name: 'text', phase: 'open', sizeBytes: 11, raw: wire });
    expect(values(reading)[0]).toMatchObject({ masked: true, message: { data: Buffer.from('Hello') } });
    expect(encodeFrame({ name: 'text', payload: Buffer.from('Hello'), maskKey })).toEqual(wire);
  });

  it('reads a fragmented message, with a ping inside it', () => {
    const reading = fromServer('010348656c', '890548656c6c6f', '80026c6f');
    expect(reading.frames.map((frame) => frame.name)).toEqual(['text', 'ping', 'continuation']);
    expect(values(reading)[0]).not.toHaveProperty('message');
    expect(values(reading)[2]?.message).toEqual({ type: 'text', data: Buffer.from('Hello'), size: 5 });
  });

  it.each([
    ['7e0100', 256],
    ['7f0000000000010000', 65536],
  ])('reads a binary message whose length is written as %s', (length, size) => {
    const payload = Buffer.alloc(size, 7);
    const wire = Buffer.concat([Buffer.from(`82${length}`, 'hex'), payload]);
    expect(encodeFrame({ name: 'binary', payload })).toEqual(wire);
    for (const pieceBytes of [1, wire.length]) {
      const [value] = values(readFrames(websocket, [['server', wire]], { pieceBytes }));
      expect(value?.message?.data.equals(payload)).toBe(true);
      expect(value?.message?.size).toBe(size);
    }
  });
});

describe('the examples of RFC 7692 §7.2.3', () => {
  const deflate = { handshake: handshake('permessage-deflate') };
  const hello = { type: 'text', data: Buffer.from('Hello'), size: 5 };

  it.each([
    ['one block', ['c107f248cdc9c90700']],
    ['two frames', ['4103f248cd', '8004c9c90700']],
    ['a block without compression', ['c10b000500faff48656c6c6f00']],
    ['a final block', ['c108f348cdc9c9070000']],
    ['two blocks', ['c10df248050000 00ffffcac9c90700'.replace(' ', '')]],
  ])('reads a message made of %s', (_, hex) => {
    const reading = read(
      hex.map((bytes) => ['server', Buffer.from(bytes, 'hex')] as const),
      deflate,
    );
    expect(reading.faults).toEqual({});
    expect(values(reading).at(-1)?.message).toEqual(hello);
  });

  it('lets a message refer to the one before', () => {
    const script: Script = [
      ['server', Buffer.from('c107f248cdc9c90700', 'hex')],
      ['server', Buffer.from('c105f200110000', 'hex')],
    ];
    expect(values(read(script, deflate)).map((value) => value.message)).toEqual([hello, hello]);
    const alone = { handshake: handshake('permessage-deflate; server_no_context_takeover; client_max_window_bits=15') };
    expect(refusal(script, alone)).toEqual({ clause: 'RFC 7692 §6.2', code: 1007 });
  });

  it('refuses a bomb before it is inflated', () => {
    const bomb = deflateRawSync(Buffer.alloc(200 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const wire = encodeFrame({ name: 'binary', rsv1: true, payload: bomb });
    const { faults } = readFrames(websocket, [['server', wire]], deflate);
    expect(faults.server).toMatchObject({ clause: 'RFC 6455 §7.4.1', code: 1009 });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('refuses thousands of final blocks, and what is no deflate stream', () => {
    const blocks = encodeFrame({
      name: 'binary',
      rsv1: true,
      payload: Buffer.alloc(50_000, Buffer.from('0300', 'hex')),
    });
    expect(refusal([['server', blocks]], deflate)).toEqual({ clause: 'RFC 7692 §7.2.3.4', code: 1007 });
    const noise = encodeFrame({ name: 'text', rsv1: true, payload: Buffer.from('ffffff', 'hex') });
    expect(refusal([['server', noise]], deflate)).toEqual({ clause: 'RFC 7692 §6.2', code: 1007 });
  });
});

describe('what is refused', () => {
  it.each([
    ['RSV1 without an extension', 'c100', 'RFC 6455 §5.2', 1002],
    ['RSV2', 'a100', 'RFC 6455 §5.2', 1002],
    ['RSV3', '9100', 'RFC 6455 §5.2', 1002],
    ['opcode 3', '8300', 'RFC 6455 §5.2', 1002],
    ['opcode 11', '8b00', 'RFC 6455 §5.2', 1002],
    ['a mask from the server', '818537fa213d7f9f4d5158', 'RFC 6455 §5.1', 1002],
    ['a fragmented ping', '0900', 'RFC 6455 §5.5', 1002],
    ['a ping of 126 bytes', '897e007e', 'RFC 6455 §5.5', 1002],
    ['a length in more bytes than needed', '827e0001ff', 'RFC 6455 §5.2', 1002],
    ['a long length in more bytes than needed', '827f0000000000000001', 'RFC 6455 §5.2', 1002],
    ['a length with its highest bit set', '827f8000000000000000', 'RFC 6455 §5.2', 1002],
    ['a length too large to count', '827f0020000000000000', 'RFC 6455 §7.4.1', 1009],
    ['a continuation of nothing', '8000', 'RFC 6455 §5.4', 1002],
    ['a message inside a message', '01008100', 'RFC 6455 §5.4', 1002],
    ['text that is not UTF-8', '8103ceba80', 'RFC 6455 §8.1', 1007],
    ['text that ends inside a character', '8101ce', 'RFC 6455 §8.1', 1007],
    ['fragments that end inside a character', '0101ce8000', 'RFC 6455 §8.1', 1007],
    ['an encoded surrogate', '8103eda080', 'RFC 6455 §8.1', 1007],
    ['half a close code', '880103', 'RFC 6455 §5.5.1', 1002],
    ['close code 1005', '880203ed', 'RFC 6455 §7.4', 1002],
    ['close code 1006', '880203ee', 'RFC 6455 §7.4', 1002],
    ['close code 999', '880203e7', 'RFC 6455 §7.4', 1002],
    ['close code 2000', '880207d0', 'RFC 6455 §7.4', 1002],
    ['a close reason that is not UTF-8', '880303e8ff', 'RFC 6455 §5.5.1', 1007],
    ['data after the close frame', '880203e88100', 'RFC 6455 §5.5.1', 1002],
  ])('%s', (_, hex, clause, code) => {
    expect(refusal([['server', Buffer.from(hex, 'hex')]])).toEqual({ clause, code });
  });

  it('a client frame without a mask', () => {
    const expected = { clause: 'RFC 6455 §5.1', code: 1002 };
    expect(refusal([['client', Buffer.from('810548656c6c6f', 'hex')]])).toEqual(expected);
  });

  it('RSV1 on a continuation', () => {
    const options = { handshake: handshake('permessage-deflate') };
    const expected = { clause: 'RFC 6455 §5.2', code: 1002 };
    expect(refusal([['server', Buffer.from('0101414000', 'hex')]], options)).toEqual(expected);
  });
});

describe('closing', () => {
  it('reads the code and the reason', () => {
    const reading = read([
      ['client', encodeFrame({ name: 'close', payload: encodeClose(4001, 'béye'), maskKey })],
      ['server', encodeFrame({ name: 'close', payload: Buffer.alloc(0) })],
      ['server', encodeFrame({ name: 'pong', payload: Buffer.alloc(0) })],
    ]);
    expect(reading.faults).toEqual({});
    expect(values(reading)[0]?.close).toEqual({ code: 4001, reason: 'béye' });
    expect(values(reading)[1]?.close).toEqual({ code: 1005, reason: '' });
    expect(reading.frames.map((frame) => frame.phase)).toEqual(['closing', 'closing', 'closing']);
  });
});

describe('large messages', () => {
  const size = 5 * KEEP_BYTES + 3;
  const text = Buffer.from('日本語'.repeat(size).slice(0, size), 'utf8');

  it.each(['text', 'binary'] as const)('keeps the beginning of %s and counts the rest', (name) => {
    for (const key of [undefined, maskKey]) {
      const from = key ? 'client' : 'server';
      const wire = encodeFrame({ name, payload: text, ...(key ? { maskKey: key } : {}) });
      for (const pieceBytes of [wire.length, 4093]) {
        const { frames, faults } = readFrames(websocket, [[from, wire]], { pieceBytes });
        expect(faults).toEqual({});
        const [frame] = frames;
        const { message, payload, payloadSize } = frame!.value as WebSocketValue;
        expect([message?.type, message?.size, payloadSize, frame!.sizeBytes]).toEqual([
          name,
          text.length,
          text.length,
          wire.length,
        ]);
        expect(message?.data.equals(text.subarray(0, KEEP_BYTES))).toBe(true);
        expect(payload.equals(text.subarray(0, KEEP_BYTES))).toBe(true);
        expect(frame!.raw.equals(wire.subarray(0, KEEP_BYTES))).toBe(true);
      }
    }
  });

  it('needs no room for what it only counts', () => {
    const conversation = websocket.converse({ emit: () => {} });
    conversation.push('server', Buffer.from('827f000001000000000', 'hex').subarray(0, 2));
    conversation.push('server', Buffer.from('0000010000000000', 'hex'));
    const before = process.memoryUsage().arrayBuffers;
    const piece = Buffer.alloc(64 * 1024);
    for (let round = 0; round < 4096; round++) conversation.push('server', piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('STOMP inside', () => {
  const connect = 'CONNECT\naccept-version:1.2\n\n\0';
  const client = (text: string, more = {}) =>
    encodeFrame({ name: 'text', payload: Buffer.from(text), maskKey, ...more });
  const server = (text: string) => encodeFrame({ name: 'text', payload: Buffer.from(text) });

  function carried(
    script: Script,
    options: ReadOptions = {},
  ): { recorder: Recorder; names: string[]; asked: string[] } {
    const results = [undefined, 1].map((pieceBytes) => {
      const recorder = new Recorder();
      const asked: string[] = [];
      const carry: ReadOptions['carry'] = (protocol) => {
        asked.push(protocol);
        return recorder;
      };
      const { frames } = readFrames(websocket, script, { ...options, carry, ...(pieceBytes ? { pieceBytes } : {}) });
      return { recorder, names: frames.map((frame) => frame.name), asked };
    });
    const [whole, bytewise] = results;
    expect(bytewise!.names).toEqual(whole!.names);
    for (const side of ['client', 'server'] as const) {
      expect(bytewise!.recorder.text(side)).toBe(whole!.recorder.text(side));
    }
    return whole!;
  }

  it('goes to the STOMP reader where the subprotocol says so', () => {
    const options = { handshake: handshake('', 'v12.stomp') };
    const ping = encodeFrame({ name: 'ping', payload: Buffer.alloc(0) });
    const script: Script = [
      ['client', client('CONN', { fin: false })],
      ['client', client(connect.slice(4), { name: 'continuation' })],
      ['server', ping],
      ['server', server('CONNECTED\n\n\0')],
      ['client', encodeFrame({ name: 'close', payload: encodeClose(1000), maskKey })],
    ];
    const { recorder, names, asked } = carried(script, options);
    expect(asked).toEqual(['stomp']);
    expect(recorder.text('client')).toBe(connect);
    expect(recorder.text('server')).toBe('CONNECTED\n\n\0');
    expect(names).toEqual(['ping', 'close']);
  });

  it('is recognised by its first words where no subprotocol was agreed', () => {
    const { recorder, names } = carried([
      ['client', client(connect)],
      ['server', server('CONNECTED\n\n\0')],
    ]);
    expect([recorder.text('client'), recorder.text('server')]).toEqual([connect, 'CONNECTED\n\n\0']);
    expect(names).toEqual([]);
  });

  it('is inflated first', () => {
    const payload = deflateRawSync(Buffer.from(connect), { finishFlush: 2 }).subarray(0, -4);
    const frame = encodeFrame({ name: 'text', rsv1: true, payload, maskKey });
    const { recorder, names } = carried([['client', frame]], { handshake: handshake('permessage-deflate') });
    expect(recorder.text('client')).toBe(connect);
    expect(names).toEqual([]);
  });

  it.each([
    ['other text', 'CONNECTION\n', handshake()],
    ['another subprotocol', connect, handshake('', 'mqtt')],
  ])('is not seen in %s', (_, text, agreed) => {
    const script: Script = [
      ['client', client(text)],
      ['client', client(connect)],
    ];
    const { asked, names } = carried(script, { handshake: agreed });
    expect(asked).toEqual([]);
    expect(names).toEqual(['text', 'text']);
  });

  it('is shown as messages when nobody reads it', () => {
    const reading = read([['client', client(connect)]], { handshake: handshake('', 'v12.stomp') });
    expect(values(reading)[0]?.message?.data.toString()).toBe(connect);
  });
});
