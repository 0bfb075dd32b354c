/** The story of WebSocket, which begins in HTTP. */
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../../src/protocols/websocket/index.ts';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration } from '../../helpers/narrate.ts';
import { close, expectNoAccount, get, MASK, ok, story, text, upgrade } from '../../helpers/web-speech.ts';

describe('WebSocket', () => {
  test('begins as an HTTP request, then both sides speak', async () => {
    const told = await story('ws');
    const peer = upgrade(told.peer('me'));
    expect(told.notes()).toEqual([
      'me: GET /chat: asks to upgrade to WebSocket',
      'me: 101 Switching Protocols: both sides may speak now',
    ]);
    peer.client(text('hello', true));
    told.at = 2;
    peer.server(text('hello', false));
    expect(told.messages().map(({ verb, body, latencyMs }) => [verb, body, latencyMs])).toEqual([
      ['text', 'hello', undefined],
      ['text', 'hello', 2],
    ]);
    expect(told.steps()).toEqual(['#1 sent me', '#1 received me [echo]']);
    expectNoAccount(told);
  });

  test('echoes come in order, also of equal messages, and are matched by all that was said', async () => {
    const told = await story('ws');
    const long = 'x'.repeat(70_000);
    const peer = upgrade(told.peer('me')).client(
      text('a', true),
      text(`${long}1`, true),
      text(`${long}2`, true),
      text('a', true),
    );
    told.steps();
    peer.server(text('a', false), text(`${long}1`, false), text(`${long}2`, false), text('a', false));
    expect(told.steps()).toEqual(['#1', '#2', '#3', '#4'].map((id) => `${id} received me [echo]`));
  });

  test('an echo server that says anything else contradicts what is known of it', async () => {
    const told = await story('ws');
    upgrade(told.peer('me')).client(text('a', true), text('b', true)).server(text('b', false));
    expect(told.notes().at(-1)).toContain('the story contradicts what the server did');
  });

  test('of any other server it is not known why it says the same words', async () => {
    for (const own of [true, false]) {
      const told = await story(own ? 'http' : 'ws', own);
      upgrade(told.peer('me')).client(text('hi', true)).server(text('hi', false), text('unasked', false));
      expect(told.steps()).toEqual(['#1 sent me', '#2 received me', '#3 received me']);
      expect(told.messages().every(({ latencyMs }) => latencyMs === undefined)).toBe(true);
    }
  });

  test('more unanswered messages than are remembered do not shift the echoes', async () => {
    const told = await story('ws');
    const peer = upgrade(told.peer('me'));
    for (let count = 1; count <= 10_002; count++) peer.client(text(`${count}`, true));
    told.steps();
    for (let count = 1; count <= 4; count++) peer.server(text(`${count}`, false));
    expect(told.steps()).toEqual([
      '#10003 received me',
      '#10004 received me',
      '#3 received me [echo]',
      '#4 received me [echo]',
    ]);
  });

  test('an upgrade that is refused is told, and is no message', async () => {
    const told = await story();
    const peer = told.peer('me');
    peer.client(
      get('/nothing', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='),
    );
    peer.server(ok('no', '404 Not Found')).gone('server');
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

  test('a close is told when it is said, with its code and reason', async () => {
    const told = await story();
    const peer = upgrade(told.peer('me')).client(text('x', true), close(true, 1000, 'bye'));
    expect(told.notes().at(-1)).toBe('me: close from me: 1000 bye');
    peer.server(close(false));
    expect(told.notes().at(-1)).toBe('me: close from the server, without a code');
    const before = told.notes().length;
    peer.gone('server');
    expect(told.notes().length).toBe(before);
  });

  test('a connection that nobody closed with a word', async () => {
    const told = await story();
    upgrade(told.peer('me')).client(text('just so you know', true)).gone('server');
    expect(told.notes().at(-1)).toBe('me: nobody said goodbye: the server ended the connection');
    expectNoAccount(told);
  });

  test.each(['client', 'server', 'cut'] as const)('one that breaks before anybody spoke, by %s', async (by) => {
    const told = await story('ws');
    upgrade(told.peer('silent')).gone(by);
    upgrade(told.peer('pings'))
      .server(encodeFrame({ name: 'ping', payload: Buffer.from('a') }))
      .gone(by);
    upgrade(told.peer('begins'))
      .client(encodeFrame({ name: 'text', payload: Buffer.from('hel'), fin: false, maskKey: MASK }))
      .gone(by);
    expect(told.notes().filter((note) => note.includes('nobody said goodbye'))).toHaveLength(3);
  });

  test('a request that became none, and what became another protocol, say no goodbye', async () => {
    const told = await Narration.of('stomp', ['http', 'websocket', 'stomp']);
    told.peer('me').client(get('/')).server(ok('x')).gone('server');
    upgrade(told.peer('stomp')).client(text('CONNECT\naccept-version:1.2\nhost:/\n\n\0', true)).gone('server');
    expect(told.notes().filter((note) => note.includes('nobody said goodbye'))).toEqual([]);
  });

  test('one byte at a time tells the same', async () => {
    const told = await story('ws');
    told.bytewise = true;
    const peer = upgrade(told.peer('me'));
    peer.client(text('hello', true)).server(text('hello', false));
    expect(told.steps()).toEqual(['#1 sent me', '#1 received me [echo]']);
  });
});

test.each(['http', 'ws'] as const)(
  'endless traffic is followed in bounded memory: %s',
  async (service) => {
    const told = await story(service);
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
  },
  60_000,
);
