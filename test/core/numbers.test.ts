import { expect, test } from 'vitest';
import { parseNumber } from '../../src/core/numbers.ts';

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
