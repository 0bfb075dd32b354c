/** What a lab leaves behind in a process that forgets about it: nothing that keeps it alive. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'msgplay-runners-'));
// As npm lays it out where a project depends on a folder.
beforeAll(() => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: string): string => JSON.stringify(join(ROOT, 'dist', 'src', 'testing', `${name}.js`));
// A run of node:test inside this one must not think that it is a part of it.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;
const node = (args: readonly string[]) => run(process.execPath, args, { cwd: folder, env, timeout: 80_000 });

/** An application that speaks with all services, and ends its connections. */
const USED = `
import { Redis } from 'ioredis';
import { connect } from 'amqplib';
async function use(urls) {
  const redis = new Redis(urls.redis);
  const connection = await connect(urls.rabbitmq);
  await redis.ping();
  await (await fetch(urls.http)).text();
  await Promise.all([redis.quit(), connection.close()]);
}
`;

test('a program that never closes its lab ends', async () => {
  const program = `import { startLab } from ${entry('index')};${USED}
    const lab = await startLab();
    await use(lab.urls);
    console.log('used');`;
  writeFileSync(join(folder, 'program.js'), program);
  expect((await node(['program.js'])).stdout).toBe('used\n');
});

test('so does node:test, and its set-up names the servers before a test file is loaded', async () => {
  const file = `import assert from 'node:assert';
    import { test } from 'node:test';
    import { lab } from ${entry('node')};${USED}
    const { AMQP_URL: rabbitmq, REDIS_URL: redis, HTTP_URL: http } = process.env;
    test('uses', async () => {
      assert.equal(redis, lab.urls.redis);
      await use({ rabbitmq, redis, http });
      const client = new Redis(redis);
      await client.publish('news', 'hello');
      await lab.story.message({ channel: 'news' }).wasPublished({ by: 'app' });
      await client.set('key', 'value');
      await client.quit();
    });
    test('finds nothing of the test before', async () => {
      assert.deepEqual(lab.story.messages(), []);
      const client = new Redis(redis);
      assert.equal(await client.get('key'), null);
      await client.quit();
    });`;
  writeFileSync(join(folder, 'uses.test.js'), file);
  const { stdout } = await node([
    '--import',
    join(ROOT, 'dist', 'src', 'testing', 'node.js'),
    '--test',
    'uses.test.js',
  ]);
  expect(stdout).toMatch(/pass 2\n/);
  expect(stdout).toMatch(/fail 0\n/);
});

test('a set-up tells what is wrong with its settings', async () => {
  const { stderr, code } = await run(
    process.execPath,
    ['--import', join(ROOT, 'dist', 'src', 'testing', 'node.js'), '-e', ''],
    {
      cwd: folder,
      env: { ...env, MSGPLAY_SERVICES: 'redis,rabit' },
    },
  ).catch((error) => error);
  expect(code).toBe(1);
  expect(stderr).toContain("There is no service 'rabit'.");
});
