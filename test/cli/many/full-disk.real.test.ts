/** Many runs, and their reports, on a disk that is full: a small one, which only the system's administrator can mount. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { msgplay } from '../../helpers/cli.ts';
import { disk, noDisks } from '../../helpers/disk.ts';
import { titled } from '../../helpers/servers.ts';

const why = noDisks();

describe.skipIf(why !== undefined)(titled('on a full disk', why), () => {
  test('a scenario file runs, and nothing of it is kept', async () => {
    const [place, elsewhere] = [disk(64), mkdtempSync(join(tmpdir(), 'msgplay-own-'))];
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    writeFileSync(join(place, 'full'), Buffer.alloc(64 * 1024 - 4096));
    const file = join(elsewhere, 'own.mjs');
    const body = `async run(lab) { lab.check('${'long '.repeat(2000)}', true); }`;
    writeFileSync(
      file,
      `import { defineScenario } from 'msgplay';
export default defineScenario({ name: 'own', title: 'Mine', needs: [], options: {}, about: () => '', ${body} });`,
    );
    const { code, stderr } = await msgplay(['run', file], { XDG_CACHE_HOME: place });
    expect(code, stderr).toBe(0);
  });

  test('reports are whole or not there, and the others are written', async () => {
    const place = disk(16);
    const elsewhere = mkdtempSync(join(tmpdir(), 'msgplay-reports-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    const reports = [`html=${place}/r.html`, `ndjson=${place}/r.ndjson`, `junit=${elsewhere}/r.xml`];
    const { code, stdout, stderr } = await msgplay(
      ['run', 'pubsub', 'hello-queue', '--jobs', '2', ...reports.flatMap((one) => ['--report', one])],
      { XDG_STATE_HOME: elsewhere },
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`msgplay: the report can't be written to ${place}/r.html: no space left on device\n`);
    expect(stderr).toContain(`msgplay: the report can't be written to ${place}/r.ndjson: no space left on device\n`);
    expect(readdirSync(place)).toEqual([]);
    expect(readFileSync(join(elsewhere, 'r.xml'), 'utf8')).toMatch(/name="hello-queue"[\s\S]*<\/testsuites>\n$/);
    expect(stdout).toContain('hello-queue');
    expect(stderr).toContain('2 of 2 scenarios passed');
  });

  test.each([
    ['no room', 4, 100],
    ['a room for the first', 96, 100],
    ['no room for another file', 64, 2],
  ])('runs that can not be kept say so, and what there is of them is told as cut off: %s', async (_, kB, files) => {
    const place = disk(kB, files);
    if (files === 2) writeFileSync(join(place, 'other'), '');
    const elsewhere = mkdtempSync(join(tmpdir(), 'msgplay-reports-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    const { code, stderr } = await msgplay(
      ['run', 'topics', 'pubsub', '-j', '2', '--layer', 'frame', '--report', `ndjson=${elsewhere}/r.ndjson`],
      { TMPDIR: place },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/the run can't be kept in \S+: no space left on device\n/);
    expect(stderr).toContain('Another directory for temporary files can be named by TMPDIR.');
    expect(stderr).not.toMatch(/ENOSPC|bug/);
    expect(readdirSync(place)).toEqual(files === 2 ? ['other'] : []);
    const written = readdirSync(elsewhere);
    if (written.length === 0) return;
    // What is reported is a run to its end, whatever that is.
    const events = readFileSync(join(elsewhere, 'r.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ends = events.filter(({ type }) => type === 'run-end');
    expect(events.filter(({ type }) => type === 'run-start').length).toBe(ends.length);
    expect(events.at(-1).type).toBe('run-end');
    for (const { outcome, reason } of ends) if (outcome !== 'passed') expect(reason).toContain("can't be kept");
  });
});

test('a directory for temporary files that is not there is told', async () => {
  const { code, stdout, stderr } = await msgplay(['run', 'pubsub', '-j', '2'], { TMPDIR: '/nowhere' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    "msgplay: the run can't be kept in /nowhere: no such file or directory\nAnother directory for temporary files can be named by TMPDIR.\n",
  );
});
