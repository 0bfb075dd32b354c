import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compatibility } from './compatibility.ts';

const FILE = new URL('../../../docs/compatibility-redis.md', import.meta.url);

it('docs/compatibility-redis.md says what the tables and tests say', () => {
  const text = compatibility();
  if (process.env.UPDATE_DOCS) {
    mkdirSync(new URL('.', FILE), { recursive: true });
    writeFileSync(FILE, text);
  }
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});
