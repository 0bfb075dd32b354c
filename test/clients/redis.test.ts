/** Unmodified clients at work on the embedded server. */
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import redis from '../../src/servers/redis/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';

let server: RunningServer;
let port: number;

beforeAll(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  port = Number(new URL(server.urls.redis!).port);
});

afterAll(() => server.close());

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
});
