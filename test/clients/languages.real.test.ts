/** Clients in other languages at work on the embedded servers. Each says plainly where it is not installed. */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../src/core/services.ts';
import rabbitmq from '../../src/servers/rabbitmq/index.ts';
import redis from '../../src/servers/redis/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { absence } from '../helpers/servers.ts';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));

const servers: RunningServer[] = [];
let urls: Partial<Record<Service, string>>;
let port: number;
beforeAll(async () => {
  servers.push(await rabbitmq.start({ services: ['rabbitmq'] }), await redis.start({ services: ['redis'] }));
  urls = { ...servers[0]!.urls, ...servers[1]!.urls };
  port = Number(new URL(urls.redis!).port);
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Whether a program of another language is there; where it is not, the test says so. */
function isThere(command: string, args: string[], name: string): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`not tried: ${absence(`${name} is not installed here`)}`);
    return false;
  }
}

describe('RabbitMQ', () => {
  it.skipIf(!isThere('/usr/bin/python3', ['-c', 'import pika'], 'pika (Python)'))('pika does its work', async () => {
    const { stdout } = await run('/usr/bin/python3', [script('pika_work.py'), urls.rabbitmq!], { timeout: 20_000 });
    expect(stdout.trim()).toBe('done');
  });

  it.skipIf(!isThere('ruby', ['-e', 'require "bunny"'], 'Bunny (Ruby)'))('Bunny does its work', async () => {
    const { stdout } = await run('ruby', [script('bunny_work.rb'), urls.rabbitmq!], { timeout: 20_000 });
    expect(stdout.trim()).toBe('done');
  });

  it.skipIf(!isThere('amqp-get', ['--help'], 'librabbitmq (C)'))('librabbitmq’s tools do their work', async () => {
    const tool = (name: string, ...args: string[]) =>
      run(name, ['--url', urls.rabbitmq!, ...args], { timeout: 10_000 });
    expect((await tool('amqp-declare-queue', '-q', 'c.jobs')).stdout.trim()).toBe('c.jobs');
    await tool('amqp-publish', '-r', 'c.jobs', '-b', 'from C', '-p');
    await tool('amqp-publish', '-r', 'c.jobs', '-b', 'once more');
    expect((await tool('amqp-get', '-q', 'c.jobs')).stdout).toBe('from C');
    expect((await tool('amqp-consume', '-q', 'c.jobs', '-c', '1', 'cat')).stdout).toBe('once more');
    await tool('amqp-delete-queue', '-q', 'c.jobs');
    await expect(tool('amqp-get', '-q', 'c.jobs')).rejects.toThrow(/NOT_FOUND/);
  });
});

describe('Redis', () => {
  it.skipIf(!isThere('redis-cli', ['--version'], 'redis-cli'))('redis-cli', async () => {
    const cli = async (...args: string[]): Promise<string> =>
      (await run('redis-cli', ['-p', String(port), ...args])).stdout;
    expect(await cli('SET', 'a', '1')).toBe('OK\n');
    expect(await cli('-3', 'GET', 'a')).toBe('1\n');
    expect(await cli('--scan', '--pattern', 'a*')).toBe('a\n');
    expect(await cli('INFO', 'server')).toContain('redis_version:8.0');
  });

  it.skipIf(!isThere('redis-benchmark', ['--version'], 'redis-benchmark'))('redis-benchmark', async () => {
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

  it.skipIf(!isThere('/usr/bin/python3', ['-c', 'import redis'], 'redis (Python)'))('redis-py', async () => {
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
    expect((await run('/usr/bin/python3', ['-c', program])).stdout).toBe('fine\n');
  });
});
