/**
 * HyperLogLog in Redis's own bytes: a header of 16, then 16384 registers of 6 bits, dense or run-length encoded.
 * Described in https://redis.io/docs/latest/develop/data-types/probabilistic/hyperloglogs/ and antirez's
 * http://antirez.com/news/75; the estimate is Ertl's (https://arxiv.org/abs/1702.01284).
 */
import { murmur64 } from './hyperloglog-hash.ts';

const REGISTERS = 16384;
const REGISTER_BITS = 6;
const BITS = 50;
const HEADER = 16;
const DENSE_BYTES = HEADER + (REGISTERS * REGISTER_BITS) / 8;
const DENSE = 0;
const SPARSE = 1;
/** Redis's hll-sparse-max-bytes. */
const SPARSE_MAX_BYTES = 3000;
const SPARSE_MAX_VALUE = 32;
const MAGIC = Buffer.from('HYLL');

export function createHyperLogLog(): Buffer {
  const bytes = Buffer.alloc(HEADER + 2);
  MAGIC.copy(bytes);
  bytes[4] = SPARSE;
  bytes[HEADER] = 0x40 | ((REGISTERS - 1) >> 8);
  bytes[HEADER + 1] = (REGISTERS - 1) & 0xff;
  return bytes;
}

export function isHyperLogLog(bytes: Buffer): boolean {
  if (bytes.length < HEADER || !bytes.subarray(0, 4).equals(MAGIC) || (bytes[4] ?? 0) > SPARSE) return false;
  return bytes[4] !== DENSE || bytes.length === DENSE_BYTES;
}

export function isDense(bytes: Buffer): boolean {
  return bytes[4] === DENSE;
}

function getDense(bytes: Buffer, index: number): number {
  const bit = index * REGISTER_BITS;
  const at = HEADER + (bit >> 3);
  const shift = bit & 7;
  return (((bytes[at] ?? 0) >> shift) | ((bytes[at + 1] ?? 0) << (8 - shift))) & 63;
}

function setDense(bytes: Buffer, index: number, value: number): void {
  const bit = index * REGISTER_BITS;
  const at = HEADER + (bit >> 3);
  const shift = bit & 7;
  bytes[at] = ((bytes[at] ?? 0) & ~(63 << shift)) | (value << shift);
  if (shift > 2) bytes[at + 1] = ((bytes[at + 1] ?? 0) & ~(63 >> (8 - shift))) | (value >> (8 - shift));
}

/** One run of a sparse encoding. */
interface Run {
  readonly kind: 'zero' | 'value';
  /** How many bytes its code takes. */
  readonly size: number;
  readonly value: number;
  readonly length: number;
}

function runAt(bytes: Buffer, at: number): Run {
  const byte = bytes[at] ?? 0;
  if ((byte & 0x80) !== 0) return { kind: 'value', size: 1, value: ((byte >> 2) & 31) + 1, length: (byte & 3) + 1 };
  if ((byte & 0x40) !== 0)
    return { kind: 'zero', size: 2, value: 0, length: (((byte & 63) << 8) | (bytes[at + 1] ?? 0)) + 1 };
  return { kind: 'zero', size: 1, value: 0, length: (byte & 63) + 1 };
}

function zeroCode(length: number): number[] {
  if (length === 0) return [];
  return length > 64 ? [0x40 | ((length - 1) >> 8), (length - 1) & 0xff] : [length - 1];
}

/** The code of one to four registers of a value. */
function valueCode(value: number, length: number): number {
  return 0x80 | ((value - 1) << 2) | (length - 1);
}

/** Every register, each in a byte. Undefined where the encoding is damaged. */
export function registersOf(bytes: Buffer): Uint8Array | undefined {
  const registers = new Uint8Array(REGISTERS);
  if (isDense(bytes)) {
    for (let i = 0; i < REGISTERS; i++) registers[i] = getDense(bytes, i);
    return registers;
  }
  let index = 0;
  for (let at = HEADER; at < bytes.length; ) {
    const run = runAt(bytes, at);
    if (index + run.length > REGISTERS) return undefined;
    registers.fill(run.value, index, index + run.length);
    index += run.length;
    at += run.size;
  }
  return index === REGISTERS ? registers : undefined;
}

export function toDense(bytes: Buffer): Buffer {
  if (isDense(bytes)) return bytes;
  const dense = Buffer.alloc(DENSE_BYTES);
  bytes.copy(dense, 0, 0, HEADER);
  dense[4] = DENSE;
  registersOf(bytes)?.forEach((value, index) => {
    if (value > 0) setDense(dense, index, value);
  });
  return dense;
}

