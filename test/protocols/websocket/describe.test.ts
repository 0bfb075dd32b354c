import { expect, it } from 'vitest';
import websocket, { encodeClose, encodeFrame } from '../../../src/protocols/websocket/index.ts';
import { readFrames } from '../../helpers/read-frames.ts';

function told(...frames: Parameters<typeof encodeFrame>[0][]) {
  const wire = Buffer.concat(frames.map(encodeFrame));
  return readFrames(websocket, [['server', wire]]).frames.map((frame) => websocket.describe(frame));
}

it('tells frames in one line each', () => {
  const lines = told(
    { name: 'text', payload: Buffer.from('{"a":\n1}') },
    { name: 'text', payload: Buffer.from('half'), fin: false },
    { name: 'ping', payload: Buffer.from('now') },
    { name: 'continuation', payload: Buffer.from('x'.repeat(200)) },
    { name: 'binary', payload: Buffer.from([255, 0]) },
    { name: 'pong', payload: Buffer.alloc(0) },
    { name: 'close', payload: encodeClose(1001, 'later') },
  ).map(({ summary }) => summary);
  expect(lines).toEqual([
    '8 B {"a": 1}',
    '4 B, more follows',
    'now',
    `204 B half${'x'.repeat(75)}…`,
    '2 B 2 bytes of binary',
    '',
    '1001 later',
  ]);
});

it('gives programs plain JSON', () => {
  const [text, close] = told(
    { name: 'text', payload: Buffer.from('ü') },
    { name: 'close', payload: Buffer.alloc(0) },
  ).map(({ fields }) => fields);
  expect(text).toEqual({
    fin: true,
    opcode: 1,
    compressed: false,
    masked: false,
    payloadSizeBytes: 2,
    message: { type: 'text', sizeBytes: 2, text: 'ü' },
  });
  expect(close).toMatchObject({ code: 1005, reason: '' });
});
