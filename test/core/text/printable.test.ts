import { expect, test } from 'vitest';
import {
  printable,
  printableJson,
  printableLines,
  printablePage,
  printableWithin,
} from '../../../src/core/text/printable.ts';

const HOSTILE: [string, string][] = [
  ['an escape sequence', '\u001b[2J'],
  ['a control sequence in one character', '\u009b2J'],
  ['line breaks', '\r\n'],
  ['line and paragraph separators', '\u2028\u2029'],
  ['a right-to-left override', '\u202e'],
  ['characters beyond the first plane', '\u{e0041}\u{1d173}'],
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const LEFT = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\u{e0041}\u{1d173}]/u;

test.each(HOSTILE)('a printable text holds no %s', (_what, text) => {
  expect(printable(`a${text}b`)).toMatch(/^a (\[?2J)?b$/);
});

test.each(HOSTILE)('printable JSON holds no %s, and says the same', (_what, text) => {
  const json = printableJson({ [text]: [text] }, 2);
  expect(json).not.toMatch(LEFT);
  expect(JSON.parse(json)).toEqual({ [text]: [text] });
});

test('line breaks may stay where they are our own', () => {
  expect(printableLines('one\r\ntwo\u001b[A\n\nthree')).toBe('one \ntwo [A\n\nthree');
});

test('what prints is left as it is', () => {
  const text = 'naïve → 日本語 😀 "quoted" \\u001b';
  expect([printable(text), printableLines(text), printableJson(text)]).toEqual([text, text, JSON.stringify(text)]);
});

test('a page keeps its colours and tabs, and nothing else that a terminal would do', () => {
  const coloured = '\u001b[1mbold\u001b[22m\t\u001b[38;2;1;2;3m\u001b[4;91mred\u001b[0m\u001b[m\nnext';
  expect(printablePage(coloured)).toBe(coloured);
  expect(printablePage('a\u001b[8mb\u001b[5mc\u001b[1;8md\u001b[Ae\r\nf')).toBe('a b c d [Ae\nf');
});

test.each(HOSTILE)('a page holds no %s', (_what, text) => {
  expect(printablePage(`a${text}b`)).not.toMatch(LEFT);
});

test('what holds texts is fit with all of them', () => {
  const kept = (): void => {};
  expect(printableWithin({ a: ['\u001b[2J'], '\u202e': { b: 1, c: null, d: kept, e: 'x\ny' } })).toEqual({
    a: [' [2J'],
    ' ': { b: 1, c: null, d: kept, e: 'x\ny' },
  });
});
