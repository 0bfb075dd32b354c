/** Random RESP values for property tests. */
import fc from 'fast-check';
import type { RespValue } from '../../../src/protocols/resp/index.ts';

const bytes = (noBreaks: boolean, maxLength = 40) =>
  fc
    .uint8Array({ maxLength })
    .map((array) => Buffer.from(noBreaks ? array.filter((byte) => byte !== 13 && byte !== 10) : array));

const text = (type: 'simple' | 'error' | 'bulk' | 'bulk-error') =>
  bytes(type === 'simple' || type === 'error').map((body): RespValue => ({ type, bytes: body, length: body.length }));

const scalar: fc.Arbitrary<RespValue> = fc.oneof(
  text('simple'),
  text('error'),
  text('bulk'),
  text('bulk-error'),
  bytes(false).map((body): RespValue => ({ type: 'verbatim', format: 'txt', bytes: body, length: body.length })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((big): RespValue => {
    const number = Number(big);
    return { type: 'integer', value: Number.isSafeInteger(number) ? number : big };
  }),
  fc.integer().map((value): RespValue => ({ type: 'integer', value })),
  fc.double({ noNaN: true }).map((value): RespValue => {
    const special =
      value === Number.POSITIVE_INFINITY ? 'inf' : value === Number.NEGATIVE_INFINITY ? '-inf' : undefined;
    const digits = special ?? (Object.is(value, -0) ? '-0' : String(value));
    return { type: 'double', value, text: digits };
  }),
  fc.bigInt().map((value): RespValue => ({ type: 'big-number', value, text: String(value) })),
  fc.boolean().map((value): RespValue => ({ type: 'boolean', value })),
  fc.constantFrom<RespValue>({ type: 'null' }, { type: 'null-bulk' }, { type: 'null-array' }),
);

export const anyValue: fc.Arbitrary<RespValue> = fc.letrec<{ value: RespValue; items: RespValue[] }>((tie) => ({
  items: fc.array(tie('value'), { maxLength: 5 }),
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc
      .tuple(fc.constantFrom('array' as const, 'set' as const, 'push' as const), tie('items'))
      .map(([type, items]): RespValue => ({ type, items, length: items.length })),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs): RespValue => {
      const items = pairs.flat();
      return { type: 'map', items, length: items.length };
    }),
    fc
      .tuple(fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 2 }), tie('value'))
      .map(([pairs, value]): RespValue => {
        const items = pairs.flat();
        return { type: 'attribute', items, length: items.length, value };
      }),
  ),
})).value;

/** Cuts bytes at random places. */
export const cuts = fc.array(fc.nat(), { maxLength: 12 });

export function cutAt(whole: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const to of [...sorted, whole.length]) {
    chunks.push(Buffer.from(whole.subarray(from, to)));
    from = to;
  }
  return chunks;
}
