/** BITFIELD: integers of any width inside a string. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer, readInteger } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';
import { Options } from '../options.ts';

interface FieldType {
  readonly signed: boolean;
  readonly bits: number;
}

type Overflow = 'WRAP' | 'SAT' | 'FAIL';

interface Step {
  readonly operation: 'GET' | 'SET' | 'INCRBY';
  readonly type: FieldType;
  readonly offset: number;
  readonly operand: bigint;
  readonly overflow: Overflow;
}

const BAD_TYPE = new ReplyError(
  'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
);

function fieldType(text: string): FieldType {
  const match = /^([iu])([1-9][0-9]?)$/.exec(text);
  const bits = Number(match?.[2]);
  if (!match || bits > (match[1] === 'i' ? 64 : 63)) throw BAD_TYPE;
  return { signed: match[1] === 'i', bits };
}

function readSteps(s: Session, a: readonly string[]): Step[] {
  const steps: Step[] = [];
  let overflow: Overflow = 'WRAP';
  const options = new Options(a, 2);
  for (let operation = options.word(); operation !== undefined; operation = options.word()) {
    if (operation === 'OVERFLOW') {
      const mode = options.argument().toUpperCase();
      if (mode !== 'WRAP' && mode !== 'SAT' && mode !== 'FAIL')
        throw new ReplyError('ERR Invalid OVERFLOW type specified');
      overflow = mode;
      continue;
    }
    if (operation !== 'GET' && operation !== 'SET' && operation !== 'INCRBY') throw SYNTAX;
    if (options.left < (operation === 'GET' ? 2 : 3)) throw SYNTAX;
    const type = fieldType(options.argument());
    const place = options.argument();
    const offset = place.startsWith('#') ? bitOffset(s, place.slice(1), type.bits) : bitOffset(s, place);
    let operand: number | bigint | undefined = 0;
    if (operation !== 'GET') {
      operand = readInteger(options.argument());
      if (operand === undefined) throw new ReplyError('ERR value is not an integer or out of range');
    }
    steps.push({ operation, type, offset, operand: BigInt(operand), overflow });
  }
  return steps;
}

function readField(bytes: Buffer, { signed, bits }: FieldType, offset: number): bigint {
  let value = 0n;
  for (let i = offset; i < offset + bits; i++) {
    const byte = bytes[Math.floor(i / 8)] ?? 0;
    value = (value << 1n) | BigInt((byte >> (7 - (i % 8))) & 1);
  }
  return signed ? BigInt.asIntN(bits, value) : value;
}

function writeField(bytes: Buffer, { bits }: FieldType, offset: number, value: bigint): void {
  const raw = BigInt.asUintN(bits, value);
  for (let i = 0; i < bits; i++) {
    const bit = Number((raw >> BigInt(bits - 1 - i)) & 1n);
    const at = Math.floor((offset + i) / 8);
    const mask = 0x80 >> ((offset + i) % 8);
    const byte = bytes[at] ?? 0;
    bytes[at] = bit === 1 ? byte | mask : byte & ~mask;
  }
}

/** What a result becomes that does not fit; undefined where the step fails. */
function fit(value: bigint, { signed, bits }: FieldType, overflow: Overflow): bigint | undefined {
  const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  if (value >= min && value <= max) return value;
  if (overflow === 'FAIL') return undefined;
  if (overflow === 'SAT') return value > max ? max : min;
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function run(s: Session, a: Args<-2>, readOnly: boolean): void {
  const steps = readSteps(s, a);
  const writes = steps.filter(({ operation }) => operation !== 'GET');
  if (writes.length > 0 && readOnly) throw new ReplyError('ERR BITFIELD_RO only supports the GET subcommand');
  const key = a[1];
  const existing = writes.length > 0 ? s.db.write(key, StringValue) : s.db.read(key, StringValue);
  const value = existing ?? new StringValue('');
  let bytes: Buffer;
  if (writes.length > 0) {
    const needed = Math.max(...writes.map(({ offset, type }) => Math.floor((offset + type.bits - 1) / 8) + 1));
    bytes = value.bytes(Math.max(value.length, needed));
  } else bytes = value.view();
  s.out.array(steps.length);
  let changes = 0;
  for (const { operation, type, offset, operand, overflow } of steps) {
    const old = readField(bytes, type, offset);
    if (operation === 'GET') {
      s.out.integer(old);
      continue;
    }
    const next = fit(operation === 'SET' ? operand : old + operand, type, overflow);
    if (next === undefined) s.out.null();
    else {
      writeField(bytes, type, offset, next);
      changes++;
      s.out.integer(operation === 'SET' ? old : next);
    }
  }
  if (writes.length > 0) {
    if (existing === undefined) s.db.set(key, value);
    if (changes > 0) s.db.changed(key, value, '$', 'setbit');
  }
}

export function bitfield(s: Session, a: Args<-2>): void {
  run(s, a, false);
}

export function bitfieldRo(s: Session, a: Args<-2>): void {
  run(s, a, true);
}

/** An offset in bits; strings hold at most proto-max-bulk-len bytes. */
export function bitOffset(s: Session, text: string, factor = 1): number {
  const error = new ReplyError('ERR bit offset is not an integer or out of range');
  const offset = integer(text, error) * factor;
  if (offset < 0 || offset / 8 >= s.keyspace.settings.protoMaxBulkLen) throw error;
  return offset;
}
