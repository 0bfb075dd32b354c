/** Runs for a reader: step by step, with predictions, at a pace; and the way through the course. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { course } from '../../src/lab/scenario/course.ts';
import { msgplay } from '../helpers/cli.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'msgplay-teaching-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A scenario that asks twice; 2 and 1 are right. */
const ASKS = `import { defineScenario, say } from 'msgplay';
export default defineScenario({
  name: 'asks', title: 'Asks', options: {}, needs: [], about: () => 'two questions',
  async run(lab) {
    await lab.step('a step');
    const first = await lab.predict('Who gets it?', ['a', 'b']);
    first.answer('b', 'since b waits');
    const second = await lab.predict(say\`How many of \${3}?\`, { every: 'all', none: 'none', single: 'one' });
    second.answer('every', 'since nothing is lost');
    lab.check('it holds', true);
  },
});
`;

function asking(): string {
  const file = join(folder(), 'asks.mjs');
  writeFileSync(file, ASKS);
  return file;
}

describe('--answers', () => {
  test('plays without a terminal, says what was right and why, and keeps the score', async () => {
    const { code, stdout } = await msgplay(['run', asking(), '--answers', '2,3']);
    expect(code).toBe(0);
    for (const text of ['Who gets it?', 'since b waits', 'How many of 3?', 'since nothing is lost'])
      expect(stdout).toContain(text);
    expect(stdout).toContain('Predicted right: 1 of 2');
  });

  test.each([
    ['2', 'asks more than 1 question'],
    ['3,1', 'Answer 1 of --answers is 3, but there are 2 choices'],
    ['x', "--answers takes numbers of choices, like 1,3,2, not 'x'"],
    ['0,1', '--answers takes numbers of choices'],
  ])('%s', async (answers, message) => {
    const { code, stderr } = await msgplay(['run', asking(), '--answers', answers]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('too many are told', async () => {
    const { code, stderr } = await msgplay(['run', asking(), '--answers', '2,1,1']);
    expect(code).toBe(0);
    expect(stderr).toContain('--answers has 1 more than asks asks for');
  });
});

test.each(['--step', '--pause'])('%s needs somebody to read', async (flag) => {
  const { code, stderr } = await msgplay(['run', 'pubsub', flag]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${flag} needs a terminal`);
});

describe('--pace', () => {
  test('shows the same, more slowly', async () => {
    const plain = await msgplay(['run', asking()]);
    const slow = await msgplay(['run', asking(), '--pace', '1ms']);
    const steady = (text: string): string => text.replace(/\d+(\.\d+)? (ms|s)\b|^ *\d+\.\d+(?= )/gm, 'so long');
    expect(steady(slow.stdout)).toBe(steady(plain.stdout));
  });

  test.each(['0', '-1s', 'fast', '1h'])('%s is refused', async (pace) => {
    const { code, stderr } = await msgplay(['run', 'pubsub', '--pace', pace]);
    expect(code).toBe(2);
    expect(stderr).toContain('--pace takes a time for each event');
  });
});

describe('the course', () => {
  test('what was run has a tick, and next runs the first that has none', async () => {
    const state = folder();
    const lessons = (await course()).map(({ scenario }) => scenario.name);
    const [first, second] = lessons;
    const env = { XDG_STATE_HOME: state };
    expect((await msgplay(['list'], env)).stdout).not.toContain('✓');
    expect((await msgplay(['next', '--format', 'lines'], env)).stdout).toMatch(new RegExp(`^${first} `));
    expect((await msgplay(['list'], env)).stdout).toMatch(new RegExp(`^✓ ${first} `, 'm'));
    expect((await msgplay(['next', '--format', 'lines'], env)).stdout).toMatch(new RegExp(`^${second} `));
    const kept = JSON.parse(readFileSync(join(state, 'msgplay', 'course.json'), 'utf8'));
    expect(kept.passed).toEqual([first, second].sort());
    writeFileSync(join(state, 'msgplay', 'course.json'), JSON.stringify({ passed: lessons }));
    expect((await msgplay(['next'], env)).stdout).toContain('You have run the whole course');
    writeFileSync(join(state, 'msgplay', 'course.json'), 'not JSON');
    expect((await msgplay(['list'], env)).code).toBe(0);
  });

  test('list --json has chapters, order, tags and both titles', async () => {
    const listed = JSON.parse((await msgplay(['list', '--json'])).stdout);
    expect(listed.map(({ order }: { order: number }) => order)).toEqual(
      listed.map((_: unknown, index: number) => index + 1),
    );
    for (const { chapter, title, tags } of listed) {
      expect([Object.keys(chapter), Object.keys(title)]).toEqual([
        ['en', 'ko'],
        ['en', 'ko'],
      ]);
      expect(tags.length).toBeGreaterThan(0);
    }
  });
});
