/** Reports in files, and saved runs that are shown again. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { msgplay, start } from '../helpers/cli.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'msgplay-reports-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('--report', () => {
  test('writes several at a time, whole, beside the page', async () => {
    const at = folder();
    const files = ['junit=r.xml', 'ndjson=r.ndjson', 'mermaid=r.mmd'].map((one) => one.replace('=', `=${at}/`));
    const { code, stdout } = await msgplay([
      'run',
      'job-queue',
      '--jobs',
      '2',
      ...files.flatMap((one) => ['--report', one]),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('job-queue');
    expect(readdirSync(at).sort()).toEqual(['r.mmd', 'r.ndjson', 'r.xml']);
    expect(readFileSync(join(at, 'r.mmd'), 'utf8')).toMatch(/^sequenceDiagram\n/);
  });

  test('two of a kind go to two files, also in one directory', async () => {
    const at = folder();
    const files = ['one', 'two'].flatMap((name) => ['--report', `junit=${at}/${name}.xml`]);
    expect((await msgplay(['run', 'pubsub', '--via', 'redis', ...files])).code).toBe(0);
    expect(readdirSync(at).sort()).toEqual(['one.xml', 'two.xml']);
    expect(readFileSync(join(at, 'one.xml'), 'utf8')).toBe(readFileSync(join(at, 'two.xml'), 'utf8'));
  });

  test('two processes that write the same file: one of them, whole', async () => {
    const at = folder();
    const run = (events: string) =>
      msgplay(['run', 'pubsub', '--via', 'redis', '--events', events, '--report', `ndjson=${at}/r.ndjson`]);
    const both = await Promise.all([run('1'), run('2')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(readdirSync(at)).toEqual(['r.ndjson']);
    expect((await msgplay(['replay', join(at, 'r.ndjson')])).code).toBe(0);
  });

  test('a link stays a link, and a device stays what it is', async () => {
    const at = folder();
    writeFileSync(join(at, 'real.xml'), 'old');
    symlinkSync('real.xml', join(at, 'link.xml'));
    symlinkSync('/dev/null', join(at, 'null'));
    const { code } = await msgplay([
      ...['run', 'pubsub', '--via', 'redis', '--report', `junit=${at}/link.xml`, '--report', `tap=${at}/null`],
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(at, 'real.xml'), 'utf8')).toContain('<testsuite name="pubsub"');
    expect(['link.xml', 'null'].map((name) => readlinkSync(join(at, name)))).toEqual(['real.xml', '/dev/null']);
    expect(readdirSync(at).sort()).toEqual(['link.xml', 'null', 'real.xml']);
  });

  test('a place that can not be written is told before anything runs, and leaves nothing', async () => {
    const at = folder();
    mkdirSync(join(at, 'taken'));
    for (const place of ['nowhere/r.xml', 'taken']) {
      const { code, stdout, stderr } = await msgplay([
        ...['run', 'pubsub', '--report', `ndjson=${at}/r.ndjson`, '--report', `junit=${at}/${place}`],
      ]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain("The report can't be written to");
    }
    expect(readdirSync(at)).toEqual(['taken']);
  });

  test.each([
    [['--report', 'junit=a', '--report', 'tap=./a'], "Two reports can't go to the same file"],
    [['--report', 'junit'], "--report takes a kind and a file, not 'junit'"],
    [['--report', 'junti=a'], 'Did you mean junit?'],
    [['--report', 'junit=-'], 'On stdout: --format junit'],
  ])('%j', async (flags, message) => {
    const { code, stderr } = await msgplay(['run', 'pubsub', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a file that is there keeps who may read it, and is not written twice by another name', async () => {
    const at = folder();
    writeFileSync(join(at, 'mine.xml'), 'old', { mode: 0o600 });
    symlinkSync('mine.xml', join(at, 'link.xml'));
    const both = ['--report', `tap=${at}/mine.xml`, '--report', `junit=${at}/link.xml`];
    const { code, stderr } = await msgplay(['run', 'pubsub', ...both]);
    expect([code, readFileSync(join(at, 'mine.xml'), 'utf8')]).toEqual([2, 'old']);
    expect(stderr).toContain("Two reports can't go to the same file");
    expect((await msgplay(['run', 'pubsub', '--via', 'redis', ...both.slice(0, 2)])).code).toBe(0);
    expect(statSync(join(at, 'mine.xml')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at).sort()).toEqual(['link.xml', 'mine.xml']);
  });

  test('a full disk loses that report and nothing else', async () => {
    const at = folder();
    const mine = join(at, 'mine.mjs');
    writeFileSync(
      mine,
      'export default { name: "mine", title: "", frames: () => "no", begin: () => () => "x".repeat(1e6) + "\\n" };',
    );
    const { code, stderr, stdout } = await msgplay(
      ['run', 'job-queue', '--jobs', '2', '--report', `ndjson=${at}/r.ndjson`, '--report', `${mine}=${at}/big.txt`],
      { NODE_OPTIONS: `--import ${new URL('../helpers/full-disk.js', import.meta.url).href}` },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('no space left on device');
    expect(stdout).toContain('passed');
    expect(readdirSync(at).sort()).toEqual(['mine.mjs', 'r.ndjson']);
  });

  test('a server that is not there is an error in the report of all', async () => {
    const at = folder();
    const { code } = await msgplay([
      ...['run', 'job-queue', 'http-vs-ws', '--rabbitmq-url', 'amqp://127.0.0.1:1', '--report', `junit=${at}/r.xml`],
    ]);
    expect(code).toBe(3);
    const text = readFileSync(join(at, 'r.xml'), 'utf8');
    expect(text).toMatch(/<testsuite name="job-queue"[^>]* errors="1"/);
    expect(text).toMatch(/<testsuite name="http-vs-ws"[^>]* errors="0"/);
  });

  test('Ctrl-C in the middle: what ran is reported, as aborted', async () => {
    const at = folder();
    const running = start(['run', 'job-queue', '--jobs', '1000', '--report', `junit=${at}/r.xml`]);
    await running.says(/deliver/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(readdirSync(at)).toEqual(['r.xml']);
    expect(readFileSync(join(at, 'r.xml'), 'utf8')).toContain('type="aborted"');
  });
});

describe('replay', () => {
  test('shows what the run showed, in any format', async () => {
    const file = join(folder(), 'run.ndjson');
    const { stdout } = await msgplay(['run', 'pubsub', '--via', 'redis', '--report', `ndjson=${file}`]);
    expect((await msgplay(['replay', file])).stdout).toBe(stdout);
    expect((await msgplay(['replay', file, '--format', 'ndjson'])).stdout).toBe(readFileSync(file, 'utf8'));
    expect((await msgplay(['replay', file, '--format', 'mermaid'])).stdout).toMatch(/^sequenceDiagram\n/);
    expect((await msgplay(['replay', file, '--lang', 'ko', '--format', 'lines'])).stdout).toMatch(/\p{Script=Hangul}/u);
  });

  test('of half a run: what there is, an error that says so, and a report that tells it', async () => {
    const at = folder();
    const file = join(at, 'run.ndjson');
    await msgplay(['run', 'pubsub', '--via', 'redis', '--report', `ndjson=${file}`]);
    const text = readFileSync(file, 'utf8');
    for (const half of [text.slice(0, text.length / 2), text.split('\n').slice(0, 20).join('\n')]) {
      writeFileSync(file, half);
      const { code, stdout, stderr } = await msgplay(['replay', file, '--report', `junit=${at}/r.xml`]);
      expect(code).toBe(2);
      expect(stdout).toContain('publisher');
      expect(stderr).toMatch(/cut off|is no JSON/);
      expect(readFileSync(join(at, 'r.xml'), 'utf8')).toContain('type="aborted"');
    }
  });

  test.each([
    ['', 'holds no run'],
    ['{"a":1}\n', 'line 1 of the saved run is no event'],
    ['hello\n', 'line 1 of the saved run is no JSON'],
  ])('of %j', async (text, message) => {
    const at = folder();
    const file = join(at, 'run.ndjson');
    writeFileSync(file, text);
    const { code, stderr } = await msgplay(['replay', file, '--report', `junit=${at}/r.xml`]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(at)).toEqual(['run.ndjson']);
  });

  test('of a newer format: what can be shown, and an error that says so', async () => {
    const file = join(folder(), 'run.ndjson');
    await msgplay(['run', 'pubsub', '--via', 'redis', '--report', `ndjson=${file}`]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format":1', '"format":99'));
    const { code, stdout, stderr } = await msgplay(['replay', file]);
    expect(code).toBe(2);
    expect(stdout).toContain('publisher');
    expect(stderr).toContain('trace format 99');
  });
});

test('schema', async () => {
  const { code, stdout } = await msgplay(['schema', 'trace']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).$schema).toContain('2020-12');
  expect((await msgplay(['schema', 'trase'])).stderr).toContain('Did you mean trace?');
});
