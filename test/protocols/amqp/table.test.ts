import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldType, plain, Typed } from '../../../src/protocols/amqp/table.ts';
import { decodeTable } from '../../../src/protocols/amqp/table-decode.ts';
import { encodeTable } from '../../../src/protocols/amqp/table-encode.ts';
import { fieldTable } from './arbitraries.ts';

/** amqplib's codec: written by somebody else, from the same specification. It is none of its public files. */
const require = createRequire(import.meta.url);
const amqplib = require(join(dirname(require.resolve('amqplib')), 'lib', 'codec.js')) as {
  decodeFields(bytes: Buffer): object;
  encodeTable(bytes: Buffer, table: object, at: number): number;
};

const decode = (bytes: Buffer) => decodeTable(bytes, 0, bytes.length);

describe('field tables', () => {
  it('round-trip, types included', () => {
    fc.assert(fc.property(fieldTable, (table) => void expect(decode(encodeTable(table))).toEqual(table)));
  });

  it('encode to the same bytes again, whatever was decoded', () => {
    fc.assert(
      fc.property(fieldTable, (table) => {
        const bytes = encodeTable(table);
        expect(encodeTable(decode(bytes))).toEqual(bytes);
      }),
    );
  });

  it('hold decimals without a sign, as amqplib reads and writes them', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(0xff_ff_ff_ff), (scale, value) => {
        const ours = encodeTable({ a: new Typed('decimal', { scale, value }) });
        const theirs = { a: { '!': 'decimal', value: { places: scale, digits: value } } };
        expect(amqplib.decodeFields(ours.subarray(4))).toEqual(theirs);
        const bytes = Buffer.alloc(64);
        expect(decode(bytes.subarray(0, amqplib.encodeTable(bytes, theirs, 0)))).toEqual({
          a: new Typed('decimal', { scale, value }),
        });
      }),
    );
    expect(decode(Buffer.from('00000008' + '0161' + '44' + '00' + 'fffffffa', 'hex'))).toEqual({
      a: new Typed('decimal', { scale: 0, value: 4_294_967_290 }),
    });
  });

  it.each([
    ['a short', Buffer.from('0161730001', 'hex'), new Typed('short', 1), 'short'],
    ['a signedint', Buffer.from('01614900000001', 'hex'), 1, 'signedint'],
    ['a long within 32 bits', Buffer.from('01616c0000000000000001', 'hex'), new Typed('long', 1), 'long'],
    ['a long beyond 2^53', Buffer.from('01616c7fffffffffffffff', 'hex'), 2n ** 63n - 1n, 'long'],
    ['a double', Buffer.from('0161643ff8000000000000', 'hex'), 1.5, 'double'],
    ['a timestamp', Buffer.from('0161540000000000000005', 'hex'), new Typed('timestamp', 5), 'timestamp'],
    [
      'bytes that are no text',
      Buffer.from('016153000000' + '01ff', 'hex'),
      new Typed('longstr', Buffer.of(0xff)),
      'longstr',
    ],
    ['a sent replacement character', Buffer.from('01615300000003efbfbd', 'hex'), '\uFFFD', 'longstr'],
    ['__proto__', Buffer.from(`09${Buffer.from('__proto__').toString('hex')}7401`, 'hex'), true, 'bool'],
  ])('read %s', (_, fields, value, type) => {
    const table = Buffer.alloc(4 + fields.length);
    table.writeUInt32BE(fields.length);
    fields.copy(table, 4);
    const [decoded] = Object.values(decode(table));
    expect(decoded).toEqual(value);
    expect(fieldType(decoded!)).toBe(type);
    expect(encodeTable(decode(table))).toEqual(table);
  });

  it('lose their wrappers in plain', () => {
    expect(plain({ a: [new Typed('short', 1), 'b'], c: { d: new Typed('timestamp', 9) } })).toEqual({
      a: [1, 'b'],
      c: { d: 9 },
    });
  });

  it('may not be nested without end', () => {
    const levels = 5000;
    let bytes = Buffer.alloc(4);
    for (let level = 0; level < levels; level += 1) {
      const head = Buffer.from('000000000046', 'hex');
      head.writeUInt32BE(bytes.length + 2);
      bytes = Buffer.concat([head, bytes]);
    }
    expect(() => decode(bytes)).toThrow(/nested deeper than 64/);
  });

  it('never read past their end, whatever the lengths inside say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(tail)]);
        bytes.writeUInt32BE(tail.length);
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError', code: 502 });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
