import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awaited, concurrent } from './arbitrary.ts';
import { lines, parse } from './program-text.ts';

test('a program is read back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(awaited, concurrent), (program) => {
      const written = lines(program).join('\n');
      expect(lines(parse(written)).join('\n')).toBe(written);
    }),
  );
});

test('a program without an end is refused', () => {
  expect(() => parse('queue q1')).toThrow('no end');
});
