import { describe, expect, it } from 'vitest';
import { globMatch } from '../../../src/protocols/resp/index.ts';

describe('globMatch', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h*llo', 'heeeello', true],
    ['h[ae]llo', 'hallo', true],
    ['h[ae]llo', 'hillo', false],
    ['h[^e]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-b]llo', 'hbllo', true],
    ['h[b-a]llo', 'hallo', true],
    ['h\\*llo', 'h*llo', true],
    ['h\\*llo', 'hello', false],
    ['[abc', 'c', true],
    ['[]a]', 'a', false],
    ['a\\', 'a\\', true],
    ['news.*.eu', 'news.sport.eu', true],
    ['**a', 'bba', true],
    ['', '', true],
    ['', 'a', false],
    ['?', 'é', false],
  ])('%j on %j is %s', (pattern, text, matches) => {
    expect(globMatch(pattern, text)).toBe(matches);
    expect(globMatch(Buffer.from(pattern), Buffer.from(text))).toBe(matches);
  });

  it('folds case on demand', () => {
    expect(globMatch('MAX*', 'maxmemory', true)).toBe(true);
    expect(globMatch('[A-C]x', 'bX', true)).toBe(true);
    expect(globMatch('MAX*', 'maxmemory')).toBe(false);
  });

  it('ends where backtracking would not', () => {
    expect(globMatch(`${'*a'.repeat(60)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
