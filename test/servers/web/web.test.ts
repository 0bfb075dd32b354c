import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BackendError } from '../../../src/core/errors.ts';
import type { Clock } from '../../../src/core/time/clock.ts';
import type { RunningServer, ServerOptions } from '../../../src/servers/server.ts';
import web from '../../../src/servers/web/index.ts';

const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(
  options: Partial<ServerOptions> = {},
): Promise<{ http: string; ws: string; server: RunningServer }> {
  const server = await web.start({ services: ['ws', 'http'], ...options });
  running.push(server);
  return { http: server.urls.http ?? '', ws: server.urls.ws ?? '', server };
}

/** A clock that only moves when told to. */
function stillClock(): Clock & { run(): void } {
  const pending = new Set<() => void>();
  return {
    now: () => 0,
    wall: () => 0,
    after(_delayMs, action) {
      pending.add(action);
      return () => pending.delete(action);
    },
    run() {
      for (const action of [...pending]) {
        pending.delete(action);
        action();
      }
    },
  };
}

/** Sends bytes as they are; resolves with all that comes back until the server closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''));
  socket.setEncoding('latin1').write(bytes, 'latin1');
  let text = '';
  for await (const part of socket) text += part;
  return text;
}

async function open(url: string): Promise<{ peer: WebSocket; next: () => Promise<string> }> {
  const peer = new WebSocket(url);
  const arrived: string[] = [];
  const wanted: ((text: string) => void)[] = [];
  peer.on('message', (data) => {
    const text = String(data);
    const want = wanted.shift();
    if (want) want(text);
    else arrived.push(text);
  });
  await once(peer, 'open');
  const next = () =>
    new Promise<string>((resolve) => {
      const text = arrived.shift();
      if (text === undefined) wanted.push(resolve);
      else resolve(text);
    });
  return { peer, next };
}

describe('the echo', () => {
  it('sends text and binary messages back as they came', async () => {
    const { ws } = await start();
    const peer = new WebSocket(ws);
    await once(peer, 'open');
    for (const message of ['hello', '', 'ü'.repeat(100_000), Buffer.from([0, 255]), Buffer.alloc(1_000_000, 3)]) {
      const echoed = once(peer, 'message');
      peer.send(message);
      const [data, isBinary] = await echoed;
      expect(isBinary).toBe(typeof message !== 'string');
      expect(Buffer.from(message as string).equals(data)).toBe(true);
    }
    peer.close(1000);
    expect((await once(peer, 'close'))[0]).toBe(1000);
  });

  it('does not read on for a peer that does not read', async () => {
    const { ws } = await start();
    const peer = new WebSocket(ws);
    await once(peer, 'open');
    peer.pause();
    const message = Buffer.alloc(1_000_000);
    for (let count = 0; count < 40; count++) peer.send(message);
    peer.resume();
    for (let count = 0; count < 40; count++) await once(peer, 'message');
    peer.terminate();
  });

  it('answers plain HTTP with 426', async () => {
    const { ws } = await start();
    const response = await fetch(ws.replace('ws:', 'http:'));
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
  });

  it.each([true, false])('compresses messages that get shorter, where a client offers it: %s', async (offers) => {
    const { ws } = await start();
    const peer = new WebSocket(ws, { perMessageDeflate: offers });
    let receivedBytes = 0;
    peer.once('upgrade', ({ socket }) => socket.on('data', (chunk: Buffer) => (receivedBytes += chunk.length)));
    await once(peer, 'open');
    const text = 'abc'.repeat(10_000);
    const echoed = once(peer, 'message');
    peer.send(text);
    expect(String((await echoed)[0])).toBe(text);
    expect(peer.extensions).toBe(offers ? 'permessage-deflate' : '');
    if (offers) expect(receivedBytes).toBeLessThan(1000);
    else expect(receivedBytes).toBeGreaterThan(text.length);
    peer.terminate();
  });

  it('refuses a handshake that is none, and a message that is too large', async () => {
    const { ws } = await start();
    const head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(await raw(ws, `${head}\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(ws, `${head.replace('GET', 'POST')}\r\n`)).toMatch(/^HTTP\/1.1 405 /);
    const peer = new WebSocket(ws);
    await once(peer, 'open');
    peer.send(Buffer.alloc(17 * 1024 * 1024));
    expect((await once(peer, 'close'))[0]).toBe(1009);
  });
});

describe('updates', () => {
  const publish = (http: string, data: string, topic = 'news') =>
    fetch(`${http}/updates/${topic}`, { method: 'POST', body: data });
  const poll = (http: string, query = '', topic = 'news') => fetch(`${http}/updates/${topic}${query}`);

  it('are numbered, and polled from any number on', async () => {
    const { http } = await start();
    expect(await (await poll(http)).json()).toEqual([]);
    const first = await publish(http, 'a');
    expect([first.status, first.headers.get('location')]).toEqual([201, '/updates/news?after=0']);
    expect(await first.json()).toEqual({ number: 1 });
    await publish(http, 'ü');
    await publish(http, 'elsewhere', 'other');
    expect(await (await poll(http)).json()).toEqual([
      { number: 1, data: 'a' },
      { number: 2, data: 'ü' },
    ]);
    expect(await (await poll(http, '?after=1')).json()).toEqual([{ number: 2, data: 'ü' }]);
    expect(await (await poll(http, '?after=2')).json()).toEqual([]);
  });

  it('answer a long poll when they come, or with 204 when none came', async () => {
    const clock = stillClock();
    const { http } = await start({ clock });
    const waiting = poll(http, '?after=1&wait=5000');
    await publish(http, 'a');
    await publish(http, 'b');
    expect(await (await waiting).json()).toEqual([{ number: 2, data: 'b' }]);
    const nothing = poll(http, '?after=9&wait=5000');
    const ticking = setInterval(() => clock.run(), 5);
    expect((await nothing).status).toBe(204);
    clearInterval(ticking);
  });

  it('stream as server-sent events, and again from the last one seen', async () => {
    const { http } = await start();
    await publish(http, 'a\nb');
    const response = await poll(http, '/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('id: 1\ndata: {"number":1,"data":"a\\nb"}\n\n');
    await publish(http, 'c');
    expect((await reader.read()).value).toBe('id: 2\ndata: {"number":2,"data":"c"}\n\n');
    await reader.cancel();
    const again = await fetch(`${http}/updates/news/events`, { headers: { 'Last-Event-ID': '1' } });
    const rest = again.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await rest.read()).value).toBe('id: 2\ndata: {"number":2,"data":"c"}\n\n');
    await rest.cancel();
  });

  it('are pushed over WebSocket, which publishes too', async () => {
    const { http } = await start();
    await publish(http, 'a');
    const base = http.replace('http:', 'ws:');
    const early = await open(`${base}/updates/news`);
    expect(await early.next()).toBe('{"number":1,"data":"a"}');
    const late = await open(`${base}/updates/news?after=1`);
    late.peer.send('b');
    expect(await early.next()).toBe('{"number":2,"data":"b"}');
    expect(await late.next()).toBe('{"number":2,"data":"b"}');
    early.peer.send(Buffer.from([1]));
    expect((await once(early.peer, 'close'))[0]).toBe(1003);
    late.peer.terminate();
  });

  it('give way to newer ones, and topics are limited', async () => {
    const { http } = await start();
    const large = 'x'.repeat(60_000);
    for (let count = 0; count < 30; count++) await publish(http, large);
    const kept = (await (await poll(http)).json()) as { number: number }[];
    expect(kept.length).toBe(17);
    expect(kept.at(-1)?.number).toBe(30);
    for (let count = 1; count < 100; count++) expect((await publish(http, 'x', `t${count}`)).status).toBe(201);
    const refused = await publish(http, 'x', 'one-more');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    const peer = new WebSocket(`${http.replace('http:', 'ws:')}/updates/one-more`);
    expect(String((await once(peer, 'error'))[0])).toContain('503');
  });
});

describe('other resources', () => {
  it('tell health and echo a body', async () => {
    const { http } = await start();
    expect(await (await fetch(`${http}/health`)).json()).toEqual({ status: 'ok' });
    const echoed = await fetch(`${http}/echo?x=1`, {
      method: 'PUT',
      body: 'hi',
      headers: { 'Content-Type': 'text/x' },
    });
    expect([echoed.headers.get('content-type'), echoed.headers.get('x-echo-method')]).toEqual(['text/x', 'PUT']);
    expect(await echoed.text()).toBe('hi');
    expect((await fetch(`${http}/echo`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('what can not be answered gets the right status', () => {
  it('on a connection that goes on, where no body is on its way', async () => {
    const { http } = await start({ services: ['http'] });
    const asks = ['GET /nowhere', 'HEAD /nowhere', 'DELETE /health', 'HEAD /health', 'GET /updates/a?after=0&wait=1'];
    const head = (line: string, more = '') => `${line} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    const told = await raw(
      http,
      [...asks.map((line) => head(line)), head('GET /health', 'Connection: close\r\n')].join(''),
    );
    expect(told.match(/HTTP\/1\.1 \d+|^Connection: .*/gm)?.map((line) => line.trim())).toEqual([
      ...['404', '404', '405', '200', '204'].flatMap((status) => [`HTTP/1.1 ${status}`, 'Connection: keep-alive']),
      'HTTP/1.1 200',
      'Connection: close',
    ]);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/updates/', 404],
    ['GET', '/updates/a/b', 404],
    ['DELETE', '/updates/a', 405],
    ['POST', '/updates/a/events', 405],
    ['POST', '/health', 405],
    ['GET', '/updates/a?after=-1', 400],
    ['GET', '/updates/a?after=1e3', 400],
    ['GET', '/updates/a?wait=60001', 400],
    ['GET', '/updates/%ff', 400],
    ['GET', `/updates/${'a'.repeat(101)}`, 400],
  ])('%s %s', async (method, path, status) => {
    const { http } = await start({ services: ['http'] });
    const response = await fetch(http + path, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
    if (status === 405) expect(response.headers.get('allow')).toContain('GET');
  });

  it.each([
    ['no request at all', '\x16\x03\x01\r\n\r\n', 400],
    ['two lengths', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['no host', 'GET /echo HTTP/1.1\r\n\r\n', 400],
    ['a huge head', `GET /echo HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['text that is not UTF-8', 'POST /updates/a HTTP/1.0\r\nContent-Length: 1\r\n\r\n\xff', 400],
    ['a length too large', 'POST /updates/a HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n', 413],
    [
      'chunks too large',
      `POST /updates/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n${'a'.repeat(65537)}`,
      413,
    ],
    ['an expectation', 'GET /echo HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n', 417],
    ['an upgrade elsewhere', 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', 404],
    ['an unknown upgrade', 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n', 200],
    [
      'a body behind one',
      'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx',
      400,
    ],
  ])('%s', async (_, bytes, status) => {
    const { http } = await start({ services: ['http'] });
    expect(await raw(http, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('starting and closing', () => {
  it('listens on both loopback addresses with one port', async () => {
    const { http } = await start({ services: ['http'] });
    const { port } = new URL(http);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    const probe = createServer();
    const has6 = await new Promise((resolve) => {
      probe.once('error', () => resolve(false)).listen(0, '::1', () => probe.close(() => resolve(true)));
    });
    if (has6) expect((await fetch(`http://[::1]:${port}/health`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${port}/health`)).rejects.toThrow();
  });

  it('starts only what it is asked for, where it is asked to', async () => {
    const { server } = await start({ services: ['ws'], hosts: ['127.0.0.1'] });
    expect(Object.keys(server.urls)).toEqual(['ws']);
  });

  it('says which port is taken and what to do', async () => {
    const { http } = await start();
    const port = Number(new URL(http).port);
    const error = await web.start({ services: ['ws', 'http'], ports: { http: port } }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect([error.message, error.hint]).toEqual([
      `port ${port} for HTTP is taken`,
      'choose another with --port http=N, or leave it out to get a free one',
    ]);
  });

  it('leaves nothing open, whatever its clients are doing', async () => {
    const { http, ws, server } = await start();
    const idle = connect(Number(new URL(http).port), '127.0.0.1');
    await once(idle, 'connect');
    const ends: Promise<unknown>[] = [once(idle, 'close')];
    const events = await fetch(`${http}/updates/a/events`);
    ends.push(events.text().catch(() => {}));
    ends.push(fetch(`${http}/updates/a?wait=60000`).catch(() => {}));
    const { peer } = await open(ws);
    const goodbye = once(peer, 'close');
    const silent = await new Promise<Socket>((resolve) => {
      const other = new WebSocket(ws);
      other.once('upgrade', (message) => resolve(message.socket.pause() as Socket));
    });
    ends.push(once(silent, 'close').catch(() => {}));
    silent.resume();
    await server.close();
    expect((await goodbye)[0]).toBe(1001);
    await Promise.all(ends);
    await expect(fetch(`${http}/health`)).rejects.toThrow();
    await server.close();
  });

  it('restarts on the same ports and has forgotten everything', async () => {
    const { http, ws, server } = await start();
    await fetch(`${http}/updates/a`, { method: 'POST', body: 'x' });
    await server.restart?.();
    expect(await (await fetch(`${http}/updates/a`)).json()).toEqual([]);
    expect((await open(ws)).peer.readyState).toBe(WebSocket.OPEN);
  });
});
