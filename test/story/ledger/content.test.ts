import { expect, test } from 'vitest';
import { preview } from '../../../src/story/ledger/index.ts';

test.each([
  ['a CSI that is one character', 'a\u009b2Jb'],
  ['a right-to-left override', 'a\u202eb'],
  ['line and paragraph separators', 'a\u2028\u2029b'],
])('what is shown of a body holds no %s', (_what, body) => {
  expect(preview({ body: Buffer.from(body), sizeBytes: Buffer.byteLength(body) })).toMatch(/^a( 2J| )b$/);
});

test('what is no UTF-8 is told by its size', () => {
  // 결제 in EUC-KR
  expect(preview({ body: Buffer.from([0xb0, 0xe1, 0xc1, 0xa6]), sizeBytes: 4 })).toBe('4 bytes of binary data');
});

test('a long text that is cut inside a character is shown', () => {
  const body = Buffer.from(`a${'주문'.repeat(200)}`);
  expect(preview({ body, sizeBytes: body.length })).toMatch(/^a(주문)+주?…$/);
});

test('a text of which only the beginning was kept is shown, cut inside a character or not', () => {
  expect(preview({ body: Buffer.from('주문').subarray(0, 5), sizeBytes: 6 })).toBe('주');
});
