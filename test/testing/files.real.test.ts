/**
 * Test files that run at the same time on servers that all of them share: each has its own lab, no lab meets another, and
 * nothing is left. The servers are named by the variables that docs/testing.md tells.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { missing, OWN_BACKEND, releaseAbsence, type Servers, startServers, titled } from '../helpers/servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARIES = join(ROOT, 'node_modules');
const VITEST = join(LIBRARIES, 'vitest/vitest.mjs');
/** Jest weighs more than all else, so it is the one that an example installs. */
const JEST_LIBRARIES = join(ROOT, 'examples/nest-rmq/node_modules');
const JEST = join(JEST_LIBRARIES, 'jest/bin/jest.js');
const built = (name: string) => JSON.stringify(join(ROOT, 'dist/src/testing', `${name}.js`));

const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis']);
let servers: Servers;
beforeAll(async () => {
  if (why === undefined) servers = await startServers('rabbitmq', 'redis');
});
afterAll(() => servers?.close());

/** A folder with these files, as a project that depends on msgplay. */
function project(files: Readonly<Record<string, string>>, libraries = LIBRARIES): string {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(libraries, join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const noJest = releaseAbsence(existsSync(JEST) ? undefined : 'there is no Jest: (cd examples/nest-rmq && npm install)');

function jestProject(files: Readonly<Record<string, string>>): string {
  const config = `module.exports = {
    testEnvironment: ${built('jest')}, testTimeout: 60_000, testRegex: '\\\\.test\\\\.cjs$', transform: {},
  };`;
  return project({ 'jest.config.cjs': config, ...files }, JEST_LIBRARIES);
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

function node(folder: string, args: readonly string[], variables: Record<string, string | undefined>): Promise<Ended> {
  // A run inside this one must not think that it is a part of it.
  const own = /^(VITEST|NODE_TEST_CONTEXT|NODE_OPTIONS|TEST|MSGPLAY_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...env, ...variables, NO_COLOR: '1' }, timeout: 80_000 };
    execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

const onShared = () => ({
  MSGPLAY_RABBITMQ_URL: servers.urls.rabbitmq,
  MSGPLAY_REDIS_URL: servers.urls.redis,
  MSGPLAY_SERVICES: 'rabbitmq,redis',
  MSGPLAY_TIMEOUT_MS: '20000',
});

const IMPORTS = {
  vitest: `import { test } from 'vitest';
  import { lab } from ${built('vitest')};`,
  node: `import { test } from 'node:test';
  import { lab } from ${built('node')};`,
};

/** The same for a test file of the runner; Jest's are CommonJS, with `test` and `lab` as globals. */
const uses = (runner: 'vitest' | 'node' | 'jest', mark: string): string =>
  runner === 'jest'
    ? `const { deepStrictEqual: same, match } = require('node:assert');
  const { connect } = require(${JSON.stringify(join(LIBRARIES, 'amqplib'))});
  const { Redis } = require(${JSON.stringify(join(LIBRARIES, 'ioredis'))});
  ${rounds(mark)}`
    : `import { deepStrictEqual as same, match } from 'node:assert';
  import { connect } from 'amqplib';
  import { Redis } from 'ioredis';
  ${IMPORTS[runner]}
  ${rounds(mark)}`;

/** What each file does, under the same names as the others: it finds its own messages and keys, and no others. */
const rounds = (mark: string): string => `
  for (const round of [1, 2]) {
    test('round ' + round, async () => {
      const [queue, key] = [lab.name('mail'), lab.name('key')];
      console.log('NAMES ' + queue + ' ' + lab.name('events'));
      match(queue, /^msgplay_/);
      const connection = await connect(process.env.AMQP_URL, { clientProperties: { connection_name: '${mark}' } });
      const channel = await connection.createChannel();
      await channel.assertExchange(lab.name('events'), 'fanout', { durable: false });
      await channel.assertQueue(queue, { durable: true });
      await channel.bindQueue(queue, lab.name('events'), '');
      const { messageCount } = await channel.checkQueue(queue);
      same(messageCount, 0);
      const got = [];
      await channel.consume(queue, (message) => {
        got.push(message.content.toString());
        channel.ack(message);
      });
      for (let n = 1; n <= 20; n++) channel.publish(lab.name('events'), '', Buffer.from('${mark} ' + n));
      await lab.story.message({ queue: 'mail' }).times(20).wasAcked({ by: '${mark}' });
      same(got.every((text) => text.startsWith('${mark} ')), true);
      same(lab.story.messages({ service: 'rabbitmq' }).length, 20);
      await lab.story.nothingUnacked();

      const redis = new Redis(process.env.REDIS_URL);
      await redis.incr(key);
      same(await redis.get(key), String(round));
      await redis.quit();
      await connection.close();
    });
  }
`;

async function assertNothingLeft(output: string): Promise<void> {
  const names = [...output.matchAll(/NAMES (\S+) (\S+)/g)];
  expect(new Set(names.map(([, queue]) => queue)).size).toBe(3);
  const connection = await connect(servers.urls.rabbitmq!);
  for (const [, queue = '', exchange = ''] of names) {
    for (const check of ['checkQueue', 'checkExchange'] as const) {
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      const found = channel[check](check === 'checkQueue' ? queue : exchange);
      await expect(found).rejects.toThrow('NOT_FOUND');
    }
  }
  await connection.close();
  const redis = new Redis(servers.urls.redis!);
  expect(await redis.keys('*')).toEqual([]);
  await redis.quit();
}

describe.skipIf(why !== undefined)(titled('files on servers that all share', why), () => {
  test('with the set-up file of Vitest', async () => {
    const folder = project({
      'vitest.config.js': `export default { test: { setupFiles: [${built('vitest')}], fileParallelism: true, maxWorkers: 3 } };`,
      'a.test.js': uses('vitest', 'a'),
      'b.test.js': uses('vitest', 'b'),
      'c.test.js': uses('vitest', 'c'),
    });
    const { code, output } = await node(folder, [VITEST, 'run', '--disable-console-intercept'], onShared());
    expect(code, output).toBe(0);
    expect(output).toMatch(/6 passed/);
    await assertNothingLeft(output);
  });

  test('with the set-up of node:test', async () => {
    const marks = ['a', 'b', 'c'];
    const folder = project(Object.fromEntries(marks.map((mark) => [`${mark}.test.js`, uses('node', mark)])));
    const setup = join(ROOT, 'dist/src/testing/node.js');
    const files = marks.map((mark) => `${mark}.test.js`);
    const { code, output } = await node(folder, ['--import', setup, '--test', ...files], onShared());
    expect(code, output).toBe(0);
    expect(output).toMatch(/pass 6\n/);
    await assertNothingLeft(output);
  });

  test.skipIf(noJest !== undefined)(titled('with the environment of Jest', noJest), async () => {
    const marks = ['a', 'b', 'c'];
    const files = Object.fromEntries(marks.map((mark) => [`${mark}.test.cjs`, uses('jest', mark)]));
    const folder = jestProject(files);
    const { code, output } = await node(folder, [JEST, '--maxWorkers=3'], onShared());
    expect(code, output).toBe(0);
    expect(output).toMatch(/Tests: +6 passed/);
    await assertNothingLeft(output);
  });
});

test.skipIf(noJest !== undefined)(titled('Jest: one lab for each file, also in one worker', noJest), async () => {
  const file =
    "test('round', () => console.log('LAB ' + lab.urls.redis + ' ' + (process.env.REDIS_URL === lab.urls.redis)));";
  const folder = jestProject({ 'a.test.cjs': file, 'b.test.cjs': file });
  const { code, output } = await node(folder, [JEST, '--runInBand'], { MSGPLAY_SERVICES: 'redis' });
  expect(code, output).toBe(0);
  const labs = [...output.matchAll(/LAB (\S+) (\w+)/g)];
  expect(labs.map(([, , isNamed]) => isNamed)).toEqual(['true', 'true']);
  expect(new Set(labs.map(([, url]) => url)).size).toBe(2);
});

test('one lab for each worker, with what the tests before it left wiped off', async () => {
  const file = `
    import { deepStrictEqual as same } from 'node:assert';
    import { beforeEach, test } from 'vitest';
    import { Redis } from 'ioredis';
    import { lab } from './lab.js';
    beforeEach(() => lab.reset());
    for (const round of [1, 2]) {
      test('round ' + round, async () => {
        console.log('LAB ' + lab.urls.redis);
        const redis = new Redis(lab.urls.redis);
        same(await redis.incr('count'), 1);
        await redis.publish('news', 'hello');
        await lab.story.message({ channel: 'news' }).times(1).wasPublished();
        await redis.quit();
      });
    }`;
  const folder = project({
    'vitest.config.js': 'export default { test: { isolate: false, maxWorkers: 1 } };',
    'lab.js': `import { startLab } from ${built('index')};\nexport const lab = (globalThis.lab ??= await startLab());`,
    'a.test.js': file,
    'b.test.js': file,
    'c.test.js': file,
  });
  const { code, output } = await node(folder, [VITEST, 'run', '--disable-console-intercept'], {});
  expect(code, output).toBe(0);
  const labs = [...output.matchAll(/LAB (\S+)/g)].map(([, url]) => url);
  expect([labs.length, new Set(labs).size]).toEqual([6, 1]);
});
