/** A few inputs on every target, the same ones each time; `npm run fuzz` tries others, and more. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fuzzed, fuzz } from './fuzz.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';
import { loadTargets } from './targets.ts';

let targets: Target[];

beforeAll(async () => {
  targets = await loadTargets();
});
afterAll(() => Promise.all(targets.map((target) => target.close())));

it('finds nothing on any target', async () => {
  const results: Fuzzed[] = [];
  for (const target of targets) results.push(await fuzz(target, { seed: 1, inputs: 300 }));
  expect(results.map(({ target, inputs, fault }) => [target, inputs, fault?.what])).toEqual(
    targets.map(({ name }) => [name, 300, undefined]),
  );
});

it('tells what went wrong, and repeats it', async () => {
  const [target] = targets as [Target];
  let tried = 0;
  const broken: Target = {
    ...target,
    run() {
      if (++tried === 10) throw new Error('a bug');
    },
  };
  const { inputs, fault } = await fuzz(broken, { seed: 7, inputs: 300 });
  expect(inputs).toBe(9);
  expect(fault?.what).toContain('a bug');
  expect(fault?.suspects).toHaveLength(10);
  const random = new Random(7);
  expect(Array.from({ length: 10 }, () => target.input(random))).toEqual(fault?.suspects);
});
