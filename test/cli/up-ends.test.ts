/** `msgplay up` ends with whoever started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { start } from '../helpers/cli.ts';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));

test('when its stdin is closed, where that is wanted', async () => {
  const child = spawn(process.execPath, [BIN, 'up', 'redis', '--json', '--until-stdin-closes']);
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.once('data', () => child.stdin.end());
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('when its parent has gone, however it went', async () => {
  // A wrapper that hands on neither signals nor its end.
  const wrapper = `const { spawn } = require('node:child_process');
spawn(process.execPath, [${JSON.stringify(BIN)}, 'up', 'redis'], { stdio: ['ignore', 'inherit', 'inherit'] });
setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', wrapper], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  let stderr = '';
  parent.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  parent.stdout.once('data', () => parent.kill('SIGKILL'));
  // The pipes close when the last process that holds them has ended.
  await once(parent, 'close');
  expect(stderr).toBe('msgplay up ends: its parent is gone.\n');
});

test('when one of its servers has run out of memory: exit 3, and it says which', async () => {
  const running = start(['up', 'redis', 'http', '--json'], { NODE_OPTIONS: '--max-old-space-size=48' });
  await running.says(/\}\}\n/);
  const { redis } = JSON.parse(running.stdout()) as Record<'redis', { url: string }>;
  const client = new Redis(redis.url, { retryStrategy: null });
  client.on('error', () => {});
  const value = Buffer.alloc(1_000_000);
  const stored = Array.from({ length: 200 }, (_, i) => client.set(`key:${i}`, value));
  expect((await Promise.allSettled(stored)).some(({ status }) => status === 'rejected')).toBe(true);
  const { code, stderr } = await running.ended;
  expect(stderr).toMatch(/^msgplay: Redis at redis:\S+ went away: it ran out of memory\n/);
  expect(code).toBe(3);
});
