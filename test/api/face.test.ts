/** The public face changes only where a review sees it, and everything in it is documented. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as msgplay from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';
import { exported, page } from './face.js';

/** Names of the trace and the reporters that have no documentation yet. */
const UNDOCUMENTED = ['EventBody', 'EventOf', 'Look', 'Outcome', 'RunEnd', 'RunStart', 'TraceEvent'];

test('docs/api.md is what npm run api writes', async () => {
  expect(await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8')).toBe(await page());
});

describe.each([
  ['msgplay', msgplay],
  ['msgplay/test', testing],
])('%s', (entry, module) => {
  test('everything that is exported is documented', () => {
    const bare = exported(entry).filter(({ comment }) => comment === '');
    expect(bare.map(({ name }) => name)).toEqual(entry === 'msgplay' ? UNDOCUMENTED : []);
  });

  test('the list holds every value that can be imported', () => {
    const values = exported(entry).filter(({ isType }) => !isType);
    expect(values.map(({ name }) => name)).toEqual(Object.keys(module).sort());
  });

  test.each(exported(entry).filter(({ kind }) => kind === 'function'))('$name shows how it is used', ({ comment }) => {
    expect(comment).toContain('@example');
  });
});
