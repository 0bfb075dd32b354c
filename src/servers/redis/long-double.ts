/**
 * The 80-bit floats of x86, which Redis uses for INCRBYFLOAT and HINCRBYFLOAT: a sign, and 64 bits times a power of
 * two. Computed exactly with big integers and rounded to nearest, ties to even.
 */

const BITS = 64;

/** mantissa * 2^exponent, mantissa below 2^64 in size. */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** Rounds numerator / denominator * 2^exponent to 64 bits. */
function round(numerator: bigint, denominator: bigint, exponent: number): LongDouble {
  const negative = numerator < 0n;
  let top = negative ? -numerator : numerator;
  if (top === 0n) return { mantissa: 0n, exponent: 0 };
  let bottom = denominator;
  // Shift so that the quotient has 64 or 65 bits, then round it.
  const shift = BITS + 1 - (bitLength(top) - bitLength(bottom));
  if (shift > 0) top <<= BigInt(shift);
  else bottom <<= BigInt(-shift);
  let quotient = top / bottom;
  const inexact = top % bottom !== 0n;
  let power = exponent - shift;
  const extra = bitLength(quotient) - BITS;
  if (extra > 0) {
    const unit = 1n << BigInt(extra);
    const rest = quotient & (unit - 1n);
    quotient >>= BigInt(extra);
    const half = unit >> 1n;
    if (rest > half || (rest === half && (inexact || (quotient & 1n) === 1n))) quotient += 1n;
    power += extra;
  }
  return { mantissa: negative ? -quotient : quotient, exponent: power };
}

const DECIMAL = /^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$/;
const MAX_EXPONENT = 5000;

/** Reads a decimal number; undefined where it is none, or one out of range. */
export function readLongDouble(text: string): LongDouble | undefined {
  const match = DECIMAL.exec(text);
  if (!match || (match[2] === '' && match[3] === '') || text.length > 5000) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const power = Number(exponent) - fraction.length;
  if (Math.abs(power) > MAX_EXPONENT) return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const signed = sign === '-' ? -digits : digits;
  return power >= 0 ? round(signed * 10n ** BigInt(power), 1n, 0) : round(signed, 10n ** BigInt(-power), 0);
}

export function addLongDoubles(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return round(sum, 1n, exponent);
}

/** As C's `%.17Lf` prints it, without trailing zeros. */
export function formatLongDouble(value: LongDouble): string {
  const negative = value.mantissa < 0n;
  let scaled = (negative ? -value.mantissa : value.mantissa) * 10n ** 17n;
  if (value.exponent >= 0) scaled <<= BigInt(value.exponent);
  else {
    const shift = BigInt(-value.exponent);
    const rest = scaled & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    scaled >>= shift;
    if (rest > half || (rest === half && (scaled & 1n) === 1n)) scaled += 1n;
  }
  const digits = scaled.toString().padStart(18, '0');
  const fraction = digits.slice(-17).replace(/0+$/, '');
  const text = `${digits.slice(0, -17)}${fraction === '' ? '' : `.${fraction}`}`;
  return negative && scaled !== 0n ? `-${text}` : text;
}
