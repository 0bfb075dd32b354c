import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersMatch, matches, topicMatches } from '../../../src/protocols/amqp/routing.ts';
import { Typed } from '../../../src/protocols/amqp/table.ts';

describe('topic patterns', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.b.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*', '', false],
    ['*', 'a', true],
    ['', '', true],
    ['#', '', true],
    ['#', 'a.b.c', true],
    ['prefix.#', 'prefix', true],
    ['prefix.#', 'prefixed', false],
    ['#.end', 'end', true],
    ['#.end', 'a.b.end', true],
    ['a.#.z', 'a.z', true],
    ['a.#.z', 'a.b.c.z', true],
    ['a.#.z', 'a.b.c', false],
    ['*.#', '', false],
    ['#.*', 'a', true],
    ['#.#', '', true],
    ['a.#.b.#.c', 'a.b.b.x.c', true],
    ['*.*', '.', true],
    ['a*', 'ab', false],
  ])('%j on %j: %j', (pattern, key, expected) => {
    expect(topicMatches(pattern, key)).toBe(expected);
  });

  it('match what the definition, written as a recursion, matches', () => {
    const word = fc.constantFrom('a', 'b', '');
    const define = (parts: string[], words: string[]): boolean => {
      const [part, ...rest] = parts;
      if (part === undefined) return words.length === 0;
      if (part === '#') return define(rest, words) || (words.length > 0 && define(parts, words.slice(1)));
      return words.length > 0 && (part === '*' || part === words[0]) && define(rest, words.slice(1));
    };
    const split = (text: string) => (text === '' ? [] : text.split('.'));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 }),
        fc.array(word, { maxLength: 6 }),
        (p, k) => {
          const [pattern, key] = [p.join('.'), k.join('.')];
          expect(topicMatches(pattern, key)).toBe(define(split(pattern), split(key)));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('are told where backtracking would not end', () => {
    expect(topicMatches(`${'#.a.'.repeat(60)}#.b`, 'a.'.repeat(126))).toBe(false);
  });
});

describe('headers bindings', () => {
  it.each([
    [{ a: 1, b: 'x' }, { a: 1, b: 'x', c: 2 }, true],
    [{ a: 1, b: 'x' }, { a: 1 }, false],
    [{ 'x-match': 'any', a: 1, b: 'x' }, { a: 1 }, true],
    [{ 'x-match': 'any', a: 1, b: 'x' }, {}, false],
    [{ 'x-match': 'any' }, {}, false],
    [{}, {}, true],
    [{ a: null }, { a: 'whatever' }, true],
    [{ a: null }, {}, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: 1 }, { a: new Typed('short', 1) }, true],
    [{ a: 1 }, { a: new Typed('double', 1) }, true],
    [{ a: '1' }, { a: Buffer.from('1') }, true],
    [{ a: [1] }, { a: [new Typed('short', 1)] }, false],
    [{ 'x-a': 1 }, {}, true],
    [{ 'x-match': 'all-with-x', 'x-a': 1 }, {}, false],
    [{ 'x-match': 'all-with-x', 'x-a': 1 }, { 'x-a': 1 }, true],
    [{ 'x-match': 'any-with-x', 'x-a': 1, b: 2 }, { 'x-a': 1 }, true],
    [{ toString: null }, {}, false],
    [{ a: [1, 'b'] }, { a: [1, 'b'] }, true],
  ])('%j on %j: %j', (bound, headers, expected) => {
    expect(headersMatch(bound, headers)).toBe(expected);
  });
});

describe('the other exchanges', () => {
  const binding = { routingKey: 'k', arguments: {} };
  it('direct wants the key, fanout wants nothing', () => {
    expect(matches('direct', binding, 'k')).toBe(true);
    expect(matches('direct', binding, 'K')).toBe(false);
    expect(matches('fanout', binding, 'other')).toBe(true);
  });
});
