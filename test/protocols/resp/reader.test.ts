import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/core/errors.ts';
import { encodeValue, RespReader, type RespReaderOptions, type RespValue } from '../../../src/protocols/resp/index.ts';
import { anyValue, cutAt, cuts } from './arbitraries.ts';

function read(chunks: readonly Buffer[], options: RespReaderOptions = {}): RespValue[] {
  const reader = new RespReader(options);
  const values: RespValue[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value);
  }
  return values;
}

/** Reads a text whole and one byte at a time, and requires the same of both. */
function readText(text: string): RespValue[] {
  const whole = Buffer.from(text, 'latin1');
  const values = read([whole]);
  expect(read([...whole].map((byte) => Buffer.from([byte])))).toEqual(values);
  return values;
}

const bulk = (text: string): RespValue => ({ type: 'bulk', bytes: Buffer.from(text), length: text.length });

describe('RespReader', () => {
  it.each<[string, RespValue]>([
    ['+OK\r\n', { type: 'simple', bytes: Buffer.from('OK'), length: 2 }],
    ['+\r\n', { type: 'simple', bytes: Buffer.alloc(0), length: 0 }],
    ['-ERR no\r\n', { type: 'error', bytes: Buffer.from('ERR no'), length: 6 }],
    [':0\r\n', { type: 'integer', value: 0 }],
    [':-1000\r\n', { type: 'integer', value: -1000 }],
    [':+5\r\n', { type: 'integer', value: 5, text: '+5' }],
    [':9223372036854775807\r\n', { type: 'integer', value: 9223372036854775807n }],
    ['$0\r\n\r\n', bulk('')],
    ['$5\r\na\r\nbc\r\n', bulk('a\r\nbc')],
    ['$-1\r\n', { type: 'null-bulk' }],
    ['*-1\r\n', { type: 'null-array' }],
    ['_\r\n', { type: 'null' }],
    ['#t\r\n', { type: 'boolean', value: true }],
    [',1.50\r\n', { type: 'double', value: 1.5, text: '1.50' }],
    [',-inf\r\n', { type: 'double', value: Number.NEGATIVE_INFINITY, text: '-inf' }],
    [',nan\r\n', { type: 'double', value: Number.NaN, text: 'nan' }],
    [
      '(3492890328409238509324850943850943825024385\r\n',
      {
        type: 'big-number',
        value: 3492890328409238509324850943850943825024385n,
        text: '3492890328409238509324850943850943825024385',
      },
    ],
    ['!5\r\nERR a\r\n', { type: 'bulk-error', bytes: Buffer.from('ERR a'), length: 5 }],
    ['=7\r\ntxt:abc\r\n', { type: 'verbatim', format: 'txt', bytes: Buffer.from('abc'), length: 3 }],
    ['*0\r\n', { type: 'array', items: [], length: 0 }],
    [
      '*2\r\n$1\r\na\r\n*1\r\n:1\r\n',
      {
        type: 'array',
        length: 2,
        items: [bulk('a'), { type: 'array', length: 1, items: [{ type: 'integer', value: 1 }] }],
      },
    ],
    [
      '%1\r\n+k\r\n:1\r\n',
      {
        type: 'map',
        length: 2,
        items: [
          { type: 'simple', bytes: Buffer.from('k'), length: 1 },
          { type: 'integer', value: 1 },
        ],
      },
    ],
    ['~1\r\n#f\r\n', { type: 'set', length: 1, items: [{ type: 'boolean', value: false }] }],
    ['>1\r\n$1\r\na\r\n', { type: 'push', length: 1, items: [bulk('a')] }],
    [
      '|1\r\n+k\r\n:1\r\n:2\r\n',
      {
        type: 'attribute',
        length: 2,
        items: [
          { type: 'simple', bytes: Buffer.from('k'), length: 1 },
          { type: 'integer', value: 1 },
        ],
        value: { type: 'integer', value: 2 },
      },
    ],
  ])('reads %j', (text, value) => {
    expect(readText(text)).toEqual([value]);
    expect(encodeValue(value).toString('latin1')).toBe(text);
  });

  it.each([
    '@1\r\n',
    ':12x\r\n',
    ':\r\n',
    ':9223372036854775808\r\n',
    '$-2\r\n',
    '$x\r\n',
    '$3\r\nabcd\r\n',
    '*-2\r\n',
    '*9999999999999\r\n',
    '#x\r\n',
    ',abc\r\n',
    '(1.5\r\n',
    '_x\r\n',
    '=3\r\nabc\r\n',
    '=5\r\nabcde\r\n',
    '+a\rb\r\n',
    '$?\r\n',
    '*?\r\n',
    '$600000000\r\n',
    `:${'1'.repeat(5000)}`,
    '*1\r\n'.repeat(2000),
  ])('refuses %j', (text) => {
    expect(() => readText(text)).toThrow(ProtocolError);
  });

  it('round-trips every value under any chunking', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 4 }), cuts, (values, places) => {
        const whole = Buffer.concat(values.map((value) => encodeValue(value)));
        const back = read(cutAt(whole, places));
        expect(back).toEqual(values);
        expect(Buffer.concat(back.map((value) => encodeValue(value))).equals(whole)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('agrees with ioredis on the values of RESP3', () => {
    const { Decoder } = createRequire(import.meta.url)('ioredis/built/resp/decoder');
    const plain = (value: RespValue): unknown => {
      switch (value.type) {
        case 'array':
        case 'set':
        case 'push':
          return value.items.map(plain);
        case 'map':
          return value.items.map(plain);
        case 'integer':
          return Number(value.value);
        case 'null':
        case 'null-bulk':
        case 'null-array':
          return null;
        case 'boolean':
          return value.value;
        case 'double':
          return value.value;
        case 'bulk':
        case 'simple':
          return value.bytes.toString('hex');
        default:
          throw new Error(value.type);
      }
    };
    const flat = (value: unknown): unknown => {
      if (Buffer.isBuffer(value)) return value.toString('hex');
      if (typeof value === 'string') return Buffer.from(value).toString('hex');
      if (Array.isArray(value)) return value.map(flat);
      if (value instanceof Set) return [...value].map(flat);
      if (value instanceof Map) return [...value].flat().map(flat);
      return value;
    };
    const known = (value: RespValue): boolean =>
      ['array', 'integer', 'null', 'boolean', 'bulk'].includes(value.type) &&
      (!('items' in value) || value.items.every(known));
    const exact = (value: RespValue): boolean =>
      'items' in value ? value.items.every(exact) : value.type !== 'integer' || typeof value.value === 'number';
    let compared = 0;
    fc.assert(
      fc.property(
        anyValue.filter((value) => known(value) && exact(value)),
        cuts,
        (value, places) => {
          const replies: unknown[] = [];
          const decoder = new Decoder({
            onReply: (r: unknown) => replies.push(r),
            onErrorReply: () => {},
            onPush: () => {},
            getTypeMapping: () => ({ 36: Buffer }),
          });
          for (const chunk of cutAt(encodeValue(value), places)) decoder.write(chunk);
          expect(replies.map(flat)).toEqual([plain(value)]);
          compared++;
        },
      ),
    );
    expect(compared).toBeGreaterThan(50);
  });

  it('agrees with redis-parser on RESP2', () => {
    const Parser = createRequire(import.meta.url)('redis-parser');
    const view = (value: RespValue): unknown => {
      if (value.type === 'array') return value.items.map(view);
      if (value.type === 'integer') return String(value.value);
      if (value.type === 'bulk' || value.type === 'simple') return value.bytes.toString('hex');
      return null;
    };
    const theirs = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(theirs) : Buffer.isBuffer(value) ? value.toString('hex') : value;
    const known = (value: RespValue): boolean =>
      ['array', 'integer', 'null-bulk', 'null-array', 'bulk'].includes(value.type) &&
      (!('items' in value) || value.items.every(known));
    fc.assert(
      fc.property(anyValue.filter(known), cuts, (value, places) => {
        const replies: unknown[] = [];
        const parser = new Parser({
          returnReply: (r: unknown) => replies.push(r),
          returnError: () => {},
          returnBuffers: true,
          stringNumbers: true,
        });
        for (const chunk of cutAt(encodeValue(value), places)) parser.execute(chunk);
        expect(replies.map(theirs)).toEqual([view(value)]);
      }),
    );
  });

  it('never does worse than a ProtocolError on arbitrary bytes', () => {
    const alphabet = fc.constantFrom(...Buffer.from('+-:$*%~>|_#,(!=0123456789\r\n\r\n\r\naZ?.'));
    const noise = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(alphabet, { maxLength: 300 }));
    fc.assert(
      fc.property(noise, cuts, (bytes, places) => {
        try {
          read(cutAt(Buffer.from(bytes), places), { keepBytes: 64 });
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('counts what it does not keep, though it keeps short strings as far as it keeps items', () => {
    const body = Buffer.alloc(300_000, 97);
    const long: RespValue = { type: 'bulk', bytes: body, length: body.length };
    const whole = encodeValue({ type: 'array', items: [long, long, bulk('x')], length: 3 });
    const reader = new RespReader({ keepBytes: 1000, keepRaw: 100 });
    let value: RespValue | undefined;
    for (const chunk of [whole.subarray(0, 100_000), whole.subarray(100_000)]) {
      reader.push(chunk);
      value = reader.next();
    }
    expect(value).toMatchObject({ type: 'array', length: 3 });
    expect(value?.type === 'array' && value.items[0]).toMatchObject({ length: 300_000 });
    expect(
      value?.type === 'array' && value.items.reduce((sum, item) => sum + ('bytes' in item ? item.bytes.length : 0), 0),
    ).toBeLessThanOrEqual(1000 + 1);
    expect(value?.type === 'array' && value.items[2]).toMatchObject({ bytes: Buffer.from('x') });
    expect(reader.sizeBytes).toBe(whole.length);
    expect(reader.raw.equals(whole.subarray(0, 100))).toBe(true);
    reader.push(Buffer.from('+OK\r\n'));
    expect(reader.next()).toMatchObject({ type: 'simple' });
  });

  it('bounds the items of a reply that it does not keep', () => {
    const many = Buffer.concat([Buffer.from('*1000000\r\n'), Buffer.from(':7\r\n'.repeat(1_000_000))]);
    const reader = new RespReader({ keepBytes: 64 * 1024 });
    reader.push(many);
    const value = reader.next();
    expect(value?.type === 'array' && value.length).toBe(1_000_000);
    expect(value?.type === 'array' && value.items.length).toBeLessThan(40_000);
  });

  it('keeps what is around the items that it keeps', () => {
    const entry = '*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nk\r\n$1\r\nv\r\n';
    const reader = new RespReader({ keepBytes: 1000 });
    reader.push(Buffer.from(`*1\r\n*2\r\n$1\r\ns\r\n*500\r\n${entry.repeat(500)}`));
    const [stream] = itemsIn(reader.next());
    const [, entries] = itemsIn(stream);
    expect(entries).toMatchObject({ length: 500 });
    expect(itemsIn(entries).length).toBeGreaterThan(80);
    expect(itemsIn(itemsIn(entries)[0])).toHaveLength(2);
  });
});

function itemsIn(value: RespValue | undefined): readonly RespValue[] {
  return value && 'items' in value ? value.items : [];
}
