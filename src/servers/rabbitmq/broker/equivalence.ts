/** Declaring again what is there already: allowed where it is declared the same, refused where it is not. */

import { equalValues } from '../../../protocols/amqp/routing.ts';
import { type FieldTable, type FieldType, type FieldValue, fieldType } from '../../../protocols/amqp/table.ts';
import { preconditionFailed } from '../refusal.ts';
import { bare, isInteger, term } from '../terms.ts';

/** Refuses a property of `name` that differs from what is there. */
export function assertSame(key: string, name: string, current: boolean | string, given: boolean | string): void {
  if (current !== given) throw inequivalent(key, name, `'${current}'`, `'${given}'`);
}

/** Refuses arguments, of those that count, that differ from what is there. Integers of any width are alike. */
export function assertSameArguments(
  keys: readonly string[],
  name: string,
  current: FieldTable,
  given: FieldTable,
): void {
  for (const key of keys) {
    const [a, b] = [current[key], given[key]];
    if (a === undefined && b === undefined) continue;
    if (key === 'x-queue-type' && (a ?? 'classic') === 'classic' && (b ?? 'classic') === 'classic') continue;
    if (a === undefined || b === undefined) throw inequivalent(key, name, typed(a), typed(b));
    if (!equalValues(a, b)) throw inequivalent(key, name, `'${value(a)}'`, `'${value(b)}'`);
    if (kind(a) !== kind(b)) throw inequivalent(key, name, `'${value(a)}'`, `'${value(b)}'`);
  }
}

function inequivalent(key: string, name: string, current: string, given: string): Error {
  return preconditionFailed(`inequivalent arg '${key}' for ${name}: received ${given} but current is ${current}`);
}

function typed(field: FieldValue | undefined): string {
  return field === undefined ? 'none' : `the value '${value(field)}' of type '${fieldType(field)}'`;
}

function value(field: FieldValue): string {
  const inner = bare(field);
  if (typeof inner === 'string') return inner;
  return Buffer.isBuffer(inner) ? inner.toString('utf8') : term(field);
}

function kind(field: FieldValue): FieldType | 'int' | 'float' | 'bytes' {
  const type = fieldType(field);
  if (type === 'longstr' || type === 'binary') return 'bytes';
  if (isInteger(field) || type === 'decimal') return 'int';
  return type === 'double' ? 'float' : type;
}
