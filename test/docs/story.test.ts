/** docs/story.md names nothing that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Statement, worded } from '../../src/core/statements/index.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/story.md', ROOT), 'utf8');
const matches = (pattern: RegExp): string[] => [...new Set([...page.matchAll(pattern)].map(([, found]) => found!))];

test.each(matches(/`((?:src|test)\/[^`]+)`/g))('%s', (path) => {
  expect(existsSync(new URL(path, ROOT))).toBe(true);
});

test.each(matches(/`([A-Z]+(?:_[A-Z]+)+) \{/g))('%s is a statement', (code) => {
  const statement = { code, values: { exchange: '', type: '', key: '', bindings: [] } } as unknown as Statement;
  expect(worded(statement)).not.toBe(code);
});

test('what it says that the story says is what the story says', () => {
  expect(page).toContain(worded({ code: 'NO_LONGER_FOLLOWED', values: {} }));
  const words = [
    worded({ code: 'OUT_OF_SIGHT_EXCHANGE', values: { exchange: 'orders' } }),
    worded({ code: 'OUT_OF_SIGHT_QUEUE', values: { queue: 'audit' } }),
    worded({ code: 'DROPPED_MAX_LENGTH', values: { queue: 'mail', limit: 'x-max-length 2' } }),
  ];
  for (const text of words) expect(page.replace(/\s+/g, ' ')).toContain(text);
});
