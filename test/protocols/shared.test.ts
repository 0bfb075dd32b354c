import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kept } from '../../src/protocols/_kept.ts';
import { cutCharacterBytes, oneLine, previewOf, textOf } from '../../src/protocols/preview.ts';

describe('Kept', () => {
  it('keeps the beginning, counts the rest, and owns what it keeps', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 }), fc.nat(3000), (pieces, limit) => {
        const kept = new Kept(limit);
        const whole = Buffer.concat(pieces);
        for (const piece of pieces) {
          const chunk = Buffer.from(piece);
          kept.add(chunk);
          chunk.fill(0);
        }
        expect(kept.size).toBe(whole.length);
        expect(kept.bytes.equals(whole.subarray(0, limit))).toBe(true);
        expect(kept.take().equals(whole.subarray(0, limit))).toBe(true);
        expect([kept.size, kept.bytes.length]).toEqual([0, 0]);
      }),
    );
  });
});

describe('previews', () => {
  it('find the cut character at the end, wherever the cut is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(3), (text, cut) => {
        const bytes = Buffer.from(text);
        const part = bytes.subarray(0, Math.max(0, bytes.length - cut));
        const rest = part.subarray(0, part.length - cutCharacterBytes(part));
        expect(text.startsWith(rest.toString('utf8'))).toBe(true);
        expect(part.length - rest.length).toBeLessThan(4);
      }),
    );
  });

  it('are one line without control characters', () => {
    expect(oneLine('a\r\n\tb\x1b[31m\u2028c')).toBe('a b [31m c');
    expect(oneLine('é'.repeat(100), 10)).toBe(`${'é'.repeat(9)}…`);
    expect(previewOf(Buffer.from('ok'))).toBe('ok');
    expect(previewOf(Buffer.from([0xff]))).toBe('1 bytes of binary');
    expect(textOf(Buffer.from('aé').subarray(0, 2), 3)).toBe('a');
    expect(textOf(Buffer.from('aé').subarray(0, 2), 2)).toBeUndefined();
  });
});
