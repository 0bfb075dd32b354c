/** What runs leave on a Redis that others share, where the wire does not show all of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;

/** A scenario file that does this with a client of Redis. */
function scenario(body: string): string {
  const path = join(directory, `leaves-${++files}.mjs`);
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'leaves', title: 'Somebody leaves keys', options: {}, needs: ['redis'], about: () => '',
  async run(lab) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    redis.on('error', () => {});
    lab.defer(() => redis.disconnect());
    ${body}
    lab.check('fine', true);
  },
});
`,
  );
  return path;
}

async function sharedRedis() {
  const up = start(['up', 'redis', '--json']);
  await up.says(/\}\}\n/);
  const { url } = (JSON.parse(up.stdout()) as { redis: { url: string } }).redis;
  return { url, redis: new Redis(url) };
}

const BY_SCRIPT = `await redis.eval("return redis.call('SET', '" + lab.name('made') + "', 1)", 0);`;

test('a key that only the text of a script names is removed', async () => {
  const { url, redis } = await sharedRedis();
  const { code, stderr } = await start(['run', scenario(BY_SCRIPT), '--redis-url', url]).ended;
  expect(code, stderr).toBe(0);
  expect(await redis.keys('*')).toEqual([]);
  redis.disconnect();
});

const STUCK = `for (let i = 0; i < 10; i++) lab.defer(() => { lab.note('cleaning up'); return new Promise(() => {}); });
    lab.note('here I am');
    await lab.sleep(600_000);`;

test.each([
  ['that a script made', BY_SCRIPT, 'what scripts made of this run may stay', '1 key'],
  [
    'of which there are more than are worth remembering',
    `for (let at = 0; at < 51_000; at += 500)
      await redis.mset(Array.from({ length: 500 }, (_, i) => [lab.name('key' + (at + i)), i]).flat());`,
    'at least 50000 keys of this run stay',
    '51000 keys',
  ],
])('the second Ctrl-C tells no less than there is: keys %s', async (_, body, told, removed) => {
  const { url, redis } = await sharedRedis();
  const running = start(['run', scenario(`${body}\n${STUCK}`), '--redis-url', url]);
  await running.says(/here I am/);
  running.child.kill('SIGINT');
  await running.says(/cleaning up/);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(`${told} in Redis. To remove: msgplay clean redis://`);
  const [, line = ''] = /To remove: msgplay (.*)$/m.exec(stderr) ?? [];
  const cleaned = await start(line.split(' ')).ended;
  expect(cleaned.stdout, cleaned.stderr).toContain(` ${removed} removed`);
  expect(await redis.keys('*')).toEqual([]);
  redis.disconnect();
});