/** Sets a register if that raises it. Answers the bytes afterwards (the same ones, or new ones), undefined if nothing changed. */
export function raise(bytes: Buffer, index: number, value: number): Buffer | undefined {
  if (isDense(bytes)) {
    if (getDense(bytes, index) >= value) return undefined;
    setDense(bytes, index, value);
    return bytes;
  }
  let previous = -1;
  let at = HEADER;
  let first = 0;
  let run = runAt(bytes, at);
  while (first + run.length <= index) {
    previous = at;
    at += run.size;
    first += run.length;
    if (at >= bytes.length) return undefined;
    run = runAt(bytes, at);
  }
  if (run.kind === 'value' && run.value >= value) return undefined;
  if (value > SPARSE_MAX_VALUE) return raise(toDense(bytes), index, value);
  let result: Buffer;
  if (run.length === 1 && run.size === 1) {
    result = bytes;
    result[at] = valueCode(value, 1);
  } else {
    const before = index - first;
    const after = first + run.length - 1 - index;
    const around = (length: number): number[] => {
      if (run.kind === 'zero') return zeroCode(length);
      return length === 0 ? [] : [valueCode(run.value, length)];
    };
    const codes = [...around(before), valueCode(value, 1), ...around(after)];
    const grows = codes.length - run.size;
    if (grows > 0 && bytes.length + grows > SPARSE_MAX_BYTES) return raise(toDense(bytes), index, value);
    result = Buffer.concat([bytes.subarray(0, at), Buffer.from(codes), bytes.subarray(at + run.size)]);
  }
  return mergeRuns(result, previous >= 0 ? previous : HEADER);
}

/** Joins neighbouring runs of one value, as far as Redis looks: five codes. */
function mergeRuns(bytes: Buffer, from: number): Buffer {
  let result = bytes;
  let at = from;
  for (let looked = 0; looked < 5 && at < result.length; looked++) {
    const run = runAt(result, at);
    if (run.kind === 'value' && at + 1 < result.length) {
      const next = runAt(result, at + 1);
      const length = run.length + next.length;
      if (next.kind === 'value' && next.value === run.value && length <= 4) {
        result[at + 1] = valueCode(run.value, length);
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
        continue;
      }
    }
    at += run.size;
  }
  return result;
}

/** Which register an element belongs to, and what it would raise it to. */
export function placeOf(element: string): readonly [index: number, value: number] {
  const [low, high] = murmur64(element);
  const index = low & (REGISTERS - 1);
  // The 50 bits above the index, with a stop bit: the position of the lowest one.
  const restLow = ((low >>> 14) | (high << 18)) >>> 0;
  const restHigh = ((high >>> 14) | (1 << (BITS - 32))) >>> 0;
  const zeros = restLow !== 0 ? 31 - Math.clz32(restLow & -restLow) : 32 + 31 - Math.clz32(restHigh & -restHigh);
  return [index, zeros + 1];
}

/** The header holds the last estimate; its top bit says that it is out of date. */
export function cachedEstimate(bytes: Buffer): number | undefined {
  return ((bytes[15] ?? 0) & 0x80) === 0 ? Number(bytes.readBigUInt64LE(8)) : undefined;
}

export function cacheEstimate(bytes: Buffer, estimate: number): void {
  bytes.writeBigUInt64LE(BigInt(estimate), 8);
}

export function forgetEstimate(bytes: Buffer): void {
  bytes[15] = (bytes[15] ?? 0) | 0x80;
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let x = start;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    const before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
    if (z === before) return z / 3;
  }
}

function sigma(start: number): number {
  if (start === 1) return Number.POSITIVE_INFINITY;
  let x = start;
  let y = 1;
  let z = x;
  for (;;) {
    const before = z;
    x *= x;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

export function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const value of registers) histogram[value] = (histogram[value] ?? 0) + 1;
  let z = REGISTERS * tau((REGISTERS - (histogram[BITS + 1] ?? 0)) / REGISTERS);
  for (let i = BITS; i >= 1; i--) z = (z + (histogram[i] ?? 0)) * 0.5;
  z += REGISTERS * sigma((histogram[0] ?? 0) / REGISTERS);
  return Math.round((0.7213475204444817 * REGISTERS * REGISTERS) / z);
}
