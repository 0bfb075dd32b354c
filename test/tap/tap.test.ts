import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { Side } from '../../src/core/events.ts';
import { Pressure } from '../../src/core/time/pressure.ts';
import type { Conversation } from '../../src/protocols/protocol.ts';
import { openTap, type Tap } from '../../src/tap/tap.ts';
import { eventually } from '../helpers/eventually.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(onConnection: (socket: net.Socket) => void, create = net.createServer): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = create({ allowHalfOpen: true }, (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  // With TLS, a connection whose handshake fails never reaches the handler.
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as net.AddressInfo).port;
}

interface Heard {
  readonly chunks: [Side, Buffer][];
  readonly ends: Side[];
  readonly faults: [Side, unknown][];
  closed: number;
  /** Who ended each connection, in the order in which they ended. */
  readonly enders: (Side | 'cut')[];
  /** How often a connection began to end. */
  endings: number;
  /** Who was the first to say nothing more, of each connection. */
  readonly over: Side[];
}

async function tapTo(port: number, secure = false, push?: Conversation['push']): Promise<{ tap: Tap; heard: Heard }> {
  const heard: Heard = { chunks: [], ends: [], faults: [], closed: 0, enders: [], endings: 0, over: [] };
  const converse = (): Conversation => ({
    push: (from, chunk) => {
      heard.chunks.push([from, Buffer.from(chunk)]);
      push?.(from, chunk);
    },
    end: (from) => heard.ends.push(from),
  });
  const tap = await openTap({ host: '127.0.0.1', port, tls: secure }, () => ({
    conversation: converse(),
    fault: (from, error) => heard.faults.push([from, error]),
    ending: () => heard.endings++,
    ended: (by) => heard.over.push(by),
    closed: (by) => {
      heard.closed++;
      heard.enders.push(by);
    },
  }));
  cleanups.push(() => tap.close());
  return { tap, heard };
}

async function dial(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Waits for the end of a socket, however it ends; `once` would reject at the error that comes before. */
function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
}

async function readAll(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function bytesFrom(heard: Heard, side: Side): Buffer {
  return Buffer.concat(heard.chunks.filter(([from]) => from === side).map(([, chunk]) => chunk));
}

test('of what a client says to a server that is not there nothing is read, and that is told before the client knows', async () => {
  const port = await listen(() => {});
  for (const cleanup of cleanups.splice(0)) await cleanup();
  const told: string[] = [];
  const conversation: Conversation = { push: () => told.push('read'), end: () => {} };
  const tap = await openTap({ host: '127.0.0.1', port, tls: false }, () => ({
    conversation,
    fault: () => told.push('fault'),
    unreachable: (error) => told.push((error as NodeJS.ErrnoException).code ?? ''),
    closed: (by) => told.push(`closed by ${by}`),
  }));
  cleanups.push(() => tap.close());
  const socket = await dial(tap.port);
  socket.on('close', () => told.push('the client knows'));
  socket.write('hello');
  await eventually(() => expect(told).toContain('the client knows'));
  await eventually(() => expect(told).toContain('closed by server'));
  expect(told[0]).toBe('ECONNREFUSED');
  expect(told).not.toContain('read');
  expect(tap.traffic.fromClientBytes).toBe(0);
});

describe('forwarding', () => {
  test('passes every byte unchanged in both directions, and reads along', async () => {
    const port = await listen((socket) => socket.pipe(socket));
    const { tap, heard } = await tapTo(port);
    const sent = randomBytes(5_000_000);
    const socket = await dial(tap.port);
    const back = readAll(socket);
    socket.end(sent);
    expect((await back).equals(sent)).toBe(true);
    expect(bytesFrom(heard, 'client').equals(sent)).toBe(true);
    expect(bytesFrom(heard, 'server').equals(sent)).toBe(true);
    expect(tap.traffic).toMatchObject({ connections: 1, fromClientBytes: sent.length, fromServerBytes: sent.length });
  });

  test('passes a half-close: the server may go on after the client has finished', async () => {
    const port = await listen((socket) => {
      socket.on('end', () => socket.end('the rest'));
      socket.resume();
    });
    const { tap, heard } = await tapTo(port);
    const socket = await dial(tap.port);
    socket.end('done');
    expect((await readAll(socket)).toString()).toBe('the rest');
    await eventually(() => expect(heard.closed).toBe(1));
    expect(heard.ends).toEqual(['client', 'server']);
  });

  test('passes backpressure: a reader that does not read stops the writer', async () => {
    const port = await listen((socket) => socket.pause());
    const { tap } = await tapTo(port);
    const socket = await dial(tap.port);
    const piece = Buffer.alloc(1_000_000);
    let blocked = false;
    for (let sent = 0; sent < 200 && !blocked; sent++) {
      blocked = !socket.write(piece) && !(await drained(socket));
    }
    expect(blocked).toBe(true);
    expect(tap.traffic.fromClientBytes).toBeLessThan(100_000_000);
  });

  test('passes a reset on', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.resetAndDestroy()));
    const { tap, heard } = await tapTo(port);
    const socket = await dial(tap.port);
    socket.write('x');
    await closed(socket);
    expect(socket.readableEnded).toBe(false);
    await eventually(() => expect(heard.closed).toBe(1));
  });

  test('closes the client when the server is not there', async () => {
    const port = await listen(() => {});
    await cleanups.pop()!();
    const { tap, heard } = await tapTo(port);
    const socket = await dial(tap.port);
    await closed(socket);
    expect(heard.closed).toBe(1);
  });
});

