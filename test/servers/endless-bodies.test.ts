/** A request whose body never ends is answered, and its connection ends: nobody reads on for ever. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { duplexPair } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../src/core/services.ts';
import { startWebServer } from '../../src/lab/web-server.ts';
import { embedServers, startServers } from '../../src/servers/embedded.ts';
import type { RunningServer } from '../../src/servers/server.ts';

const MANY = 64 * 1024 * 1024;
let servers: Required<RunningServer>;
let own: Awaited<ReturnType<typeof startWebServer>>;

beforeAll(async () => {
  servers = await startServers({ services: ['stomp', 'ws', 'http'] });
  own = await startWebServer(() => new Response('ok'));
});
afterAll(async () => {
  await servers.close();
  await own.stop();
});

const portOf = (service: Service | 'own') =>
  Number(new URL(service === 'own' ? own.url : (servers.urls[service] ?? '')).port);

/** Sends a head, and then parts of its body until the server ends the connection; resolves with how many bytes left. */
async function send(service: Service | 'own', head: string, part: Buffer): Promise<number> {
  const socket = connect(portOf(service), '127.0.0.1');
  socket.on('error', () => {}).resume();
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const write = (): void => {
    while (!socket.destroyed && socket.bytesWritten < MANY && socket.write(part));
  };
  socket.on('drain', write).write(head);
  write();
  await ended;
  return socket.bytesWritten;
}

const CHUNK = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);

describe.each([
  ['GET /health', 'http'],
  ['POST /health', 'http'],
  ['POST /echo', 'http'],
  ['GET /updates/a', 'http'],
  ['POST /updates/a', 'http'],
  ['POST /nothing', 'http'],
  ['GET /', 'ws'],
  ['POST /', 'ws'],
  ['GET /ws', 'stomp'],
  ['POST /nothing', 'stomp'],
  ['POST /', 'own'],
] as const)('%s of %s', (line, service) => {
  it.each([
    ['in chunks', 'Transfer-Encoding: chunked', CHUNK],
    ['of a length', 'Content-Length: 999999999999', Buffer.alloc(65_536, 'x')],
    ['behind an expectation that nobody meets', 'Expect: x\r\nTransfer-Encoding: chunked', CHUNK],
  ])('with an endless body %s', async (_, fields, part) => {
    expect(await send(service, `${line} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`, part)).toBeLessThan(MANY);
  });
});

it('a body that comes slowly holds nothing up, and an answer does not wait for it', async () => {
  const socket = connect(portOf('http'), '127.0.0.1').setEncoding('latin1');
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx');
  let text = '';
  for await (const part of socket) text += part;
  expect(text).toMatch(/^HTTP\/1.1 200 .*\r\nConnection: close\r\n.*ok/s);
});

it.each(['http', 'stomp'] as const)('on a stream that %s was handed, it ends as on a socket', async (service) => {
  const embedded = await embedServers({ services: [service] });
  const [client, server] = duplexPair();
  embedded.accept(service, server);
  client.write('POST /ws HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx');
  await once(client.resume(), 'end');
  expect(server.writableEnded).toBe(true);
  client.destroy();
  await embedded.close();
});

it('a body that has been read leaves the connection open', async () => {
  const socket = connect(portOf('http'), '127.0.0.1').setEncoding('latin1');
  const request = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n';
  for (const letter of ['a', 'b']) {
    socket.write(request + letter);
    let text = '';
    while (!text.endsWith(`\r\n\r\n${letter}`)) text += (await once(socket, 'data'))[0];
  }
  socket.destroy();
});
