/** The WebSocket codec against ws, which was written by others from the same RFCs. */
import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import * as ws from 'ws';
import http from '../../../src/protocols/http/index.ts';
import type { Converse, Side } from '../../../src/protocols/protocol.ts';
import websocket, {
  encodeFrame,
  type FrameToEncode,
  type WebSocketValue,
} from '../../../src/protocols/websocket/index.ts';
import { readFrames, type Script } from '../../helpers/read-frames.ts';

interface WsReceiver {
  on(event: string, listener: (...values: never[]) => void): void;
  write(bytes: Buffer): void;
}
// The types of ws leave its Receiver out.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => WsReceiver };

type Told = [kind: string, text: string];

/** What ws makes of one direction's bytes. */
async function toldByWs(bytes: Buffer, isServer: boolean): Promise<Told[]> {
  const told: Told[] = [];
  const receiver = new Receiver({ isServer });
  receiver.on('message', (data: Buffer, isBinary: boolean) => told.push([isBinary ? 'binary' : 'text', hex(data)]));
  receiver.on('ping', (data: Buffer) => told.push(['ping', hex(data)]));
  receiver.on('pong', (data: Buffer) => told.push(['pong', hex(data)]));
  receiver.on('conclude', (code: number, reason: Buffer) => told.push(['close', `${code} ${hex(reason)}`]));
  receiver.on('error', (error: Record<symbol, number>) => {
    const status = Object.getOwnPropertySymbols(error).find((symbol) => symbol.description === 'status-code');
    told.push(['error', String(status && error[status])]);
  });
  receiver.write(bytes);
  await setImmediate();
  return told;
}

function toldByUs(bytes: Buffer, from: Side, pieceBytes: number): { told: Told[]; message: string } {
  const { frames, faults } = readFrames(websocket, [[from, bytes]], { pieceBytes });
  const told = frames.flatMap(({ name, value }): Told[] => {
    const { message, close, payload } = value as WebSocketValue;
    if (message) return [[message.type, hex(message.data)]];
    if (close) return [['close', `${close.code} ${hex(Buffer.from(close.reason))}`]];
    return name === 'ping' || name === 'pong' ? [[name, hex(payload)]] : [];
  });
  const fault = faults[from] as { code: number; message: string } | undefined;
  if (fault) told.push(['error', String(fault.code)]);
  return { told, message: fault?.message ?? '' };
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}

const payload = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const frame = fc.record({
  name: fc.constantFrom<FrameToEncode['name'][]>('text', 'binary', 'continuation', 'ping', 'pong', 'close'),
  payload,
  fin: fc.boolean(),
});

