/** What the page keeps of a run, without a browser. */
import { expect, test } from 'vitest';

const { Run } = await import(new URL('../../src/reporters/html/program/run.js', import.meta.url).href);

const START = { piece: 'run', language: 'en', title: { en: 'a run', ko: '실행' } };

/** The publishing, the frame and the delivery of one message. */
function* lines(n: number) {
  const line = { piece: 'line', layers: 'sm', peer: 'p', name: `m${n}`, type: 'message' };
  const row = { kind: 'arrow', at: n, from: 'p', to: 'Redis', text: { en: '', ko: '' }, tone: 'plain' };
  const id = `#${n}`;
  yield { ...line, row, seq: 3 * n, message: { id, stage: 'published', seen: true, frames: [3 * n + 1] } };
  yield { ...line, row, layers: 'f', type: 'frame', seq: 3 * n + 1 };
  const delivered = { id, stage: 'delivered', seen: true, latencyMs: 2, frames: [3 * n + 1] };
  yield { ...line, row: { ...row, from: 'Redis', to: 'q' }, peer: 'q', seq: 3 * n + 2, message: delivered };
}

test('finds the steps of a message, its frames, and the message of a frame', () => {
  const run = new Run(START, {});
  for (let n = 0; n < 10; n++) for (const line of lines(n)) run.add(line, '{}');
  const steps = run.stepsOf('#7');
  expect(steps.map(({ seq }: { seq: number }) => seq)).toEqual([21, 23]);
  expect(run.framesOf(steps[0]).map(({ seq }: { seq: number }) => seq)).toEqual([22]);
  expect(run.messageOf(run.lines[22])).toBe('#7');
  expect(run.latencies).toHaveLength(10);
});

test('of a run that goes on and on the last lines are kept, and all that is told of it is told of them', () => {
  const run = new Run(START, {}, 3_000);
  const count = 1_050;
  for (let n = 0; n < count; n++) for (const line of lines(n)) run.add(line, '{}');
  expect(run.lines.length).toBeLessThanOrEqual(3_000);
  expect(run.lines.length).toBeGreaterThanOrEqual(2_000);
  expect(run.dropped + run.lines.length).toBe(3 * count);
  expect(run.lines.at(-1).n).toBe(3 * count - 1);
  expect(run.lines[0].n).toBe(run.dropped);
  expect(run.stepsOf('#1')).toEqual([]);
  expect(run.stepsOf(`#${count - 1}`)).toHaveLength(2);
  expect(run.steps.size).toBeLessThanOrEqual(run.lines.length / 2);
});

test('who got one or another of several is not said to have got the first of them', () => {
  const run = new Run(START, {});
  for (let n = 0; n < 2; n++) {
    const [published, , delivered] = [...lines(n)];
    run.add(published, '{}');
    if (n === 1) run.add({ ...delivered, message: { id: '#1', among: ['#0'], stage: 'delivered', frames: [4] } }, '{}');
  }
  expect([...run.taken.values()].map(({ name }: { name: string }) => name)).toEqual(['m1 / m0']);
});
