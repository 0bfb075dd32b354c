/** Values in error texts, written as Erlang writes its terms: RabbitMQ's texts quote them so. */
import { type FieldTable, type FieldType, type FieldValue, fieldType, Typed } from '../../protocols/amqp/table.ts';

/** A value without its wrapper. */
export function bare(value: FieldValue): unknown {
  return value instanceof Typed ? value.value : value;
}

/** As `~p` prints it: strings are binaries, numbers are themselves. */
export function term(value: FieldValue): string {
  const inner = bare(value);
  const type = fieldType(value);
  if (typeof inner === 'string') return `<<"${inner.replace(/["\\]/g, '\\$&')}">>`;
  if (Buffer.isBuffer(inner)) return `<<${[...inner].join(',')}>>`;
  if (inner === null) return 'undefined';
  if (type === 'double' || type === 'float')
    return Number.isInteger(inner) ? (inner as number).toFixed(1) : String(inner);
  if (Array.isArray(inner)) return `[${inner.map((item) => `{${fieldType(item)},${term(item)}}`).join(',')}]`;
  if (type === 'table') {
    const fields = Object.entries(inner as FieldTable).map(([name, field]) => {
      const known = field as FieldValue;
      return `{${term(name)},${fieldType(known)},${term(known)}}`;
    });
    return `[${fields.join(',')}]`;
  }
  if (type === 'decimal') {
    const { scale, value: unscaled } = inner as { scale: number; value: number };
    return `{${scale},${unscaled}}`;
  }
  return String(inner);
}

const INTEGERS: ReadonlySet<FieldType> = new Set([
  'byte',
  'short',
  'signedint',
  'long',
  'unsignedbyte',
  'unsignedshort',
  'unsignedint',
]);

export function isInteger(value: FieldValue): boolean {
  return INTEGERS.has(fieldType(value));
}

/** Whether there is no NaN and no infinite number in a value, however deep. */
export function isFiniteValue(value: FieldValue): boolean {
  const inner = bare(value);
  if (typeof inner === 'number') return Number.isFinite(inner);
  if (typeof inner !== 'object' || inner === null || Buffer.isBuffer(inner)) return true;
  return Object.values(inner).every((part) => isFiniteValue(part as FieldValue));
}
