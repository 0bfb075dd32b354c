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
  const bytes = value.bytes(Math.max(value.length, (offset >> 3) + 1));
  const at = Math.floor(offset / 8);
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
  const [firstByte, lastByte] = [from >> 3, Math.floor(to / 8)];
  let count = 0;
  for (let i = firstByte; i <= lastByte; i++) {
    let byte = bytes[i] ?? 0;
    if (i === firstByte) byte &= 0xff >> (from % 8);
    if (i === lastByte) byte &= 0xff << (7 - (to % 8));
    count += ONES[byte & 0xff] ?? 0;
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
    const byte = bytes[i >> 3] ?? 0;
    if (i % 8 === 0 && byte === skip) {
      i += 8;
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

export function bitop(s: Session, a: Args<-4>): void {
  const operation = a[1].toUpperCase();
  if (!['AND', 'OR', 'XOR', 'NOT'].includes(operation)) throw SYNTAX;
  const keys = a.slice(3);
  if (operation === 'NOT' && keys.length !== 1)
    throw new ReplyError('ERR BITOP NOT must be called with a single source key.');
  const sources = keys.map((key) => s.db.read(key, StringValue)?.view() ?? Buffer.alloc(0));
  const length = Math.max(...sources.map((source) => source.length));
  const result = Buffer.alloc(length);
  const [first, ...others] = sources;
  for (let i = 0; i < length; i++) {
    let byte = first?.[i] ?? 0;
    if (operation === 'NOT') byte = ~byte;
    for (const source of others) {
      const other = source[i] ?? 0;
      if (operation === 'AND') byte &= other;
      else if (operation === 'OR') byte |= other;
      else byte ^= other;
    }
    result[i] = byte;
  }
  if (length === 0) {
    if (s.db.find(a[2]) !== undefined) s.db.removeEmpty(a[2]);
  } else {
    s.db.set(a[2], new StringValue(result.toString('latin1'), 'raw'));
    s.db.notify('$', 'set', a[2]);
  }
  s.out.integer(length);
}
