/** `msgplay diff`, and the same scenario on several backends. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { msgplay } from '../helpers/cli.ts';

const RECORDED = new URL('../golden/recorded/pubsub.ndjson', import.meta.url);
const text = readFileSync(RECORDED, 'utf8');
const at = mkdtempSync(join(tmpdir(), 'msgplay-diff-'));
afterAll(() => rmSync(at, { recursive: true }));

function saved(name: string, content: string): string {
  const path = join(at, name);
  writeFileSync(path, content);
  return path;
}

const a = saved('a.ndjson', text);

describe('diff', () => {
  test('times and numbers of events are not compared: exit 0', async () => {
    const later = text.replace(/"at":([\d.]+)/g, (_, ms) => `"at":${Number(ms) + 100}`);
    const { code, stdout, stderr } = await msgplay(['diff', a, saved('later.ndjson', later)]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^pubsub: .* say the same \(\d+ steps of messages, \d+ frames, \d+ checks\)\.\n$/);
  });

  test('the first difference is explained, the others are counted, in both languages: exit 1', async () => {
    const lines = text.trimEnd().split('\n');
    const acked = lines.findIndex((line) => line.includes('"stage":"acked"') && line.includes('"basis":"seen"'));
    expect(acked).toBeGreaterThan(0);
    const { peer } = JSON.parse(lines[acked] ?? '') as { peer: string };
    const b = saved('b.ndjson', `${lines.filter((_, index) => index !== acked).join('\n')}\n`);
    const english = await msgplay(['diff', a, b]);
    expect(english.code).toBe(1);
    expect(english.stdout).toContain(`The first difference is in the messages of ${peer} to rabbitmq`);
    expect(english.stdout).toMatch(/a\.ndjson {2}.* ack$/m);
    const korean = await msgplay(['diff', a, b, '--lang', 'ko']);
    expect(korean.code).toBe(1);
    expect(korean.stdout).toContain(`첫 번째 차이는 ${peer} → rabbitmq 메시지에 있다`);
  });

  test('other options are told first', async () => {
    const [start = '', ...rest] = text.split('\n');
    const event = JSON.parse(start);
    const b = saved(
      'options.ndjson',
      [JSON.stringify({ ...event, options: { ...event.options, via: 'x' } }), ...rest].join('\n'),
    );
    const { code, stdout } = await msgplay(['diff', a, b]);
    expect(code).toBe(1);
    expect(stdout.split('\n')[1]).toMatch(/^ {2}via is not the same: \w+ and x$/);
  });

  test.each([
    [[], 'Which two runs?'],
    [[a], 'Which two runs?'],
    [[a, join(at, 'nowhere.ndjson')], "can't be read: no such file or directory"],
    [[a, saved('half.ndjson', text.slice(0, text.lastIndexOf('\n', text.length - 2)))], 'ends in the middle of a run'],
    [[saved('empty.ndjson', ''), a], 'holds no run'],
    [[saved('other.ndjson', 'hello\n'), a], 'is no JSON'],
  ])('what can not be compared: exit 2 %#', async (files, message) => {
    const { code, stdout, stderr } = await msgplay(['diff', ...files]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('--backend with a list', () => {
  test.each([[[]], [['-j', '2']]])('runs on each, and says whether they differ %j', async (jobs) => {
    const line = ['run', 'pubsub', '--via', 'redis', '--backend', 'redis=embedded@7.0,embedded', ...jobs];
    const { code, stdout, stderr } = await msgplay([...line, '--report', `ndjson=${at}/both.ndjson`], { TMPDIR: at });
    expect(code).toBe(0);
    expect(stdout.match(/^passed in /gm)).toHaveLength(2);
    expect(stderr).toMatch(/pubsub: redis=embedded@7\.0 and redis=embedded say the same/);
    expect(readFileSync(`${at}/both.ndjson`, 'utf8').match(/"type":"run-start"/g)).toHaveLength(2);
    expect(readdirSync(at).filter((name) => name.startsWith('msgplay-runs'))).toEqual([]);
  });

  test.each([
    ['embedded,', 'a list has a name on both sides of each comma'],
    ['embedded,lcal', "There is no backend 'lcal'"],
  ])('%s', async (list, message) => {
    const { code, stderr } = await msgplay(['run', 'pubsub', '--backend', list]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
