/** Scripted demos: the examples, what they exit with, and what is told of mistakes in them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { castPart } from '../../src/cli/demo/casting.ts';
import { demoSchemaOfAll } from '../../src/cli/demo/completions.ts';
import { readDemo } from '../../src/cli/demo/demo.ts';
import { Cast } from '../../src/cli/output/cast.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type Ended, msgplay } from '../helpers/cli.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const TALK = new URL('talk.yml', EXAMPLES).pathname;
const GATE = new URL('gate.yml', EXAMPLES).pathname;

function write(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'demo.yml');
  writeFileSync(file, content);
  return file;
}

function played(steps: string, ...flags: string[]): Promise<Ended> {
  return msgplay(['play', write(`steps:\n${steps}`), ...flags]);
}

describe('the examples', () => {
  test('a talk goes to its end without a terminal, in the language asked for', async () => {
    const { code, stdout, stderr } = await msgplay(['play', TALK, '--lang', 'ko']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('실행 6개 가운데 6개가 예상대로 진행됨')]);
    expect(stdout).toContain('그 작업은 사라질까?');
    expect(stdout).not.toContain('Is that job lost?');
    expect(stdout).toContain('ack하는 워커는');
    expect(stdout.indexOf('그 작업은 사라질까?')).toBeLessThan(stdout.indexOf('job-queue  '));
  });

  test('a gate holds, and its runs are reported', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msgplay-demo-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { code } = await msgplay(['play', GATE, '--report', `junit=${folder}/r.xml`]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'r.xml'), 'utf8')).toMatch(
      /<testsuite name="job-queue".*<testsuite name="pubsub"/s,
    );
  });
});

describe('what is said', () => {
  test('stands in a recording, between the runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msgplay-demo-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const steps = '  - say: First the one.\n  - run: hello-queue\n  - say: { en: Then the end., ko: 끝. }\n';
    const { code } = await played(
      steps,
      '--report',
      `asciicast=${folder}/t.cast`,
      '--report',
      `markdown=${folder}/t.md`,
    );
    expect(code).toBe(0);
    const [head, ...records] = readFileSync(join(folder, 't.cast'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(head).toMatchObject({ version: 2 });
    expect(records[0][2]).toContain('First the one.');
    expect(records.map(([at]) => at)).toEqual(records.map(([at]) => at).sort((a, b) => a - b));
    expect(records.map(([, , text]) => text).join('')).toMatch(/First the one\..*hello-queue.*Then the end\./s);
    expect(readFileSync(join(folder, 't.md'), 'utf8')).toMatch(/^First the one\..*\n## hello.*Then the end\.\n/s);
  });

  test('does not come between data', async () => {
    const { stdout, stderr } = await played('  - say: Hello.\n  - run: hello-queue\n', '--format', 'ndjson');
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('seq');
    expect(stderr).toContain('Hello.');
  });

  test('moves no cursor', async () => {
    const { stdout } = await played('  - say: "a\\e[2Jb"\n  - run: hello-queue\n');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('what is expected', () => {
  const file = 'mine.mjs';
  const failing = `import { defineScenario } from 'msgplay';
export default defineScenario({ name: 'mine', title: 'Mine', options: {}, needs: [], about: () => '',
  async run(lab) { lab.check('it holds', true); lab.check('it does not', false, 'of course'); } });`;

  function own(expected: string): Promise<Ended> {
    const demo = write(`steps:\n  - run: ./${file}\n    expect: ${expected}\n`);
    writeFileSync(join(demo, '..', file), failing);
    return msgplay(['play', demo]);
  }

  test.each([
    '{ outcome: failed }',
    '{ exit: 1 }',
    '{ exit: 1, checks: [it holds, { title: it does not, passed: false }], account: { published: 0 } }',
  ])('and comes: %s', async (expected) => {
    const { code, stderr } = await own(expected);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 of 1 runs went as expected')]);
  });

  test.each([
    ['{}', 1, '1:passed was expected, but: failed'],
    ['{ exit: 0 }', 1, 'exit code 0 was expected, but it is 1'],
    ['{ outcome: failed, checks: [it does not] }', 1, "3:41: 'it does not' does not hold: of course"],
    ['{ outcome: failed, checks: [it hold] }', 1, "3:41: there was no check 'it hold'. Did you mean it holds?"],
    [
      '{ outcome: failed, account: { published: { min: 2 } } }',
      1,
      '3:54: 2 or more published expected, but there are 0',
    ],
  ])('and does not come: %s', async (expected, exitCode, told) => {
    const { code, stderr } = await own(expected);
    expect(code).toBe(exitCode);
    expect(stderr.replace(/:2:10: /g, '1:')).toContain(told);
    expect(stderr).toContain('0 of 1 runs went as expected');
  });

  test('a server that is not there is no failure that was meant, unless its exit code is', async () => {
    const steps = (expected: string): string => `  - run: hello-queue\n    expect: ${expected}\n`;
    const gone = ['--rabbitmq-url', 'amqp://127.0.0.1:1'];
    expect((await played(steps('{ outcome: failed }'), ...gone)).code).toBe(3);
    expect((await played(steps('{ exit: 3 }'), ...gone)).code).toBe(0);
  });

  test('one that goes wrong keeps no other from being run', async () => {
    const { code, stderr } = await played(
      '  - run: hello-queue\n    expect: { outcome: failed }\n  - run: hello-queue\n',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 of 2 runs went as expected\n {2}✗ hello-queue\n {2}✓ hello-queue\n/);
  });
});

/** What is wrong with a demo: told before anything runs. */
async function refused(file: string): Promise<UsageError> {
  const cast = new Cast();
  try {
    for (const step of (await readDemo(file)).steps) if ('run' in step) await castPart(step, file, cast, {});
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  } finally {
    await cast.close();
  }
  throw new Error('nothing is wrong with it');
}

