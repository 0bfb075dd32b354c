/** What is left of private servers when msgplay itself dies. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { processesWith } from '../helpers/processes.ts';
import { missing, titled } from '../helpers/servers.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const noRedis = await missing('local', ['redis']);
const noRabbitmq = await missing('local', ['rabbitmq']);

/** A job queue that is busy for long. */
const BUSY = ['run', 'job-queue', '--jobs', '1000'];

test('Ctrl-C before the servers are there is no error either', async () => {
  for (const command of [['run', 'pubsub'], ['up']]) {
    const running = start([...command, '--backend', 'local']);
    await Promise.race([running.says(/starting/), running.ended]);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    if (noRedis === undefined) expect(code, stderr).toBe(130);
    expect(stderr).not.toContain('bug in msgplay');
  }
});

const noMinding = existsSync('/proc/self/environ') ? (noRabbitmq ?? noRedis) : 'there is no /proc';
describe.skipIf(noMinding !== undefined)(titled('private servers', noMinding), () => {
  test.each(['SIGKILL', 'SIGINT'] as const)(
    'are gone after %s in the middle of a run, with all their files',
    async (signal) => {
      const temporary = mkdtempSync(join(directory, 'tmp-'));
      const running = start([...BUSY, '--backend', 'local'], { TMPDIR: temporary });
      await running.says(/ack #3/, 60_000);
      const servers = processesWith(temporary).join('\n');
      for (const name of ['epmd', 'beam']) expect(servers).toContain(name);
      running.child.kill(signal);
      await running.ended;
      await eventually(() => expect(processesWith(temporary)).toEqual([]));
      await eventually(() => expect(readdirSync(temporary)).toEqual([]));
    },
    90_000,
  );
});
