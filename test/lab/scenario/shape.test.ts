/** Scenario files in JavaScript, where nobody looked at what they declare. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { course } from '../../../src/lab/scenario/course.ts';
import { loadScenario } from '../../../src/lab/scenario/load-scenario.ts';
import { mistakeIn } from '../../../src/lab/scenario/shape.ts';
import { msgplay } from '../../helpers/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MISTAKES: readonly [declared: string, told: string][] = [
  ['title: 3', 'title has to be a text'],
  ['options: []', 'options has to be an object'],
  ['options: { jobs: 1 }', 'options.jobs.type has to be one of integer, number, flag, choice, text'],
  ["options: { jobs: { type: 'integer', help: '', default: 1, max: 3 } }", 'options.jobs.min has to be a number'],
  ["options: { how: { type: 'choice', help: '', default: 'a' } }", 'options.how.choices has to be a list'],
  ['names: [1]', 'names[0] has to be a text'],
  ["explain: { idea: '' }", 'explain.picture has to be a text'],
  ["explain: { idea: '', picture: '', look: [], try: ['x'] }", 'explain.try[0] has to be an object'],
  ['translations: { ko: {} }', 'translations.ko.words has to be an object'],
  ["needs: ['rabitmq']", 'needs is a list of services (rabbitmq, redis, ws, stomp, http), not ["rabitmq"]'],
  ['needs: undefined', 'needs is a list of services (rabbitmq, redis, ws, stomp, http), not missing'],
  ['about: () => 3', 'about gives a text, not 3'],
];

describe('a mistake is told, exit 2:', () => {
  test.each(MISTAKES)('%s', async (declared, told) => {
    const path = join(folder, `mistaken-${MISTAKES.findIndex(([one]) => one === declared)}.mjs`);
    const usual = "name: 'mine', title: 'Mine', options: {}, needs: [], about: () => ''";
    writeFileSync(path, `export default { ${usual}, ${declared}, run: (lab) => lab.check('it plays', true) };`);
    const { code, stdout, stderr } = await msgplay(['run', path]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(told) });
    expect(stderr).not.toMatch(/bug in msgplay|^ +at /m);
    if (!/^(needs|about)/.test(told)) await expect(loadScenario(path)).rejects.toThrow(`can't be loaded: ${told}`);
  });
});

test('the scenarios of the course have the shape', async () => {
  const lessons = await course();
  expect(lessons.length).toBeGreaterThan(20);
  for (const { scenario } of lessons) expect([scenario.name, mistakeIn(scenario)]).toEqual([scenario.name, undefined]);
});
