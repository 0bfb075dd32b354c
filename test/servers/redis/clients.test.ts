/** Unmodified clients at work on the embedded server. Each says plainly where it is not installed. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import redis from '../../../src/servers/redis/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';

const run = promisify(execFile);
let server: RunningServer;
let port: number;

beforeAll(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  port = Number(new URL(server.urls.redis!).port);
});

afterAll(() => server.close());

const there = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

describe('clients', () => {
  for (const protocol of [2, 3] as const) {
    it(`ioredis, RESP${protocol}`, async () => {
      const client = new Redis({ port, host: '127.0.0.1', protocol });
      const subscriber = new Redis({ port, host: '127.0.0.1', protocol });
      const message = new Promise((resolve) => subscriber.on('message', (channel, text) => resolve([channel, text])));
      await subscriber.subscribe('news');
      await client.publish('news', 'hello');
      expect(await message).toEqual(['news', 'hello']);
      await client.flushall();
      await client.hset('h', { a: '1', b: '2' });
      expect(await client.hgetall('h')).toEqual({ a: '1', b: '2' });
      expect(await client.multi().incr('n').get('n').exec()).toEqual([
        [null, 1],
        [null, '1'],
      ]);
      await client.zadd('z', 1.5, 'a');
      expect(await client.zscore('z', 'a')).toBe('1.5');
      client.defineCommand('double', { numberOfKeys: 1, lua: 'return redis.call("incrby", KEYS[1], ARGV[1] * 2)' });
      expect(await (client as unknown as { double(key: string, by: number): Promise<number> }).double('d', 4)).toBe(8);
      const stream = client.scanStream({ count: 2 });
      const keys: string[] = [];
      for await (const batch of stream) keys.push(...(batch as string[]));
      expect(keys.sort()).toEqual(['d', 'h', 'n', 'z']);
      await client.quit();
      await subscriber.quit();
    });

    it(`node-redis, RESP${protocol}`, async () => {
      const client = await createClient({ url: `redis://127.0.0.1:${port}`, RESP: protocol }).connect();
      const subscriber = await client.duplicate().connect();
      const message = new Promise((resolve) => {
        subscriber.subscribe('news', (text) => resolve(text));
      });
      while ((await client.publish('news', 'hello')) === 0) await new Promise(setImmediate);
      expect(await message).toBe('hello');
      await client.flushAll();
      await client.xGroupCreate('jobs', 'g', '0', { MKSTREAM: true });
      await client.xAdd('jobs', '*', { job: '1' });
      const read = await client.xReadGroup('g', 'c', { key: 'jobs', id: '>' }, { COUNT: 1 });
      expect(JSON.stringify(read)).toContain('"job":"1"');
      const waiting = client.duplicate();
      await waiting.connect();
      const popped = waiting.blPop('q', 2);
      await client.rPush('q', 'x');
      expect(await popped).toEqual({ key: 'q', element: 'x' });
      waiting.destroy();
      subscriber.destroy();
      client.destroy();
    });
  }

  it.skipIf(!there('redis-cli', '--version'))('redis-cli', async () => {
    const cli = async (...args: string[]): Promise<string> =>
      (await run('redis-cli', ['-p', String(port), ...args])).stdout;
    expect(await cli('SET', 'a', '1')).toBe('OK\n');
    expect(await cli('-3', 'GET', 'a')).toBe('1\n');
    expect(await cli('--scan', '--pattern', 'a*')).toBe('a\n');
    expect(await cli('INFO', 'server')).toContain('redis_version:7.0');
  });

  it.skipIf(!there('redis-benchmark', '--version'))('redis-benchmark', async () => {
    const { stdout } = await run('redis-benchmark', [
      '-p',
      String(port),
      '-n',
      '1000',
      '-q',
      '-t',
      'set,get,lrange_100,mset',
    ]);
    expect(stdout).toContain('MSET');
  });

  const python = ['python3', '/usr/bin/python3'].find((command) => there(command, '-c', 'import redis'));
  it.skipIf(python === undefined)("Python's redis (skipped where python3-redis is not installed)", async () => {
    const program = `
import redis
r = redis.Redis(port=${port}, decode_responses=True)
r.flushall()
r.set('a', 1)
assert r.incr('a') == 2
pipe = r.pipeline()
pipe.rpush('l', *range(5)).lrange('l', 0, -1)
assert pipe.execute()[1] == ['0', '1', '2', '3', '4']
p = r.pubsub()
p.subscribe('c')
assert p.get_message(timeout=2)['type'] == 'subscribe'
r.publish('c', 'hi')
assert p.get_message(timeout=2)['data'] == 'hi'
assert r.register_script('return ARGV[1]')(args=['x']) == 'x'
with r.lock('lock', timeout=5): pass
r.xadd('s', {'f': 'v'})
assert r.xlen('s') == 1
print('fine')
`;
    expect((await run(python!, ['-c', program])).stdout).toBe('fine\n');
  });
});