describe('a mistake is told with its place', () => {
  test('and nothing runs', async () => {
    const { code, stdout, stderr } = await played(
      '  - run: hello-queue\n  - run: pubsub\n    options: { vai: redis }\n',
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^msgplay: .*demo\.yml:4:16: pubsub has no option 'vai'\.\nDid you mean via\?\n$/);
  });

  /** In what the schema tells, too; the others only a run can know, or no editor sees. */
  test.each([
    ['steps:\n  - rn: pubsub\n', "2:5: a step has no 'rn'.", 'Did you mean run?'],
    ['steps:\n  - run: pubsub\n    optoins: {}\n', "3:5: a step has no 'optoins'.", 'Did you mean options?'],
    ['steps:\n  - run: pubsub\n    say: x\n', "3:5: a step does one thing: 'run' or 'say'.", ''],
    ['steps:\n  - run: [pubsub]\n', '2:10: run takes a text, not a list.', ''],
    [
      'steps:\n  - run: pubsub\n    layer: frames\n',
      "3:12: layer takes story, message, frame, bytes, not 'frames'.",
      'frame?',
    ],
    ['steps:\n  - run: pubsub\n    seed: x\n', '3:11: seed takes a whole number from 0 to', ''],
    [
      'steps:\n  - run: pubsub\n    expect: { outcome: pass }\n',
      '3:24: outcome takes passed, failed, timed-out',
      'Did you mean passed?',
    ],
    [
      'steps:\n  - run: pubsub\n    expect: { account: { publishd: 1 } }\n',
      "3:26: account has no 'publishd'.",
      'published?',
    ],
    [
      'steps:\n  - run: pubsub\n    options: { vai: redis }\n',
      "3:16: pubsub has no option 'vai'.",
      'Did you mean via?',
    ],
    ['steps:\n  - run: pubsub\n    options: { via: rabbit }\n', '3:16: --via takes', 'Did you mean rabbitmq?'],
    ['steps:\n  - run: job-queue\n    options: { crash: 1 }\n', '3:23: crash takes true or false.', ''],
    ['steps:\n  - run: pubsubb\n', "2:10: There is no scenario 'pubsubb'.", 'Did you mean pubsub?'],
    ['steps:\n  - say: { de: hallo }\n', "2:12: say has no 'de'.", ''],
    ['steps:\n  - pause: 5 minutes\n  - run: pubsub\n', "2:12: pause takes a time, not '5 minutes'.", '2s'],
    ['steps:\n  - pause: false\n  - run: pubsub\n', '2:12: pause takes true or a time', ''],
    ['steps: pubsub\n', "1:8: steps takes a list, not 'pubsub'.", ''],
    ['steps: []\n', '1:8: steps is empty.', ''],
    ['stpes:\n  - run: pubsub\n', "1:1: a demo has no 'stpes'.", 'Did you mean steps?'],
    ['title: x\n', "1:1: a demo lacks 'steps'.", ''],
    ['- run: pubsub\n', '1:1: a demo takes a map of steps', ''],
  ])('%j', async (text, told, hint) => {
    const file = write(text);
    const error = await refused(file);
    expect(error.message).toContain(`${file}:${told}`);
    expect(error.hint ?? '').toContain(hint);
    // An editor tells it, too.
    expect(validate(parse(text))).toBe(false);
  });

  test.each([
    ['', 'demo.yml:1:1: The file is empty.'],
    ['# nothing\n', 'demo.yml:1:1: The file is empty.'],
    ['steps:\n  - say: "x\n', /demo\.yml:\d:\d+: .*quote/],
    ['steps:\n\t- run: pubsub\n', /demo\.yml:2:\d+: .*[Tt]ab/],
    ['steps:\n  - run: a\n  - *gone\n', 'demo.yml:3:5: *gone stands for nothing'],
    ['a: 1\n---\nb: 2\n', 'demo.yml:2:1: A second document begins here'],
    ['steps: []\nsteps: []\n', /demo\.yml:2:1: .*unique/],
    ['steps:\n  - run: !mine pubsub\n', /demo\.yml:2:10: .*tag.*!mine/],
    ['steps:\n  - say: hello\n', 'demo.yml:1:1: This demo runs nothing.'],
    [Buffer.from([0x73, 0x3a, 0x0a, 0x20, 0xff, 0xfe]), 'demo.yml:2:1: This is not UTF-8.'],
    [Buffer.from('steps:\n  - run: pubsub\n', 'utf16le'), /demo\.yml:1:1: /],
    ['x'.repeat(2_000_000), 'demo.yml is too big'],
  ])('%#: %.30j', async (content, told) => {
    await expect(readDemo(write(content))).rejects.toThrow(told);
  });

  test('aliases are written out, but not without end', async () => {
    const one = 'steps:\n  - &hello { say: hello }\n  - *hello\n  - run: pubsub\n';
    expect((await readDemo(write(one))).steps).toHaveLength(3);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const name of 'bcdefghi') {
      const before = String.fromCharCode(name.charCodeAt(0) - 1);
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
    }
    await expect(readDemo(write(`${bomb.join('\n')}\n`))).rejects.toThrow('There is too much in this file.');
    await expect(readDemo(write('steps: &s\n  - *s\n'))).rejects.toThrow('There is too much in this file.');
  });

  test('a backend that there is not', async () => {
    const error = await refused(write('steps:\n  - run: pubsub\n    backend: locl\n'));
    expect(error.message).toMatch(/:3:14: There is no backend 'locl'\.$/);
    expect(error.hint).toBe('Did you mean local?');
  });

  test('no file, a directory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msgplay-demo-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'inside'));
    expect(await msgplay(['play', join(folder, 'inside')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a directory'),
    });
    expect(await msgplay(['play', join(folder, 'none.yml')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file'),
    });
    expect(await msgplay(['play'])).toMatchObject({ code: 2, stderr: expect.stringContaining("argument 'demo.yml'") });
  });
});

const validate = new Ajv({ strict: false, allErrors: true }).compile(await demoSchemaOfAll());

describe('the schema', () => {
  test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.yml')))(
    '%s follows it, and names it',
    async (file) => {
      const text = readFileSync(new URL(file, EXAMPLES), 'utf8');
      validate(parse(text));
      expect(validate.errors ?? []).toEqual([]);
      const [, named = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? [];
      const shipped = JSON.parse(readFileSync(new URL(named, EXAMPLES), 'utf8'));
      expect(shipped).toEqual(JSON.parse((await msgplay(['schema', 'demo'])).stdout));
      expect(shipped).toEqual(JSON.parse(JSON.stringify(await demoSchemaOfAll())));
    },
  );

  test('what reads as a demo follows it: a pause alone, times, files, options of other types', async () => {
    for (const steps of [
      '- pause\n- run: pubsub',
      '- pause:\n- run: ./mine.ts',
      '- pause: 1.5s\n- run: topics\n  options: { pattern: 5 }',
      '- run: pubsub\n  backend: { redis: local, rabbitmq: embedded@3.10 }\n  expect: { exit: 3 }',
    ]) {
      const text = `steps:\n${steps}\n`;
      await readDemo(write(text));
      validate(parse(text));
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});
