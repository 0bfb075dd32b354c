import { expect, it } from 'vitest';
import { lastOf, Options } from '../../../../src/servers/redis/commands/options.ts';
import { SYNTAX } from '../../../../src/servers/redis/errors.ts';

it('reads words in upper case, and what belongs to them as it was sent', () => {
  const options = new Options(['set', 'k', 'v', 'ex', '10', 'Get'], 3);
  const read: unknown[] = [];
  for (let word = options.word(); word !== undefined; word = options.word()) {
    read.push(word === 'EX' ? [word, options.argument()] : [word, options.sent]);
  }
  expect(read).toEqual([
    ['EX', '10'],
    ['GET', 'Get'],
  ]);
  expect([options.left, options.peek()]).toEqual([0, undefined]);
});

it('refuses an option whose argument is missing', () => {
  const options = new Options(['set', 'k', 'v', 'EX'], 3);
  expect(options.word()).toBe('EX');
  expect(() => options.argument()).toThrow(SYNTAX);
});

it('leaves what is no option', () => {
  const options = new Options(['xadd', 'k', 'nomkstream', '1-1', 'f', 'v'], 2);
  expect([options.word(), options.word()]).toEqual(['NOMKSTREAM', '1-1']);
  options.back();
  expect(options.rest).toEqual(['1-1', 'f', 'v']);
});

it('finds the last argument', () => {
  expect(lastOf(['blpop', 'a', 'b', '0'])).toBe('0');
});