/** Whether a socket drains soon; the bound is generous, since only a blocked one never does. */
function drained(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 300);
    socket.once('drain', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

describe('faults', () => {
  test('are reported once for each direction, and the bytes go on', async () => {
    const port = await listen((socket) => socket.pipe(socket));
    const { tap, heard } = await tapTo(port, false, () => {
      throw new Error('no such frame');
    });
    const socket = await dial(tap.port);
    let back = '';
    socket.on('data', (chunk) => {
      back += chunk;
    });
    socket.write('one');
    await eventually(() => expect(back).toBe('one'));
    socket.write('two');
    await eventually(() => expect(back).toBe('onetwo'));
    expect(heard.faults.map(([from]) => from).sort()).toEqual(['client', 'server']);
  });
});

describe('connections', () => {
  test('are cut on both sides at once, and new ones are accepted', async () => {
    const serverSide: net.Socket[] = [];
    const port = await listen((socket) => void serverSide.push(socket));
    const { tap, heard } = await tapTo(port);
    const socket = await dial(tap.port);
    await eventually(() => expect(serverSide.length).toBe(1));
    tap.cut();
    await Promise.all([closed(socket), closed(serverSide[0]!)]);
    await eventually(() => expect(heard.closed).toBe(1));
    await dial(tap.port);
    await eventually(() => expect(serverSide.length).toBe(2));
  });

  test('are all gone when the tap is closed', async () => {
    const port = await listen((socket) => socket.resume());
    const { tap, heard } = await tapTo(port);
    const sockets = await Promise.all([dial(tap.port), dial(tap.port), dial(tap.port)]);
    await eventually(() => expect(tap.traffic.connections).toBe(3));
    await tap.close();
    expect(heard.closed).toBe(3);
    await Promise.all(sockets.map(closed));
  });
});

describe('who ended a connection first', () => {
  /** A connection through a tap, with both its ends. */
  async function connected(): Promise<{ client: net.Socket; server: net.Socket; tap: Tap; heard: Heard }> {
    let accept: (socket: net.Socket) => void = () => {};
    const accepted = new Promise<net.Socket>((resolve) => {
      accept = resolve;
    });
    const port = await listen((socket) => {
      socket.resume();
      accept(socket);
    });
    const { tap, heard } = await tapTo(port);
    const client = await dial(tap.port);
    client.resume();
    return { client, server: await accepted, tap, heard };
  }

  test.each(['client', 'server'] as const)('by a FIN from the %s, whatever the other does then', async (side) => {
    for (const answer of ['a FIN', 'a reset'] as const) {
      const { heard, ...ends } = await connected();
      const other = side === 'client' ? ends.server : ends.client;
      const told = new Promise<number>((resolve) =>
        other.once('end', () => resolve(heard.endings + heard.over.length)),
      );
      other.once('end', () => (answer === 'a FIN' ? other.end() : other.resetAndDestroy()));
      ends[side].end();
      expect(await told).toBe(2);
      await eventually(() => expect(heard.enders).toEqual([side]));
      expect(heard.endings).toBe(1);
      expect(heard.over).toEqual([side]);
    }
  });

  test.each(['client', 'server'] as const)('by a reset from the %s', async (side) => {
    const { heard, ...ends } = await connected();
    ends[side].resetAndDestroy();
    await eventually(() => expect(heard.enders).toEqual([side]));
    expect(heard.endings).toBe(1);
    expect(heard.over).toEqual([side]);
  });

  test.each(['client', 'server'] as const)('by the %s going away while it is sent to', async (side) => {
    const { heard, ...ends } = await connected();
    const other = side === 'client' ? ends.server : ends.client;
    const more = setInterval(() => other.write('x'.repeat(1000)), 1);
    cleanups.push(() => clearInterval(more));
    ends[side].destroy();
    await eventually(() => expect(heard.enders).toEqual([side]));
  });

  test('by the server that is not there', async () => {
    const port = await listen(() => {});
    await cleanups.pop()!();
    const { tap, heard } = await tapTo(port);
    await closed(await dial(tap.port));
    expect(heard.enders).toEqual(['server']);
  });

  test('by neither: the tap cut it, or was closed', async () => {
    const cut = await connected();
    cut.tap.cut();
    await eventually(() => expect(cut.heard.enders).toEqual(['cut']));
    expect(cut.heard.endings).toBe(1);
    const stopped = await connected();
    await stopped.tap.close();
    expect(stopped.heard.enders).toEqual(['cut']);
  });

  test('by a side that said goodbye before the tap cut it', async () => {
    const { client, tap, heard } = await connected();
    client.end();
    await eventually(() => expect(heard.ends).toEqual(['client']));
    tap.cut();
    await eventually(() => expect(heard.enders).toEqual(['client']));
  });
});

test('speaks TLS to the server, and plain text to the client', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  const port = await listen((socket) => socket.pipe(socket), ((more: object, handler: (socket: net.Socket) => void) =>
    tls.createServer({ ...options, ...more }, handler)) as unknown as typeof net.createServer);

  // A certificate that nobody vouches for is refused, as any client would refuse it.
  const refusing = await tapTo(port, true);
  const refused = await dial(refusing.tap.port);
  refused.write('secret');
  await closed(refused);
  expect(bytesFrom(refusing.heard, 'server').length).toBe(0);

  const trusted = tls.rootCertificates;
  expect(trusted.length).toBeGreaterThan(0);
  const originalConnect = tls.connect;
  try {
    // The test's own certificate authority, where a real one would be in the system's list.
    (tls as { connect: unknown }).connect = (given: tls.ConnectionOptions) =>
      originalConnect({ ...given, ca: options.cert });
    const { tap, heard } = await tapTo(port, true);
    const socket = await dial(tap.port);
    socket.write('hello');
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toBe('hello');
    expect(bytesFrom(heard, 'client').toString()).toBe('hello');
  } finally {
    (tls as { connect: unknown }).connect = originalConnect;
  }
});

test('while the pressure is high nothing more is read; afterwards all of it arrives', async () => {
  let got = 0;
  const port = await listen((socket) => socket.on('data', (chunk) => (got += chunk.length)));
  const pressure = new Pressure();
  let read = 0;
  const conversation: Conversation = {
    push: (_from, chunk) => {
      read += chunk.length;
      pressure.raise();
    },
    end: () => {},
  };
  const reader = { conversation, fault: () => {}, closed: () => {} };
  const tap = await openTap({ host: '127.0.0.1', port, tls: false }, () => reader, { pressure });
  cleanups.push(() => tap.close());
  const client = net.connect(tap.port, '127.0.0.1');
  cleanups.push(() => client.destroy());
  const sent = Buffer.alloc(32 * 1024 * 1024);
  client.write(sent);
  await eventually(() => expect(read).toBeGreaterThan(0));
  const held = read;
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  expect([read, held < sent.length]).toEqual([held, true]);
  await eventually(() => {
    pressure.release();
    expect(got).toBe(sent.length);
  });
});
