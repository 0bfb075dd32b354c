/** Strings as bits. Commands from https://redis.io/docs/latest/commands/?group=bitmap */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';
import { bitOffset } from './bitfield.ts';

export function setbit(s: Session, a: Args<4>): void {
  const offset = bitOffset(s, a[2]);
  if (a[3] !== '0' && a[3] !== '1') throw new ReplyError('ERR bit is not an integer or out of range');
  const existing = s.db.write(a[1], StringValue);
  const value = existing ?? new StringValue('');
  const at = Math.floor(offset / 8);
  const bytes = value.bytes(Math.max(value.length, at + 1));
  const mask = 0x80 >> (offset % 8);
  const byte = bytes[at] ?? 0;
  bytes[at] = a[3] === '1' ? byte | mask : byte & ~mask;
  if (existing === undefined) s.db.set(a[1], value);
  s.db.changed(a[1], value, '$', 'setbit');
  s.out.integer(byte & mask ? 1 : 0);
}

export function getbit(s: Session, a: Args<3>): void {
  const offset = bitOffset(s, a[2]);
  const value = s.db.read(a[1], StringValue);
  const byte = value === undefined || offset >= value.length * 8 ? 0 : value.byteAt(Math.floor(offset / 8));
  s.out.integer(byte & (0x80 >> (offset % 8)) ? 1 : 0);
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

function byteOf(bytes: Buffer, index: number): number {
  return bytes[index] ?? 0;
}

/** The part of the bytes that can be read as words of 32 bits, and what stands before and behind it. */
function inWords(bytes: Buffer): { readonly before: Buffer; readonly words: Int32Array; readonly behind: Buffer } {
  const before = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const count = Math.floor((bytes.length - before) / 4);
  return {
    before: bytes.subarray(0, before),
    words: count === 0 ? new Int32Array() : new Int32Array(bytes.buffer, bytes.byteOffset + before, count),
    behind: bytes.subarray(before + count * 4),
  };
}

/** How many bits are set. https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel */
function ones(bytes: Buffer): number {
  const { before, words, behind } = inWords(bytes);
  let count = 0;
  for (const part of [before, behind]) for (const byte of part) count += ONES[byte] ?? 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] as number;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** The first byte from `at` on that is another; the length where all are the same. */
function firstOther(bytes: Buffer, at: number, same: number): number {
  const { before, words } = inWords(bytes.subarray(at));
  const word = same === 0 ? 0 : -1;
  let i = at;
  for (const end = at + before.length; i < end; i++) if (bytes[i] !== same) return i;
  let skipped = 0;
  while (skipped < words.length && words[skipped] === word) skipped++;
  i += skipped * 4;
  while (i < bytes.length && bytes[i] === same) i++;
  return i;
}

/** A range of bits [from, to] out of the arguments; undefined where it is empty. */
function bitRange(
  start: number,
  end: number,
  inBits: boolean,
  lengthBytes: number,
): [from: number, to: number] | undefined {
  const total = inBits ? lengthBytes * 8 : lengthBytes;
  if (start < 0 && end < 0 && start > end) return undefined;
  const first = start < 0 ? Math.max(0, total + start) : start;
  const last = Math.min(total - 1, end < 0 ? Math.max(0, total + end) : end);
  if (first > last) return undefined;
  return inBits ? [first, last] : [first * 8, last * 8 + 7];
}

function unitIsBit(text: string | undefined): boolean {
  const unit = text?.toUpperCase() ?? 'BYTE';
  if (unit !== 'BIT' && unit !== 'BYTE') throw SYNTAX;
  return unit === 'BIT';
}

export function bitcount(s: Session, a: Args<-2>): void {
  const [, , first = '0', last = '-1', unit] = a;
  if ((a.length === 3 && !s.traits.openBitRange) || a.length > 5) throw SYNTAX;
  const start = integer(first);
  const end = integer(last);
  const inBits = unitIsBit(unit);
  const value = s.db.read(a[1], StringValue);
  const range = value === undefined ? undefined : bitRange(start, end, inBits, value.length);
  if (value === undefined || range === undefined) {
    s.out.integer(0);
    return;
  }
  const bytes = value.view();
  const [from, to] = range;
  // Offsets of bits go beyond 32 bits, so they are divided and not shifted.
  const [firstByte, lastByte] = [Math.floor(from / 8), Math.floor(to / 8)];
  const headMask = 0xff >> (from % 8);
  const tailMask = (0xff << (7 - (to % 8))) & 0xff;
  let count = 0;
  if (firstByte === lastByte) count = ONES[byteOf(bytes, firstByte) & headMask & tailMask] ?? 0;
  else {
    count += ONES[byteOf(bytes, firstByte) & headMask] ?? 0;
    count += ones(bytes.subarray(firstByte + 1, lastByte));
    count += ONES[byteOf(bytes, lastByte) & tailMask] ?? 0;
  }
  s.out.integer(count);
}

export function bitpos(s: Session, a: Args<-3>): void {
  if (a.length > 6) throw SYNTAX;
  const bit = integer(a[2]);
  if (bit !== 0 && bit !== 1) throw new ReplyError('ERR The bit argument must be 1 or 0.');
  const [, , , first = '0', last = '-1', unit] = a;
  const start = integer(first);
  const inBits = unitIsBit(unit);
  const end = integer(last);
  const value = s.db.read(a[1], StringValue);
  if (value === undefined) {
    s.out.integer(bit === 1 ? -1 : 0);
    return;
  }
  const range = bitRange(start, end, inBits, value.length);
  if (range === undefined) {
    s.out.integer(-1);
    return;
  }
  const bytes = value.view();
  const [from, to] = range;
  const skip = bit === 1 ? 0 : 0xff;
  for (let i = from; i <= to; ) {
    const byte = byteOf(bytes, Math.floor(i / 8));
    if (i % 8 === 0 && byte === skip) {
      i = firstOther(bytes, i / 8, skip) * 8;
      continue;
    }
    if (((byte >> (7 - (i % 8))) & 1) === bit) {
      s.out.integer(i);
      return;
    }
    i++;
  }
  // Looking for a zero without an end, the string counts as followed by zeros.
  s.out.integer(bit === 0 && a.length <= 4 ? to + 1 : -1);
}

function invert(bytes: Buffer): void {
  const { before, words, behind } = inWords(bytes);
  for (const part of [before, words, behind]) for (let i = 0; i < part.length; i++) part[i] = ~(part[i] as number);
}

/** Puts the bits of another string into the first; what that lacks counts as zeros. */
function combine(operation: string, bytes: Buffer, other: Buffer): void {
  const count = other.length;
  if (operation === 'AND') {
    for (let i = 0; i < count; i++) bytes[i] = byteOf(bytes, i) & byteOf(other, i);
    bytes.fill(0, count);
  } else if (operation === 'OR') for (let i = 0; i < count; i++) bytes[i] = byteOf(bytes, i) | byteOf(other, i);
  else for (let i = 0; i < count; i++) bytes[i] = byteOf(bytes, i) ^ byteOf(other, i);
}

export function bitop(s: Session, a: Args<-4>): void {
  const operation = a[1].toUpperCase();
  if (!['AND', 'OR', 'XOR', 'NOT'].includes(operation)) throw SYNTAX;
  const keys = a.slice(3);
  if (operation === 'NOT' && keys.length !== 1)
    throw new ReplyError('ERR BITOP NOT must be called with a single source key.');
  const sources = keys.map((key) => s.db.read(key, StringValue)?.view() ?? Buffer.alloc(0));
  const length = Math.max(...sources.map((source) => source.length));
  const [first = Buffer.alloc(0), ...others] = sources;
  const result = Buffer.alloc(length);
  result.set(first);
  if (operation === 'NOT') invert(result);
  for (const other of others) combine(operation, result, other);
  if (length === 0) {
    if (s.db.find(a[2]) !== undefined) s.db.removeEmpty(a[2]);
  } else {
    s.db.set(a[2], new StringValue(result, 'raw'));
    s.db.notify('$', 'set', a[2]);
  }
  s.out.integer(length);
}
