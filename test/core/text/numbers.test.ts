import { expect, test } from 'vitest';
import { count, parseNumber, range } from '../../../src/core/text/numbers.ts';

test.each([
  ['20', 20],
  [' 20 ', 20],
  ['-3', -3],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1_000', 1000],
  ['1,000,000', 1_000_000],
  ['1e3', 1000],
])('%s is a number', (typed, value) => expect(parseNumber(typed)).toBe(value));

test.each(['', ' ', '.', 'e3', '0x10', '1,00', '1__0', '_1', '1 000', 'NaN', 'Infinity', '1e999', '5s', '--1'])(
  '%j is none',
  (typed) => expect(parseNumber(typed)).toBeUndefined(),
);

test.each([
  [1, 3, [1, 2, 3]],
  [4, 4, [4]],
  [4, 3, []],
  [4, 1, []],
])('from %i to %i', (first, last, numbers) => expect(range(first, last)).toEqual(numbers));

test('counts how often a value is there', () => {
  expect([1, 2, 3].map((value) => count([1, 2, 1], value))).toEqual([2, 1, 0]);
});
