/** Random AMQP values, made from the method table itself. */
import fc from 'fast-check';
import { type AmqpArgs, type AmqpMethodName, METHODS, type WireType } from '../../../src/protocols/amqp/methods.ts';
import type { AmqpProperties } from '../../../src/protocols/amqp/properties.ts';
import { type FieldTable, type FieldValue, numberType, setField, Typed } from '../../../src/protocols/amqp/table.ts';

export const shortString = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((text) => Buffer.byteLength(text) <= 255);

const wrapped = (type: ConstructorParameters<typeof Typed>[0]) => (value: ConstructorParameters<typeof Typed>[1]) =>
  new Typed(type, value);

const { value: fieldValue } = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.bigInt(2n ** 53n, 2n ** 63n - 1n),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: -128, max: 127 }).map(wrapped('byte')),
    fc.integer({ min: 0, max: 255 }).map(wrapped('unsignedbyte')),
    fc.integer({ min: -32768, max: 32767 }).map(wrapped('short')),
    fc.integer({ min: 0, max: 65535 }).map(wrapped('unsignedshort')),
    fc.integer({ min: 0, max: 0xffff_ffff }).map(wrapped('unsignedint')),
    fc.integer().map(wrapped('long')),
    fc.float({ noNaN: true }).map(wrapped('float')),
    fc
      .integer()
      .filter((value) => numberType(value) !== 'double')
      .map(wrapped('double')),
    fc.maxSafeNat().map(wrapped('timestamp')),
    fc.record({ scale: fc.integer({ min: 0, max: 255 }), value: fc.nat(0xff_ff_ff_ff) }).map(wrapped('decimal')),
    fc.constant(new Typed('longstr', Buffer.from([0xff, 0xfe, 0x41]))),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('table'),
  ),
  table: fc.array(fc.tuple(shortString, tie('value')), { maxLength: 4 }).map(toTable),
}));

function toTable(entries: [string, FieldValue][]): FieldTable {
  const table: FieldTable = {};
  for (const [name, value] of entries) setField(table, name, value);
  return table;
}

export const fieldTable = fc.array(fc.tuple(shortString, fieldValue), { maxLength: 6 }).map(toTable);

const BY_TYPE: Record<WireType, fc.Arbitrary<unknown>> = {
  bit: fc.boolean(),
  octet: fc.integer({ min: 0, max: 0xff }),
  short: fc.integer({ min: 0, max: 0xffff }),
  long: fc.integer({ min: 0, max: 0xffff_ffff }),
  longlong: fc.maxSafeNat(),
  shortstr: shortString,
  longstr: fc.string({ unit: 'grapheme' }),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  table: fieldTable,
};

export function argsOf<M extends AmqpMethodName>(method: M): fc.Arbitrary<AmqpArgs[M]> {
  const fields = Object.entries(METHODS[method].fields).map(([name, type]) => [name, BY_TYPE[type as WireType]]);
  return fc.record(Object.fromEntries(fields)) as fc.Arbitrary<AmqpArgs[M]>;
}

export const properties: fc.Arbitrary<AmqpProperties> = fc.record(
  {
    contentType: shortString,
    contentEncoding: shortString,
    headers: fieldTable,
    deliveryMode: fc.integer({ min: 0, max: 255 }),
    priority: fc.integer({ min: 0, max: 255 }),
    correlationId: shortString,
    replyTo: shortString,
    expiration: shortString,
    messageId: shortString,
    timestamp: fc.oneof(fc.maxSafeNat(), fc.bigInt(2n ** 53n, 2n ** 64n - 1n)),
    type: shortString,
    userId: shortString,
    appId: shortString,
    clusterId: shortString,
  },
  { requiredKeys: [] },
);
