/** Field tables: AMQP's typed key-value lists (AMQP 0-9-1 §4.2.5.5, with RabbitMQ's reading of the type letters). */
import { syntaxError } from './faults.ts';

/** RabbitMQ's names for the types a value in a table can have, as its error texts tell them. */
export type FieldType =
  | 'bool'
  | 'byte'
  | 'unsignedbyte'
  | 'short'
  | 'unsignedshort'
  | 'signedint'
  | 'unsignedint'
  | 'long'
  | 'float'
  | 'double'
  | 'decimal'
  | 'longstr'
  | 'binary'
  | 'timestamp'
  | 'array'
  | 'table'
  | 'void';

/** A decimal number: `value` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly scale: number;
  readonly value: number;
}

/**
 * A value whose type can't be told from its JavaScript value alone. Everything that is not wrapped has exactly one
 * type: boolean is bool, null is void, a string is longstr (valid UTF-8), a Buffer is binary, an array is array, an
 * object is table; a number that is an integer is signedint where it fits 32 bits and long where it is safe; any other
 * number is double; a bigint is long. So what is decoded encodes to the same bytes again, and a short 1 reads as
 * `Typed('short', 1)` where a signedint 1 reads as `1`. Use `plain` where the type does not matter.
 */
export class Typed {
  readonly type: FieldType;
  /** A longstr that is not valid UTF-8 holds a Buffer; timestamps are seconds since the epoch. */
  readonly value: number | bigint | Buffer | Decimal;

  constructor(type: FieldType, value: number | bigint | Buffer | Decimal) {
    this.type = type;
    this.value = value;
  }

  valueOf(): number | bigint | Buffer | Decimal {
    return this.value;
  }
}

export type FieldValue = boolean | null | string | number | bigint | Buffer | Typed | FieldValue[] | FieldTable;
export type FieldTable = { [name: string]: FieldValue | undefined };

/** Tables deeper than this are refused: a stack has an end, and no honest table comes near. */
export const MAX_DEPTH = 64;

/** The type a number is sent as when nobody says otherwise. */
export function numberType(value: number): 'signedint' | 'long' | 'double' {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return 'double';
  return value === (value | 0) ? 'signedint' : 'long';
}

/** The type a value has on the wire. */
export function fieldType(value: FieldValue): FieldType {
  if (typeof value === 'string') return 'longstr';
  if (typeof value === 'number') return numberType(value);
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'long';
  if (value === null) return 'void';
  if (value instanceof Typed) return value.type;
  if (Buffer.isBuffer(value)) return 'binary';
  return Array.isArray(value) ? 'array' : 'table';
}

/** A value without its wrappers, to read rather than to send. */
export function plain(value: FieldValue): unknown {
  if (value instanceof Typed) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field as FieldValue)]));
}

/** Sets a field of a table whatever its name is, `__proto__` included. */
export function setField(table: FieldTable, name: string, value: FieldValue): void {
  if (name === '__proto__') {
    Object.defineProperty(table, name, { value, enumerable: true, configurable: true, writable: true });
  } else table[name] = value;
}

export function shortTable(): Error {
  return syntaxError('4.2.5.5', 'a field table ends before its content does');
}
