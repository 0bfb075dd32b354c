/** Numbers as Redis reads and writes them. */
import { NOT_FLOAT, NOT_INTEGER, ReplyError } from './errors.ts';

const INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;
/** Texts up to this length are numbers that are exact, whatever their digits. */
const EXACT_CHARS = 15;
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** A 64-bit integer in its only canonical form (no sign, space or zero too many); undefined for anything else. */
export function readInteger(text: string): number | bigint | undefined {
  if (text.length <= EXACT_CHARS) return readShortInteger(text);
  if (text.length > 20 || !INTEGER.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  const big = BigInt(text);
  return big >= MIN && big <= MAX ? big : undefined;
}

/** The same for the short texts that integers mostly are, without a regular expression: counters live on it. */
function readShortInteger(text: string): number | undefined {
  const from = text.charCodeAt(0) === 45 ? 1 : 0;
  if (text.charCodeAt(from) === 48) return text.length === 1 ? 0 : undefined;
  let value = 0;
  for (let i = from; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (from === text.length) return undefined;
  return from === 1 ? -value : value;
}

/** A 64-bit integer as a number: beyond 2^53 it is not exact, which is enough for counts, indexes and times. */
export function integer(text: string, error: ReplyError = NOT_INTEGER): number {
  const value = readInteger(text);
  if (value === undefined) throw error;
  return typeof value === 'number' ? value : Number(value);
}

/** An integer of at least zero. */
export function natural(text: string, error = new ReplyError('ERR value is out of range, must be positive')): number {
  const value = readInteger(text);
  if (value === undefined || value < 0) throw error;
  return Number(value);
}

/** The sum of two 64-bit integers, a number where that is exact; undefined on overflow. */
export function addIntegers(a: number | bigint, b: number | bigint): number | bigint | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const big = BigInt(a) + BigInt(b);
  return big > MAX || big < MIN ? undefined : narrow(big);
}

/** A number where that is exact, else the bigint. */
export function narrow(big: bigint): number | bigint {
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : big;
}

const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const HEX = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?[0-9]+))?$/i;

/** A double as C's strtod reads it, without surrounding space; undefined for anything else, NaN included. */
export function readFloat(text: string): number | undefined {
  if (FLOAT.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const hex = HEX.exec(text);
  if (!hex || (hex[2] === '' && !hex[3])) return undefined;
  const fraction = hex[3] ?? '';
  const mantissa = Number.parseInt(`0${hex[2]}${fraction}`, 16);
  return (hex[1] === '-' ? -1 : 1) * mantissa * 2 ** (Number(hex[4] ?? 0) - 4 * fraction.length);
}

export function float(text: string, error: ReplyError = NOT_FLOAT): number {
  const value = readFloat(text);
  if (value === undefined) throw error;
  return value;
}

/**
 * A double in the fewest digits that read back as the same number: how Redis 8 and Valkey reply scores. With an exponent
 * where that is shorter, as their fpconv does it.
 */
export function shortDouble(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 62) return Object.is(value, -0) ? '-0' : String(BigInt(value));
  if (!Number.isFinite(value)) return formatDouble(value);
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e') as [string, string];
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  // The power of ten of the last digit.
  const last = exponent - digits.length + 1;
  if (last >= 0 && exponent < digits.length + 7) return `${sign}${digits}${'0'.repeat(last)}`;
  if (last < 0 && (last > -7 || Math.abs(exponent) < 4)) {
    if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
    return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** How a release writes doubles. */
export const doubleFormat = ({ shortDoubles }: { readonly shortDoubles: boolean }): ((value: number) => string) =>
  shortDoubles ? shortDouble : formatDouble;

/** A double as C's `%.17g` prints it: how Redis 7.0 replies scores. */
export function formatDouble(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa, exponentText] = value.toExponential(16).split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 17) {
    const digits = mantissa.replace(/\.?0+$/, '');
    const sign = exponent < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const fixed = value.toPrecision(17);
  const plain = fixed.includes('e') ? value.toFixed(Math.min(100, 16 - exponent)) : fixed;
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}
