import { expect, it } from 'vitest';
import { eachPair, lastOf, Options } from '../../../../src/servers/redis/commands/options.ts';
import { SYNTAX } from '../../../../src/servers/redis/errors.ts';

it('reads words in upper case, and what belongs to them as it was sent', () => {
  const options = new Options(['set', 'k', 'v', 'ex', '10', 'Get'], 3);
  const read: unknown[] = [];
  for (const word of options) read.push(word === 'EX' ? [word, options.argument()] : [word, options.sent]);
  expect(read).toEqual([
    ['EX', '10'],
    ['GET', 'Get'],
  ]);
  expect([options.left, options.peek()]).toEqual([0, undefined]);
});

it('refuses an option whose argument is missing', () => {
  const options = new Options(['set', 'k', 'v', 'EX'], 3);
  expect(options.next().value).toBe('EX');
  expect(() => options.argument()).toThrow(SYNTAX);
});

it('leaves what is no option', () => {
  const options = new Options(['xadd', 'k', 'nomkstream', '1-1', 'f', 'v'], 2);
  for (const word of options) {
    if (word === 'NOMKSTREAM') continue;
    options.back();
    break;
  }
  expect(options.rest).toEqual(['1-1', 'f', 'v']);
});

it('goes through pairs, and finds the last argument', () => {
  const pairs: string[] = [];
  eachPair(['hset', 'k', 'a', '1', 'b', '2', 'left over'], 2, (field, value) => pairs.push(`${field}=${value}`));
  expect(pairs).toEqual(['a=1', 'b=2']);
  expect(lastOf(['blpop', 'a', 'b', '0'])).toBe('0');
});
