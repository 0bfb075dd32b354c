/** Clients that misbehave must cost themselves, and nobody else. */
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCommand } from '../../../src/protocols/resp/index.ts';
import { createEngine } from '../../../src/servers/redis/create.ts';
import redis from '../../../src/servers/redis/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';
import { eventually } from '../../helpers/eventually.ts';
import { TestClient } from './client.ts';

let server: RunningServer;
let port: number;

beforeAll(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  port = Number(new URL(server.urls.redis!).port);
});

afterAll(() => server.close());

/** How much of what a client has sent the server keeps, in bytes. */
async function buffered(admin: TestClient, id: string): Promise<number> {
  const list = await admin.bytes('CLIENT', 'LIST', 'ID', id.slice(1).trim());
  return Number(/ qbuf=([0-9]+)/.exec(list)?.[1] ?? 0);
}

describe('safety', () => {
  it('goes on after garbage', async () => {
    const alphabet = fc.constantFrom(...Buffer.from('*$0123456789\r\n\r\n\r\nGETSETEVALab"\'\\ {}[]()'));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.array(alphabet, { maxLength: 300 })),
        async (bytes) => {
          const engine = createEngine();
          const client = TestClient.of(engine);
          client.duplex.write(Buffer.from(bytes));
          await new Promise(setImmediate);
          const other = TestClient.of(engine);
          expect(await other.bytes('PING')).toBe('+PONG\r\n');
          engine.close();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('answers random commands with random arguments without a fault', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', listen);
    const engine = createEngine();
    const skip = new Set(['debug', 'quit', 'monitor', 'subscribe', 'psubscribe', 'ssubscribe', 'shutdown', 'client']);
    const names = [...engine.commands.keys()].filter((name) => !skip.has(name));
    const subcommands = [...engine.commands.values()].flatMap((command) => [...(command.subcommands?.keys() ?? [])]);
    const argument = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        '0',
        '1',
        '-1',
        '2',
        'x',
        '*',
        '-',
        '+',
        '(1',
        '[a',
        'g',
        '1-1',
        'STREAMS',
        'COUNT',
        'GROUP',
        'LIMIT',
        'BY',
        'GET',
        'STORE',
        '9223372036854775807',
        'inf',
        '',
      ),
      fc.constantFrom(...subcommands),
      fc.string({ maxLength: 8 }),
    );
    const line = fc.tuple(fc.constantFrom(...names), fc.array(argument, { maxLength: 7 }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), async (lines) => {
        const client = TestClient.of(engine);
        for (const [name, args] of lines) client.send(name, ...args);
        await new Promise(setImmediate);
        client.close();
        const other = TestClient.of(engine);
        await other.call(
          'CONFIG',
          'SET',
          'requirepass',
          '',
          'maxmemory',
          '0',
          'maxclients',
          '10000',
          'proto-max-bulk-len',
          '512mb',
        );
        expect(await other.bytes('PING')).toBe('+PONG\r\n');
        other.close();
      }),
      { numRuns: 400 },
    );
    engine.close();
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  }, 60_000);

  it('closes a subscriber that never reads, and everybody else goes on', async () => {
    const admin = await TestClient.tcp(port);
    await admin.call('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 1mb 0 0');
    const lazy: Socket = connect({ port, host: '127.0.0.1' });
    lazy.on('error', () => {});
    lazy.write(encodeCommand(['SUBSCRIBE', 'flood']));
    await eventually(async () => expect(await admin.bytes('PUBSUB', 'NUMSUB', 'flood')).toContain(':1'));
    lazy.pause();
    const message = 'x'.repeat(64 * 1024);
    let receivers = ':1\r\n';
    for (let i = 0; i < 2000 && receivers === ':1\r\n'; i++) receivers = await admin.bytes('PUBLISH', 'flood', message);
    expect(receivers).toBe(':0\r\n');
    expect(await admin.bytes('PING')).toBe('+PONG\r\n');
    lazy.destroy();
    admin.close();
  });

  it('sends nothing more to a subscriber that has said QUIT', async () => {
    const engine = createEngine();
    const [subscriber, publisher] = [TestClient.of(engine), TestClient.of(engine)];
    await subscriber.bytes('SUBSCRIBE', 'news');
    subscriber.send('QUIT');
    expect(await publisher.bytes('PUBLISH', 'news', 'late')).toBe(':0\r\n');
    expect(await subscriber.bytes()).toBe('+OK\r\n');
    await eventually(() => expect(subscriber.closed).toBe(true));
    engine.close();
  });

  // As Redis 7.0 and 8.0 do it: they close a connection once they have written what is left to be written.
  it.each([
    ['QUIT', 'open', ['CLIENT REPLY OFF', 'QUIT']],
    ['QUIT behind a reply', 'closed', ['PING\r\nCLIENT REPLY OFF\r\nQUIT']],
    ['QUIT without a reply', 'open', ['CLIENT REPLY SKIP\r\nQUIT']],
    ['what is no command', 'open', ['CLIENT REPLY OFF', '*x']],
    ['its own end', 'open', ['CLIENT REPLY OFF', 'CLIENT KILL ID 1 SKIPME no']],
  ])('reads no more of a client that wants no replies behind %s: the connection is %s', async (_, state, packets) => {
    const engine = createEngine();
    const [quiet, other] = [TestClient.of(engine), TestClient.of(engine)];
    for (const packet of [...packets, 'SET read yes']) quiet.duplex.write(`${packet}\r\n`);
    const isOver = state === 'closed' ? /^(?!.*\bid=1 )/s : /\bid=1 .*flags=c /;
    await eventually(async () => expect(await other.bytes('CLIENT', 'LIST')).toMatch(isOver));
    expect(quiet.closed).toBe(state === 'closed');
    expect(await other.bytes('EXISTS', 'read')).toBe(':0\r\n');
    engine.close();
  });

  it('lets the socket of a blocked client wait, and answers everything in order afterwards', async () => {
    const [eager, other] = [await TestClient.tcp(port), await TestClient.tcp(port)];
    const id = await eager.bytes('CLIENT', 'ID');
    for (let round = 0; round < 3; round++) {
      eager.send('BLPOP', 'awaited', '0');
      await eventually(async () => expect(await other.bytes('INFO', 'clients')).toContain('blocked_clients:1'));
      const padding = 'x'.repeat(1000);
      for (let i = 0; i < 20_000; i++) eager.send('ECHO', `${i} ${padding}`);
      // 20 MB are sent: what the server keeps of it stays far below, the rest waits in the sockets.
      await eventually(async () => expect(await buffered(other, id)).toBeGreaterThan(1024 * 1024));
      expect(await buffered(other, id)).toBeLessThan(4 * 1024 * 1024);
      await other.call('RPUSH', 'awaited', 'now');
      expect(await eager.bytes()).toContain('now');
      for (let i = 0; i < 20_000; i++) {
        const reply = await eager.next();
        if (!('bytes' in reply) || !reply.bytes.toString().startsWith(`${i} `)) expect(reply).toBe(i);
      }
    }
    eager.close();
    other.close();
  });

  it('keeps apart what clients send in pieces, one in the midst of the other', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => TestClient.tcp(port)));
    const probe = await TestClient.tcp(port);
    const commands = clients.map((_, i) => encodeCommand(['ECHO', `${i}`.repeat(20 + i)]));
    for (let at = 0; at < commands[0]!.length - 1; at += 3) {
      for (const [i, client] of clients.entries()) client.duplex.write(commands[i]!.subarray(at, at + 3));
      await probe.call('PING'); // by now the server has read the pieces
    }
    for (const [i, client] of clients.entries()) {
      const sent = Math.ceil((commands[0]!.length - 1) / 3) * 3;
      client.duplex.write(commands[i]!.subarray(sent));
      expect(await client.next()).toMatchObject({ bytes: Buffer.from(`${i}`.repeat(20 + i)) });
      client.close();
    }
    probe.close();
  });

  it('refuses clients that have not authenticated all but the way in', async () => {
    const engine = createEngine();
    engine.settings.requirepass = 'secret';
    const client = TestClient.of(engine);
    expect(await client.bytes('GET', 'a')).toBe('-NOAUTH Authentication required.\r\n');
    expect(await client.bytes('AUTH', 'wrong')).toContain('WRONGPASS');
    client.duplex.write('*11\r\n');
    expect(await client.bytes()).toContain('unauthenticated multibulk length');
    const second = TestClient.of(engine);
    expect(await second.bytes('AUTH', 'secret')).toBe('+OK\r\n');
    expect(await second.bytes('GET', 'a')).toBe('$-1\r\n');
    engine.close();
  });

  it('keeps within maxmemory, by eviction or by refusal', async () => {
    const engine = createEngine();
    const client = TestClient.of(engine);
    await client.call('CONFIG', 'SET', 'maxmemory', '2mb', 'maxmemory-policy', 'allkeys-lru');
    for (let i = 0; i < 5000; i++) await client.call('SET', `key:${i}`, 'x'.repeat(500));
    expect(engine.keyspace.usedMemory).toBeLessThan(2.1 * 1024 * 1024);
    expect(engine.keyspace.stats.evicted).toBeGreaterThan(1000);
    await client.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    for (let i = 0; i < 100; i++) await client.call('SET', `more:${i}`, 'x'.repeat(5000));
    expect(await client.bytes('SET', 'one', 'more')).toBe(
      "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    );
    expect(await client.bytes('GET', 'nothing')).toBe('$-1\r\n');
    await client.call('FLUSHALL');
    expect(engine.keyspace.memory).toBe(0);
    engine.close();
  });

  it('kills a script that runs for too long, while others are told to wait', async () => {
    const [slow, other] = [await TestClient.tcp(port), await TestClient.tcp(port)];
    await other.call('CONFIG', 'SET', 'busy-reply-threshold', '50');
    slow.send('EVAL', 'while true do end', '0');
    await eventually(async () => expect(await other.bytes('GET', 'a')).toMatch(/^-BUSY/));
    expect(await other.bytes('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await slow.next()).toMatchObject({ type: 'error' });
    expect(await other.bytes('GET', 'a')).toBe('$-1\r\n');
    expect(await slow.bytes('PING')).toBe('+PONG\r\n');
    slow.close();
    other.close();
  });

  it('tells of a function that runs for too long, and kills it', async () => {
    const [slow, other] = [await TestClient.tcp(port), await TestClient.tcp(port)];
    const spin = "redis.register_function('spin', function() while true do end end)";
    await other.call('FUNCTION', 'LOAD', `#!lua name=slow\n${spin}`);
    slow.send('FCALL', 'spin', '0', 'x');
    const busy = '-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.\r\n';
    await eventually(async () => expect(await other.bytes('GET', 'a')).toBe(busy));
    expect(await other.bytes('SCRIPT', 'KILL')).toBe(busy);
    expect(await other.bytes('FUNCTION', 'STATS')).toMatch(
      /^\*4\r\n\$14\r\nrunning_script\r\n\*6\r\n\$4\r\nname\r\n\$4\r\nspin\r\n\$7\r\ncommand\r\n\*4\r\n\$5\r\nFCALL\r\n/,
    );
    expect(await other.bytes('FUNCTION', 'KILL')).toBe('+OK\r\n');
    expect(await slow.next()).toMatchObject({
      bytes: Buffer.from('ERR Script killed by user with SCRIPT KILL... script: spin, on @user_function:2.'),
    });
    expect(await other.bytes('FUNCTION', 'FLUSH')).toBe('+OK\r\n');
    slow.close();
    other.close();
  });

  it('gives up loading a library that runs for too long', async () => {
    const client = await TestClient.tcp(port);
    expect(await client.bytes('FUNCTION', 'LOAD', '#!lua name=slow\nwhile true do end')).toBe(
      '-ERR Error registering functions: ERR FUNCTION LOAD timeout\r\n',
    );
    expect(await client.bytes('FUNCTION', 'LIST')).toBe('*0\r\n');
    client.close();
  });

  it('refuses one client too many', async () => {
    const engine = createEngine();
    engine.settings.maxclients = 3;
    const clients = [1, 2, 3].map(() => TestClient.of(engine));
    const late = TestClient.of(engine);
    expect(await late.next()).toMatchObject({ bytes: Buffer.from('ERR max number of clients reached') });
    expect(await clients[0]!.bytes('PING')).toBe('+PONG\r\n');
    engine.close();
  });
});
