import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import amqp, { type AmqpValue, encodeContent, PROTOCOL_HEADER } from '../../src/protocols/amqp/index.ts';
import http, { encodeChunk, type HttpValue, LAST_CHUNK } from '../../src/protocols/http/index.ts';
import { type Frame, KEEP_BYTES, type Protocol } from '../../src/protocols/protocol.ts';
import stomp, { encodeFrame as encodeStomp, type StompValue } from '../../src/protocols/stomp/index.ts';
import websocket, { encodeFrame, type WebSocketValue } from '../../src/protocols/websocket/index.ts';
import { type ReadOptions, readFrames, type Script } from '../helpers/read-frames.ts';

type Told = { size: number; digest: string | undefined };

const DEFLATE: ReadOptions = {
  handshake: { request: new Map(), response: new Map([['sec-websocket-extensions', 'permessage-deflate']]) },
};

/** A body inside a protocol, and where its frames tell of it. */
interface Carried {
  readonly protocol: Protocol;
  readonly script: Script;
  readonly read: (frame: Frame) => Told | undefined;
  readonly options?: ReadOptions;
}

const CARRIERS: [string, (body: Buffer) => Carried][] = [
  [
    'AMQP content',
    (body) => ({
      script: [['client', Buffer.concat([PROTOCOL_HEADER, encodeContent(1, 'basic.publish', {}, {}, body, 4096)])]],
      read: ({ value }) => {
        const { content } = value as AmqpValue;
        return content && { size: content.bodySize, digest: content.digest };
      },
      protocol: amqp,
    }),
  ],
  ...(['with a length', 'up to its NUL'] as const).map((how): (typeof CARRIERS)[number] => [
    `a STOMP body ${how}`,
    (body) => ({
      script: [
        [
          'client',
          how === 'with a length'
            ? encodeStomp('SEND', [['content-length', String(body.length)]], body, '1.2')
            : Buffer.concat([Buffer.from('SEND\n\n'), body, Buffer.of(0)]),
        ],
      ],
      read: ({ value }) => ({ size: (value as StompValue).bodySize, digest: (value as StompValue).digest }),
      protocol: stomp,
    }),
  ]),
  ...(['masked', 'in fragments', 'compressed'] as const).map((how): (typeof CARRIERS)[number] => [
    `a WebSocket message ${how}`,
    (body) => ({
      options: how === 'compressed' ? DEFLATE : {},
      script: [[how === 'masked' ? 'client' : 'server', messageOf(body, how)]],
      read: ({ value }) => {
        const { message } = value as WebSocketValue;
        return message && { size: message.size, digest: message.digest };
      },
      protocol: websocket,
    }),
  ]),
  ...(['with a length', 'in one chunk'] as const).map((how): (typeof CARRIERS)[number] => [
    `an HTTP body ${how}`,
    (body) => ({
      script: [
        ['client', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
        [
          'server',
          how === 'with a length'
            ? Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body])
            : Buffer.concat([
                Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
                encodeChunk(body),
                LAST_CHUNK,
              ]),
        ],
      ],
      read: ({ value }) => {
        const of = value as HttpValue;
        return of.kind === 'body' || of.kind === 'chunk' ? { size: of.bodySize, digest: of.digest } : undefined;
      },
      protocol: http,
    }),
  ]),
];

describe.each(CARRIERS)('the digest of %s', (_, carry) => {
  it.each([1000, 4096, Number.MAX_SAFE_INTEGER])('is that of the whole, in pieces of %i bytes', (pieceBytes) => {
    for (const size of [KEEP_BYTES + 1, 3 * KEEP_BYTES + 17]) {
      const body = Buffer.from(Array.from({ length: size }, (_, at) => 97 + (at % 23)));
      const { protocol, script, read, options } = carry(body);
      const { frames, faults } = readFrames(protocol, script, { ...options, pieceBytes });
      expect(faults).toEqual({});
      const digest = createHash('sha1').update(body).digest('base64');
      expect(frames.map(read).filter((told) => told !== undefined)).toEqual([{ size, digest }]);
    }
  });

  it('is not made of a body that is kept whole', () => {
    const body = Buffer.alloc(KEEP_BYTES - 100, 'x');
    const { protocol, script, read, options } = carry(body);
    const { frames } = readFrames(protocol, script, { ...options, pieceBytes: 5000 });
    expect(frames.map(read).filter((told) => told !== undefined)).toEqual([{ size: body.length, digest: undefined }]);
  });
});

function messageOf(body: Buffer, how: 'masked' | 'in fragments' | 'compressed'): Buffer {
  if (how === 'masked') return encodeFrame({ name: 'binary', payload: body, maskKey: Buffer.from([1, 2, 3, 4]) });
  if (how === 'compressed') {
    const payload = deflateRawSync(body, { finishFlush: 2 }).subarray(0, -4);
    return encodeFrame({ name: 'binary', payload, rsv1: true });
  }
  return Buffer.concat([
    encodeFrame({ name: 'text', payload: body.subarray(0, 40_000), fin: false }),
    encodeFrame({ name: 'continuation', payload: body.subarray(40_000) }),
  ]);
}
