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

/** What types are made of that no program has to name: tables that they are derived from, and types of other packages. */
const DERIVED = ['ENGLISH', 'ROWS'];
const OF_OTHERS = ['Duplex', 'WebSocket'];

/** The types that the language and the runtime bring along. */
const BUILT_IN =
  'AsyncGenerator AsyncIterable Exclude Extract NoInfer NonNullable Omit Parameters Partial Pick Promise Readonly ReadonlyMap ReadonlySet Record Required TemplateStringsArray';

/** The types that a declaration names, without those that it introduces itself. */
function namesIn(declaration: string): string[] {
  const code = declaration.replace(/\/\*[\s\S]*?\*\//g, '').replace(/'[^']*'/g, '');
  const introduced = code.matchAll(/(?:[<,]\s*(?:const )?|\[)([A-Z]\w*)(?= (?:extends|=|in) )|infer ([A-Z]\w*)/g);
  const own = new Set([...introduced].map(([, name, inferred]) => name ?? inferred));
  return [...new Set(code.match(/\b[A-Z]\w*\b/g))].filter((name) => !own.has(name) && !(name in globalThis));
}

test('what is exported names nothing that is not', () => {
  const face = [...exported('msgplay'), ...exported('msgplay/test')];
  const known = new Set([...face.map(({ name }) => name), ...DERIVED, ...OF_OTHERS, ...BUILT_IN.split(' ')]);
  const strangers = face.flatMap(({ name, declaration }) =>
    namesIn(declaration).flatMap((one) => (known.has(one) ? [] : [`${name} names ${one}`])),
  );
  expect(strangers).toEqual([]);
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
