/** Signals other than Ctrl-C: what ends a command ends it in order, and what does not end it changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A scenario that keeps a key, says so, and then does `rest`. */
function scenario(name: string, rest: string): string {
  const path = join(directory, `${name}.mjs`);
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: '${name}', title: 'Somebody is there', options: {}, needs: ['redis'], about: () => '',
  async run(lab) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    lab.defer(() => redis.disconnect());
    await redis.set(lab.name('mine'), 1);
    lab.note('here I am');
    ${rest}
  },
});
`,
  );
  return path;
}

const STAYING = scenario('staying', 'await lab.sleep(600_000);');

/** A Redis that others share: `msgplay up`. */
async function sharedRedis() {
  const up = start(['up', 'redis', '--json']);
  await up.says(/\}\}\n/);
  return { up, url: (JSON.parse(up.stdout()) as { redis: { url: string } }).redis.url };
}

const numberOf = (signal: NodeJS.Signals): number => constants.signals[signal];
const here = (signal: NodeJS.Signals): boolean => numberOf(signal) !== undefined;

test.each((['SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGXCPU', 'SIGPWR'] as const).filter(here))(
  '%s ends a run as Ctrl-C does: its trace has an end, nothing is left, and 128 and its number; `up`, too',
  async (signal) => {
    const { up, url } = await sharedRedis();
    const running = start(['run', STAYING, '--redis-url', url, '--format', 'ndjson']);
    await running.says(/here I am/);
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(128 + numberOf(signal));
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'run-end',
      outcome: 'aborted',
    });
    const redis = new Redis(url);
    expect(await redis.keys('*')).toEqual([]);
    redis.disconnect();
    up.child.kill(signal);
    expect((await up.ended).code).toBe(128 + numberOf(signal));
  },
);

test('SIGQUIT ends runs in processes of their own, and a demo', async () => {
  const { url } = await sharedRedis();
  const demo = join(directory, 'demo.yml');
  writeFileSync(demo, `steps:\n  - run: staying.mjs\n`);
  for (const line of [
    ['run', STAYING, '--repeat', '2', '-j', '2'],
    ['play', demo],
  ]) {
    const running = start([...line, '--redis-url', url]);
    const redis = new Redis(url);
    await eventually(async () => expect(await redis.keys('*'), running.stderr()).not.toEqual([]));
    running.child.kill('SIGQUIT');
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(131);
    expect(await redis.keys('*')).toEqual([]);
    redis.disconnect();
  }
});

test('SIGUSR1 opens no debugger, and SIGPIPE ends nothing', async () => {
  const running = start(['run', STAYING]);
  await running.says(/here I am/);
  running.child.kill('SIGUSR1');
  running.child.kill('SIGPIPE');
  await sleep(500);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
});

test('a run that is stopped for longer than its timeout, and goes on, is not late', async () => {
  const running = start(['run', scenario('slow', "await lab.sleep(1000); lab.check('fine', true);"), '--timeout', '6']);
  await running.says(/here I am/);
  running.child.kill('SIGSTOP');
  await sleep(7_000);
  running.child.kill('SIGCONT');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
});
