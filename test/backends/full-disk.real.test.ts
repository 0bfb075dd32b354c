/** Servers of this machine where their files can't be kept: what is wrong is said, and where else they could be. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { msgplay } from '../helpers/cli.ts';
import { disk, noDisks } from '../helpers/disk.ts';
import { missing, titled } from '../helpers/servers.ts';

const noRedis = await missing('local', ['redis']);
const noRabbitmq = await missing('local', ['rabbitmq']);

/** What a run says that keeps the files of its server there. */
async function said(place: string, ...line: string[]): Promise<string> {
  const { code, stdout, stderr } = await msgplay(['run', ...line, '--backend', 'local'], { TMPDIR: place });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  const [told = '', hint] = stderr.trimEnd().split('\n').slice(-2);
  expect(hint).toBe('Another directory for temporary files can be named by TMPDIR.');
  return told;
}

const REDIS = ['pubsub', '--via', 'redis'];

test.skipIf(noRedis).each([
  ['/nowhere', 'no such file or directory'],
  [fileURLToPath(import.meta.url), 'not a directory'],
])('a directory that is none: %s', async (place, why) => {
  expect(await said(place, ...REDIS)).toBe(`msgplay: nothing can be kept in ${place}: ${why}`);
});

const noDisk = noDisks() ?? noRedis;
describe.skipIf(noDisk)(titled('on a disk', noDisk), () => {
  test('that is full, that is read-only, that has no room for another file', async () => {
    const full = disk(4);
    expect(await said(full, ...REDIS)).toBe(`msgplay: nothing can be kept in ${full}: no space left on device`);
    const still = disk(64);
    execFileSync('mount', ['-o', 'remount,ro', still]);
    expect(await said(still, ...REDIS)).toBe(`msgplay: nothing can be kept in ${still}: read-only file system`);
    const few = disk(1024, 2);
    expect(await said(few, ...REDIS)).toBe(`msgplay: nothing can be kept in ${few}: no space left on device`);
    for (const place of [full, still, few]) expect(readdirSync(place)).toEqual([]);
  });

  test.skipIf(noRabbitmq)('that RabbitMQ would find too small, or fills while it starts', async () => {
    const small = disk(1024);
    expect(await said(small, 'hello-queue')).toBe(`msgplay: 8 MB can't be kept in ${small}: no space left on device`);
    const few = disk(9 * 1024, 8);
    expect(await said(few, 'hello-queue')).toBe(`msgplay: nothing can be kept in ${few}: no space left on device`);
    for (const place of [small, few]) expect(readdirSync(place)).toEqual([]);
  });
});
