/** A page that the user visits reaches no server on this machine. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Service } from '../../src/core/services.ts';
import { startServers } from '../../src/servers/embedded.ts';
import { isLoopback } from '../../src/servers/loopback.ts';
import { isOrigin, refusalOf } from '../../src/servers/origins.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { TestClient } from './redis/client.ts';

let servers: Required<RunningServer>;
let open: Required<RunningServer>;
const SERVICES = ['redis', 'stomp', 'ws', 'http'] as const;

beforeAll(async () => {
  servers = await startServers({ services: SERVICES });
  open = await startServers({ services: SERVICES, allowOrigins: ['https://shop.example'] });
});
afterAll(async () => {
  await servers.close();
  await open.close();
});

/** The status with which a WebSocket is opened or refused. */
async function statusOf(from: RunningServer, service: Service, headers: Record<string, string>): Promise<number> {
  const { host } = new URL(from.urls[service] ?? '');
  const path = { stomp: '/ws', http: '/updates/a', ws: '/' }[service as string];
  const peer = new WebSocket(`ws://${host}${path}`, { headers });
  peer.on('error', () => {});
  const [response] = await Promise.race([
    once(peer, 'unexpected-response').then(([, response]) => [response.statusCode]),
    once(peer, 'open').then(() => [101]),
  ]);
  peer.terminate();
  return response;
}

describe.each(['stomp', 'ws', 'http'] as const)('the WebSocket of %s', (service) => {
  it.each<[number, Record<string, string>]>([
    [101, {}],
    [101, { Origin: 'http://localhost:3000' }],
    [101, { Origin: 'http://app.localhost' }],
    [101, { Origin: 'http://127.0.0.1:8080' }],
    [101, { Origin: 'https://[::1]' }],
    [101, { Host: 'localhost:1' }],
    [101, { Host: '192.168.0.7:1' }],
    [101, { Host: 'messages:1' }],
    [403, { Origin: 'https://evil.example' }],
    [403, { Origin: 'http://localhost.evil.example' }],
    [403, { Origin: 'http://127.0.0.1.evil.example' }],
    [403, { Origin: 'null' }],
    [403, { Origin: 'file://' }],
    [403, { Host: 'rebound.example:1' }],
    [403, { Host: 'rebound.example.' }],
  ])('answers %i to %j', async (status, headers) => {
    expect(await statusOf(servers, service, headers)).toBe(status);
  });

  it('lets in the origins that are allowed', async () => {
    expect(await statusOf(open, service, { Origin: 'https://shop.example' })).toBe(101);
    expect(await statusOf(open, service, { Host: 'shop.example' })).toBe(101);
    expect(await statusOf(open, service, { Origin: 'https://other.example' })).toBe(403);
  });
});

/** The status with which a request is answered, byte by byte as it is given. */
async function answerTo(service: Service, request: string): Promise<string> {
  const socket = connect(Number(new URL(servers.urls[service] ?? '').port), '127.0.0.1').setEncoding('latin1');
  socket.write(request);
  const [head] = await once(socket, 'data');
  socket.destroy();
  return head.slice(9, 12);
}

describe.each(['stomp', 'ws', 'http'] as const)('what a request to %s says of its host', (service) => {
  const served = { stomp: '404', ws: '426', http: '200' }[service];
  // RFC 9112 §3.2 and §3.2.2
  it.each([
    ['400', 'GET /health HTTP/1.1\r\n'],
    ['400', 'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n'],
    ['400', 'GET /health HTTP/1.0\r\nHost: localhost\r\nhOST: rebound.example\r\n'],
    ['400', 'GET /health HTTP/1.1\r\nHost: me@localhost\r\n'],
    ['400', 'GET /health HTTP/1.1\r\nHost: local host\r\n'],
    ['403', 'GET http://rebound.example/health HTTP/1.1\r\nHost: localhost\r\n'],
    ['403', 'POST ws://rebound.example:80/health HTTP/1.1\r\nHost: localhost\r\n'],
    [served, 'GET http://localhost/health HTTP/1.1\r\nHost: rebound.example\r\n'],
    [served, 'GET /health HTTP/1.1\r\nHost:\r\n'],
    [served, 'GET /health HTTP/1.0\r\n'],
  ])('is answered with %s: %j', async (status, head) => {
    expect(await answerTo(service, `${head}\r\n`)).toBe(status);
    if (status === served) return;
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ';
    expect(await answerTo(service, `${head}${upgrade}dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)).toBe(status);
  });
});

it('takes no request of a page from elsewhere', async () => {
  const url = `${servers.urls.http}/updates/page`;
  const headers = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
  const refused = await fetch(url, { method: 'POST', body: 'x', headers });
  expect([refused.status, await refused.text()]).toEqual([
    403,
    'Pages from https://evil.example are not served. Start it with --allow-origin https://evil.example if they should be.\n',
  ]);
  expect(await (await fetch(url)).json()).toEqual([]);
});

it.each(['POST', 'PUT', 'OPTIONS', 'DELETE'])('reads no STOMP in what a browser sends as %s', async (method) => {
  const { port } = new URL(servers.urls.stomp ?? '');
  const socket = connect(Number(port), '127.0.0.1');
  const frames = 'CONNECT\n\n\0SEND\ndestination:/queue/a\n\nx\0';
  socket.write(
    `${method} / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: ${frames.length}\r\n\r\n${frames}`,
  );
  let text = '';
  for await (const part of socket) text += part;
  expect(text).toMatch(/^HTTP\/1.1 404/);
});

describe('Redis', () => {
  it.each([
    ['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET attacked 1\r\n'],
    ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET attacked 1\r\n'],
    ['post x\r\nSET attacked 1\r\n'],
    ['*2\r\n$5\r\nhOST:\r\n$1\r\nx\r\nSET attacked 1\r\n'],
  ])('closes the connection at %j, and nothing runs', async (request) => {
    const { port } = new URL(servers.urls.redis ?? '');
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(request);
    socket.resume();
    await once(socket, 'close');
    const client = await TestClient.tcp(Number(port));
    expect(await client.bytes('EXISTS', 'attacked')).toBe(':0\r\n');
    client.close();
  });
});

it('knows origins and hosts', () => {
  expect(['https://a.example', 'http://localhost:1', '*'].every(isOrigin)).toBe(true);
  expect(['a.example', 'https://a.example/', 'https://a.example/x', 'null', ''].some(isOrigin)).toBe(false);
  expect(['localhost', 'LOCALHOST', 'a.localhost', '127.3.2.1', '[::1]', '::1'].every(isLoopback)).toBe(true);
  expect(['127.0.0.1.example', 'localhost.example', '128.0.0.1', '::2', ''].some(isLoopback)).toBe(false);
  expect(refusalOf({ origin: 'https://a.example', host: 'b.example' }, ['*'])).toBeUndefined();
});
