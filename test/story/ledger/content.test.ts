import { expect, test } from 'vitest';
import { preview } from '../../../src/story/ledger/index.ts';

test.each([
  ['a CSI that is one character', 'a\u009b2Jb'],
  ['a right-to-left override', 'a\u202eb'],
  ['line and paragraph separators', 'a\u2028\u2029b'],
])('what is shown of a body holds no %s', (_what, body) => {
  expect(preview({ body: Buffer.from(body), sizeBytes: Buffer.byteLength(body) })).toMatch(/^a( 2J| )b$/);
});
