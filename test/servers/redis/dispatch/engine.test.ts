import { afterEach, describe, expect, it } from 'vitest';
import { encodeValue } from '../../../../src/protocols/resp/index.ts';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import type { Engine } from '../../../../src/servers/redis/dispatch/engine.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { TestClient } from '../client.ts';

const engines: Engine[] = [];

function start(): { engine: Engine; clock: ManualClock; client: () => TestClient } {
  const clock = new ManualClock();
  const engine = createEngine({ clock, random: () => 0.5 });
  engines.push(engine);
  return { engine, clock, client: () => TestClient.of(engine) };
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

describe('the embedded Redis in process', () => {
  it('tells a client what its own command brings about behind the reply', async () => {
    const { client } = start();
    const c = client();
    await c.call('HELLO', '3');
    await c.call('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
    await c.call('SUBSCRIBE', '__keyevent@0__:lpop');
    await c.call('SUBSCRIBE', 'news');
    await c.call('RPUSH', 'a', 'x');
    const told = async (): Promise<string> => encodeValue(await c.next()).toString();
    expect(await c.bytes('LMPOP', '1', 'a', 'LEFT')).toBe('*2\r\n$1\r\na\r\n*1\r\n$1\r\nx\r\n');
    expect(await told()).toBe('>3\r\n$7\r\nmessage\r\n$19\r\n__keyevent@0__:lpop\r\n$1\r\na\r\n');
    await c.call('MULTI');
    await c.call('PUBLISH', 'news', 'now');
    await c.call('PING');
    expect(await c.bytes('EXEC')).toBe('*2\r\n:1\r\n+PONG\r\n');
    expect(await told()).toBe('>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$3\r\nnow\r\n');
  });

  it('tells for how many seconds nobody used a key', async () => {
    const { clock, client } = start();
    const c = client();
    await c.call('SET', 'key', 'value');
    expect(await c.bytes('OBJECT', 'IDLETIME', 'key')).toBe(':0\r\n');
    clock.advance(7000);
    expect(await c.bytes('OBJECT', 'IDLETIME', 'key')).toBe(':7\r\n');
    await c.call('GET', 'key');
    expect(await c.bytes('OBJECT', 'IDLETIME', 'key')).toBe(':0\r\n');
  });

  it('expires keys by the clock it was given, lazily and on time', async () => {
    const { clock, client } = start();
    const c = client();
    const events = client();
    await c.call('CONFIG', 'SET', 'notify-keyspace-events', 'Ex');
    await events.call('SUBSCRIBE', '__keyevent@0__:expired');
    await c.call('SET', 'a', '1', 'PX', '100');
    clock.advance(100);
    expect(await c.bytes('GET', 'a')).toBe('$1\r\n1\r\n');
    clock.advance(1);
    expect(await c.bytes('GET', 'a')).toBe('$-1\r\n');
    expect(await events.next()).toMatchObject({ items: [{}, {}, { bytes: Buffer.from('a') }] });
    await c.call('SET', 'b', '1', 'EX', '2000000000');
    clock.advance(2_000_000_000_000 - 1);
    expect(await c.bytes('DBSIZE')).toBe(':1\r\n');
    clock.advance(10);
    expect(await c.bytes('DBSIZE')).toBe(':0\r\n');
  });

  it('serves blocked clients in the order in which they came, and times them out', async () => {
    const { clock, client } = start();
    const [a, b, c, d] = [client(), client(), client(), client()];
    a.send('BLPOP', 'q', '0');
    b.send('BLPOP', 'q', '1');
    c.send('BRPOP', 'q', '0');
    await d.call('PING');
    clock.advance(1001);
    expect(await b.next()).toEqual({ type: 'null-array' });
    expect(await d.bytes('RPUSH', 'q', 'x', 'y', 'z')).toBe(':3\r\n');
    expect(await a.next()).toMatchObject({ items: [{}, { bytes: Buffer.from('x') }] });
    expect(await c.next()).toMatchObject({ items: [{}, { bytes: Buffer.from('z') }] });
  });

  it('wakes a blocked client only after the transaction that feeds it', async () => {
    const { client } = start();
    const [waiter, c] = [client(), client()];
    waiter.send('BLPOP', 'q', '0');
    await c.call('MULTI');
    await c.call('RPUSH', 'q', 'x');
    await c.call('LPOP', 'q');
    await c.call('EXEC');
    await c.call('RPUSH', 'q', 'y');
    expect(await waiter.next()).toMatchObject({ items: [{}, { bytes: Buffer.from('y') }] });
  });

  it('forgets a blocked client that vanishes', async () => {
    const { engine, client } = start();
    const [gone, c] = [client(), client()];
    gone.send('BLPOP', 'q', '0');
    await c.call('PING');
    gone.duplex.end();
    while (engine.clients.sessions.size > 1) await new Promise(setImmediate);
    expect(await c.bytes('RPUSH', 'q', 'x')).toBe(':1\r\n');
    expect(await c.bytes('LLEN', 'q')).toBe(':1\r\n');
  });

  it('publishes to channels and patterns in both protocols', async () => {
    const { client } = start();
    const [two, three, publisher] = [client(), client(), client()];
    await three.call('HELLO', '3');
    expect(await two.bytes('SUBSCRIBE', 'news')).toBe('*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n');
    expect(await three.bytes('PSUBSCRIBE', 'n*')).toBe('>3\r\n$10\r\npsubscribe\r\n$2\r\nn*\r\n:1\r\n');
    expect(await publisher.bytes('PUBLISH', 'news', 'hi')).toBe(':2\r\n');
    expect(await two.next()).toMatchObject({ type: 'array', items: [{}, {}, { bytes: Buffer.from('hi') }] });
    expect(await three.next()).toMatchObject({ type: 'push', items: [{}, {}, {}, { bytes: Buffer.from('hi') }] });
    expect(await two.bytes('GET', 'a')).toContain("Can't execute 'get'");
    expect(await three.bytes('GET', 'a')).toBe('_\r\n');
  });

  it('follows CLIENT REPLY', async () => {
    const { client } = start();
    const c = client();
    c.send('CLIENT', 'REPLY', 'SKIP');
    c.send('SET', 'a', '1');
    expect(await c.bytes('GET', 'a')).toBe('$1\r\n1\r\n');
    c.send('CLIENT', 'REPLY', 'OFF');
    c.send('SET', 'a', '2');
    c.send('GET', 'a');
    expect(await c.bytes('CLIENT', 'REPLY', 'ON')).toBe('+OK\r\n');
    expect(await c.bytes('GET', 'a')).toBe('$1\r\n2\r\n');
  });

  it('answers a protocol error and closes, and nobody else notices', async () => {
    const { client } = start();
    const [bad, good] = [client(), client()];
    bad.duplex.write('*1\r\n:1\r\n');
    expect(await bad.next()).toMatchObject({ bytes: Buffer.from("ERR Protocol error: expected '$', got ':'") });
    while (!bad.closed) await new Promise(setImmediate);
    expect(await good.bytes('PING')).toBe('+PONG\r\n');
  });

  it('holds commands back while clients are paused', async () => {
    const { clock, client } = start();
    const [a, b] = [client(), client()];
    await a.call('CLIENT', 'PAUSE', '1000', 'WRITE');
    b.send('SET', 'k', '1');
    b.send('GET', 'k');
    expect(await a.bytes('GET', 'k')).toBe('$-1\r\n');
    expect(b.pending.length).toBe(0);
    clock.advance(1001);
    expect(await b.next()).toMatchObject({ type: 'simple' });
    expect(await b.next()).toMatchObject({ bytes: Buffer.from('1') });
  });

  it('refuses what it has not, plainly', async () => {
    const { client } = start();
    const c = client();
    for (const command of ['SAVE', 'BGSAVE', 'REPLICAOF NO ONE', 'MODULE LOAD x', 'DUMP a', 'CLIENT TRACKING on']) {
      expect(await c.bytes(...command.split(' '))).toMatch(/^-ERR .*(not available|no such)/);
    }
  });
});
