/** The stories of HTTP and WebSocket, which meet on one connection. */
import { describe, expect, test } from 'vitest';
import { encodeClose, encodeFrame } from '../../../src/protocols/websocket/index.ts';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';

const MASK = Buffer.from('abcd');
const text = (payload: string, masked: boolean): Buffer =>
  encodeFrame({ name: 'text', payload: Buffer.from(payload), ...(masked ? { maskKey: MASK } : {}) });
const get = (target: string, ...headers: string[]): Buffer =>
  Buffer.from(`GET ${target} HTTP/1.1\r\nHost: x\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`);
const ok = (body: string, status = '200 OK'): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

function story(): Promise<Narration> {
  return Narration.of('http', 'http', 'websocket', 'stomp');
}

function upgrade(peer: Speaker): Speaker {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  return peer
    .client(
      get(
        '/chat',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${key}`,
      ),
    )
    .server(
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      ),
    );
}

describe('HTTP', () => {
  test('every request has its answer, kept alive or pipelined', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/a'));
    told.at = 3;
    peer.server(ok('[]'));
    peer.client(get('/b'), get('/c')).server(ok('x'), ok('', '204 No Content'));
    expect(told.messages().map(({ verb, body, latencyMs }) => [verb, body, latencyMs])).toEqual([
      ['GET', '', undefined],
      ['200', '[]', 3],
      ['GET', '', undefined],
      ['GET', '', undefined],
      ['200', 'x', 0],
      ['204', '', 0],
    ]);
    expect(told.steps().slice(0, 2)).toEqual(['#1 published me [/a]', '#1 delivered me [OK]']);
    expect(told.end().lost).toBe(0);
  });

  test('polling: an answer that says nothing is an answer', async () => {
    const told = await story();
    const peer = told.peer('me');
    for (let i = 0; i < 3; i++) peer.client(get('/updates')).server(ok('[]'));
    expect(told.end()).toMatchObject({ stages: { published: 3, delivered: 3 }, lost: 0 });
  });

  test('server-sent events: one response, and each event as it comes', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/events'));
    peer.server(
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
    );
    expect(told.steps()).toEqual(['#1 published me [/events]', '#1 delivered me [OK]']);
    for (const event of ['data: one\n\n', 'event: price\ndata: two\n\n']) {
      peer.server(Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`));
    }
    expect(told.messages().map(({ verb, route, body }) => [verb, route, body])).toEqual([
      ['event', 'message', 'one'],
      ['event', 'price', 'two'],
    ]);
    peer.gone();
    expect(told.end().lost).toBe(0);
  });

  test('a request that is given up before its answer is no mystery', async () => {
    const told = await story();
    told.peer('me').client(get('/updates?wait=10000')).gone();
    expect(told.notes()).toEqual(['me: gives up #1 before its answer']);
    expect(told.end().lost).toBe(0);
  });

  test('an answer in chunks is told when it is complete; a HEAD has none', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/a'));
    peer.server(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'));
    expect(told.messages().length).toBe(1);
    peer.server(Buffer.from('3\r\ndef\r\n0\r\n\r\n'));
    expect(told.messages().at(-1)).toMatchObject({ stage: 'delivered', body: 'abcdef' });
    peer.client(Buffer.from('HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n'));
    peer.server(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'));
    expect(told.messages().filter(({ stage }) => stage === 'delivered').length).toBe(2);
  });

  test('what a request carries is told', async () => {
    const told = await story();
    told.peer('me').client(Buffer.from('POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'));
    expect(told.messages()).toMatchObject([{ verb: 'POST', route: '/a', body: 'hello' }]);
  });

  test('a target with a token keeps it to itself', async () => {
    const told = await story();
    told.peer('me').client(get('/a?token=hush'));
    upgrade(told.peer('other'));
    expect(JSON.stringify(told.told)).not.toContain('hush');
  });
});

describe('WebSocket', () => {
  test('begins as an HTTP request, then both sides speak', async () => {
    const told = await story();
    const peer = upgrade(told.peer('me'));
    expect(told.notes()).toEqual([
      'me: GET /chat: asks to upgrade to WebSocket',
      'me: 101 Switching Protocols: both sides may speak now',
    ]);
    peer.server(text('unasked', false));
    peer.client(text('hello', true));
    told.at = 2;
    peer.server(text('hello', false));
    expect(told.messages().map(({ verb, body, latencyMs }) => [verb, body, latencyMs])).toEqual([
      ['text', 'unasked', undefined],
      ['text', 'hello', undefined],
      ['text', 'hello', 2],
    ]);
    expect(told.steps()).toEqual(['#1 delivered me', '#2 published me', '#2 delivered me [echo]']);
  });

  test('an upgrade that is refused is told, and is no message', async () => {
    const told = await story();
    const peer = told.peer('me');
    peer.client(
      get('/nothing', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='),
    );
    peer.server(ok('no', '404 Not Found'));
    expect(told.notes()).toEqual([
      'me: GET /nothing: asks to upgrade to WebSocket',
      'me: 404 Not Found: the upgrade is refused',
    ]);
    expect(told.messages()).toEqual([]);
  });

  test('fragments are one message', async () => {
    const told = await story();
    const peer = upgrade(told.peer('me'));
    peer.client(encodeFrame({ name: 'text', payload: Buffer.from('hel'), fin: false, maskKey: MASK }));
    peer.client(encodeFrame({ name: 'continuation', payload: Buffer.from('lo'), maskKey: MASK }));
    expect(told.messages().map(({ body }) => body)).toEqual(['hello']);
  });

  test('a close is told with its code and reason', async () => {
    const told = await story();
    const peer = upgrade(told.peer('me'));
    peer.client(encodeFrame({ name: 'close', payload: encodeClose(1000, 'bye').subarray(0), maskKey: MASK }));
    expect(told.notes().at(-1)).toMatch(/^me: close from me: \d+/);
  });

  test('what the client says and nobody answers has arrived: a socket is no request', async () => {
    const told = await story();
    upgrade(told.peer('me')).client(text('just so you know', true)).gone();
    expect(told.end().lost).toBe(0);
  });

  test('one byte at a time tells the same', async () => {
    const told = await story();
    told.bytewise = true;
    const peer = upgrade(told.peer('me'));
    peer.client(text('hello', true)).server(text('hello', false));
    expect(told.steps()).toEqual(['#1 published me', '#1 delivered me [echo]']);
  });
});

test('endless traffic is followed in bounded memory', async () => {
  const told = await story();
  const socket = upgrade(told.peer('socket'));
  const peer = told.peer('me');
  const round = (from: number): void => {
    for (let i = from; i < from + 6_000; i++) {
      socket.client(text(`message ${i} ${'x'.repeat(200)}`, true));
      peer.client(get(`/a/${i}`)).server(ok('x'.repeat(200)));
    }
    told.told.length = 0;
  };
  for (const from of [0, 6_000]) round(from);
  const before = heapUsed();
  for (const from of [12_000, 18_000]) round(from);
  expect(heapUsed() - before).toBeLessThan(8 * 1024 * 1024);
}, 60_000);