describe('ws', () => {
  it('understands a sequence of frames as we do, errors and their close codes included', async () => {
    const sequence = fc.array(frame, { maxLength: 12 });
    const change = fc.option(fc.tuple(fc.nat(400), fc.nat(255)), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        sequence,
        change,
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (parts, edit, masked, n) => {
          const key = masked ? { maskKey: Buffer.from('a1b2c3d4', 'hex') } : {};
          const bytes = Buffer.concat(parts.map((part) => encodeFrame({ ...part, ...key })));
          if (edit && edit[0] < bytes.length) bytes[edit[0]] = edit[1];
          const ours = toldByUs(bytes, masked ? 'client' : 'server', n);
          // Stricter here, as §5.2 demands: ws reads lengths that take more bytes than they need.
          fc.pre(!ours.message.includes('fewest bytes'));
          const theirs = await toldByWs(bytes, masked);
          // A protocol error here, as §5.2 says: ws finds such a length too large.
          if (ours.message.includes('most significant bit') && theirs.at(-1)?.[1] === '1009') {
            ours.told.pop();
            theirs.pop();
          }
          // Later here: ws judges a header by its first two bytes, we when it is whole, and these bytes may end before.
          if (theirs.length > ours.told.length && theirs.at(-1)?.[0] === 'error') theirs.pop();
          // Earlier here, as §8.1 allows: ws looks at text when the message is whole, we when a fragment can't be saved.
          if (ours.message.includes('is not UTF-8')) {
            expect(ours.told.slice(0, -1)).toEqual(theirs.slice(0, ours.told.length - 1));
            return;
          }
          // ws reads nothing behind a close frame; a tap goes on and says what is wrong there.
          const end = theirs.findIndex(([kind]) => kind === 'close');
          expect(end < 0 ? ours.told : ours.told.slice(0, end + 1)).toEqual(theirs);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a connection between a ws client and a ws server', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  /** Runs an echo over a recording relay; resolves with what went by, in order. */
  async function record(deflate: object | boolean, messages: (string | Buffer)[]): Promise<Script> {
    const echo = new ws.WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: deflate });
    echo.on('connection', (peer) => peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })));
    await new Promise((listening) => echo.once('listening', listening));
    const script: [Side, Buffer][] = [];
    const relay = createServer((socket: Socket) => {
      const upstream = tcpConnect((echo.address() as { port: number }).port, '127.0.0.1');
      socket.on('data', (chunk) => script.push(['client', chunk])).pipe(upstream);
      upstream.on('data', (chunk) => script.push(['server', chunk])).pipe(socket);
    }).listen(0, '127.0.0.1');
    closers.push(
      () => echo.close(),
      () => relay.close(),
    );
    await new Promise((listening) => relay.once('listening', listening));
    const { port } = relay.address() as { port: number };
    const client = new ws.WebSocket(`ws://127.0.0.1:${port}/x`, { perMessageDeflate: deflate });
    await new Promise((open) => client.once('open', open));
    let seen = 0;
    const done = new Promise<void>((resolve) => client.on('message', () => ++seen === messages.length && resolve()));
    for (const message of messages) client.send(message);
    await done;
    client.close(1000, 'bye');
    await new Promise((closed) => client.once('close', closed));
    return script;
  }

  it.each([
    ['without compression', false],
    ['compressed, each message with the ones before as context', { threshold: 0 }],
    [
      'compressed, each message on its own',
      { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
    ['compressed with small windows', { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ])('is read from its HTTP request to its close, %s', async (_, deflate) => {
    const sample = fc.sample(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 2000 }), payload), {
      numRuns: 60,
      seed: 1,
    });
    const messages = [...sample, 'x'.repeat(50_000), ...sample.slice(0, 10), Buffer.alloc(100_000, 'abcdefg')];
    const script = await record(deflate, messages);
    for (const pieceBytes of [undefined, 1]) {
      const carry: Converse['carry'] = (protocol, handshake) =>
        protocol === 'websocket'
          ? websocket.converse({ handshake, emit: (f) => frames.push([f.from, f.value]) })
          : undefined;
      const frames: [Side, unknown][] = [];
      const { faults } = readFrames(http, script, { carry, end: true, ...(pieceBytes ? { pieceBytes } : {}) });
      expect(faults).toEqual({});
      for (const from of ['client', 'server'] as const) {
        const read = frames.flatMap(([side, value]) => {
          const { message } = value as WebSocketValue;
          return side === from && message ? [[message.type, message.size, hex(message.data.subarray(0, 60_000))]] : [];
        });
        expect(read).toEqual(
          messages.map((message) => {
            const bytes = Buffer.from(message as string);
            return [typeof message === 'string' ? 'text' : 'binary', bytes.length, hex(bytes.subarray(0, 60_000))];
          }),
        );
        const last = frames.filter(([side]) => side === from).at(-1)?.[1] as WebSocketValue;
        expect(last.close).toEqual({ code: 1000, reason: 'bye' });
      }
    }
  });
});

describe('any bytes', () => {
  it('are read alike under any chunking, and never crash', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(frame, { maxLength: 8 }).map((parts) => Buffer.concat(parts.map((part) => encodeFrame(part)))),
    );
    const handshake = { request: new Map(), response: new Map([['sec-websocket-extensions', 'permessage-deflate']]) };
    fc.assert(
      fc.property(bytes, fc.constantFrom<Side[]>('client', 'server'), fc.nat(30), (input, from, n) => {
        const script: Script = [[from, Buffer.from(input)]];
        const whole = readFrames(websocket, script, { handshake, end: true });
        const pieces = readFrames(websocket, script, { handshake, end: true, pieceBytes: n + 1 });
        expect(pieces.frames).toEqual(whole.frames);
        expect(String(pieces.faults[from])).toBe(String(whole.faults[from]));
        for (const found of whole.frames) expect(() => JSON.stringify(websocket.describe(found))).not.toThrow();
        if (whole.faults[from]) expect((whole.faults[from] as Error).name).toBe('ProtocolError');
      }),
      { numRuns: 1500 },
    );
  });
});
