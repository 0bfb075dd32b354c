/** The RESP types that are one short line: numbers, booleans, null. Each takes the line without its type and CRLF. */
import { malformed } from './bytes.ts';
import type { RespValue } from './value.ts';

const INTEGER = /^[+-]?[0-9]{1,19}$/;
const BIG_NUMBER = /^[+-]?[0-9]+$/;
const DOUBLE = /^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$|^[+-]?inf$|^-?nan$/i;

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

const TRUE: RespValue = Object.freeze({ type: 'boolean', value: true });
const FALSE: RespValue = Object.freeze({ type: 'boolean', value: false });
const NULL: RespValue = Object.freeze({ type: 'null' });

export function parseInteger(text: string): RespValue {
  if (!INTEGER.test(text)) throw malformed(`'${text.slice(0, 32)}' is not an integer`, 'Integers');
  const big = BigInt(text.replace(/^\+/, ''));
  if (big < MIN || big > MAX) throw malformed(`'${text}' is out of the range of 64 bits`, 'Integers');
  const number = Number(big);
  const value = Number.isSafeInteger(number) ? number : big;
  return String(big) === text ? { type: 'integer', value } : { type: 'integer', value, text };
}

export function parseBigNumber(text: string): RespValue {
  if (!BIG_NUMBER.test(text)) throw malformed(`'${text.slice(0, 32)}' is not a big number`, 'Big numbers');
  return { type: 'big-number', value: BigInt(text.replace(/^\+/, '')), text };
}

export function parseDouble(text: string): RespValue {
  if (!DOUBLE.test(text)) throw malformed(`'${text.slice(0, 32)}' is not a double`, 'Doubles');
  const lower = text.toLowerCase();
  let value = Number(text);
  if (lower.endsWith('inf')) value = lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return { type: 'double', value, text };
}

export function parseBoolean(text: string): RespValue {
  if (text !== 't' && text !== 'f') throw malformed(`'${text.slice(0, 32)}' is not a boolean`, 'Booleans');
  return text === 't' ? TRUE : FALSE;
}

export function parseNull(text: string): RespValue {
  if (text !== '') throw malformed('a null carries no text', 'Nulls');
  return NULL;
}
