import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespWriter } from '../../../src/protocols/resp/index.ts';

/** A write, and the bytes that it must come to. */
interface Write {
  write(writer: RespWriter): void;
  readonly bytes: string;
}

/** Byte strings of all lengths that are treated differently: short ones, long ones, and those that are not copied. */
const text = fc
  .tuple(fc.constantFrom(0, 1, 5, 24, 25, 300, 32_767, 32_768, 70_000), fc.string({ unit: 'binary', maxLength: 3 }))
  .map(([length, end]) => Buffer.from('x'.repeat(length) + end).toString('latin1'));

const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  text.map((body) => ({ write: (w: RespWriter) => w.latin1(body), bytes: `$${body.length}\r\n${body}\r\n` })),
  text.map((body) => ({
    write: (w: RespWriter) => w.bulk(Buffer.from(body, 'latin1')),
    bytes: `$${body.length}\r\n${body}\r\n`,
  })),
  text.map((body) => ({ write: (w: RespWriter) => w.encoded(Buffer.from(body, 'latin1')), bytes: body })),
  text.map((body) => ({
    write: (w: RespWriter) => w.error(Buffer.from(body, 'latin1')),
    bytes: `-${body.replace(/[\r\n]/g, ' ')}\r\n`,
  })),
  fc
    .oneof(fc.constantFrom(0, 9, 10, -1, 2 ** 31 - 1, 2 ** 31, -(2n ** 63n)), fc.maxSafeInteger())
    .map((value) => ({ write: (w: RespWriter) => w.integer(value), bytes: `:${value}\r\n` })),
  fc.nat().map((length) => ({ write: (w: RespWriter) => w.array(length), bytes: `*${length}\r\n` })),
  fc.constant({ write: (w: RespWriter) => w.ascii('+OK\r\n'), bytes: '+OK\r\n' }),
  fc.constant({ write: (w: RespWriter) => w.null(), bytes: '$-1\r\n' }),
  fc.constant({ write: (w: RespWriter) => w.double('1.5'), bytes: '$3\r\n1.5\r\n' }),
);

describe('RespWriter', () => {
  it('hands over exactly what was written, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyWrite, fc.boolean())), (writes) => {
        const writer = new RespWriter();
        let taken = '';
        let pending = 0;
        const take = (): void => {
          const bytes = writer.takeText() ?? Buffer.concat(writer.take()).toString('latin1');
          expect(bytes.length).toBe(pending);
          taken += bytes;
          pending = 0;
          expect(writer.sizeBytes).toBe(0);
        };
        for (const [{ write, bytes }, takes] of writes) {
          write(writer);
          pending += bytes.length;
          expect(writer.sizeBytes).toBe(pending);
          if (takes) take();
        }
        take();
        expect(taken).toBe(writes.map(([{ bytes }]) => bytes).join(''));
      }),
    );
  });

  it('gives one short reply as text, and nothing else', () => {
    const writer = new RespWriter();
    expect(writer.takeText()).toBeUndefined();
    writer.integer(7);
    expect(writer.takeText()).toBe(':7\r\n');
    writer.integer(7);
    writer.integer(8);
    expect(writer.takeText()).toBeUndefined();
    expect(Buffer.concat(writer.take()).toString()).toBe(':7\r\n:8\r\n');
    writer.latin1('x'.repeat(100));
    expect(writer.takeText()).toBeUndefined();
  });
});
