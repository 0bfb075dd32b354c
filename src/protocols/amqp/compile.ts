/**
 * Turns the rows of the method table into functions, once per method and only for methods that are used.
 *
 * The functions are generated as source, from the constant table and nothing else: the engine then sees straight-line
 * code and one object shape per method, where walking the row for each frame would cost several times as much.
 */
import { isUtf8 } from 'node:buffer';
import { frameError, syntaxError } from './faults.ts';
import { type AmqpArgs, type AmqpMethodName, METHODS, methodId, type WireType } from './methods.ts';
import { decodeTable } from './table-decode.ts';
import { EMPTY_TABLE, encodeTable } from './table-encode.ts';

/** Decodes the arguments that stand between `at` and `end`, which must hold them and nothing else. */
export type DecodeArgs<M extends AmqpMethodName> = (bytes: Buffer, at: number, end: number) => AmqpArgs[M];

/** Where a compiled encoder writes. */
export interface Target {
  buffer: Buffer;
  /** Makes room for `length` bytes in `buffer` and returns their offset. */
  reserve(length: number): number;
}

/** Writes one whole method frame and returns the offset behind it. */
export type EncodeMethod<M extends AmqpMethodName> = (
  target: Target,
  channel: number,
  args: Partial<AmqpArgs[M]>,
) => number;

const decoders = new Map<AmqpMethodName, DecodeArgs<AmqpMethodName>>();
const encoders = new Map<AmqpMethodName, EncodeMethod<AmqpMethodName>>();

export function decoderOf<M extends AmqpMethodName>(method: M): DecodeArgs<M> {
  let decode = decoders.get(method);
  if (!decode) {
    decode = compileDecoder(method);
    decoders.set(method, decode);
  }
  return decode as DecodeArgs<M>;
}

export function encoderOf<M extends AmqpMethodName>(method: M): EncodeMethod<M> {
  let encode = encoders.get(method);
  if (!encode) {
    encode = compileEncoder(method);
    encoders.set(method, encode);
  }
  return encode as EncodeMethod<M>;
}

const need = (size: string) => `if (at + ${size} > end) throw cut(); `;

/** For each type: source that declares `name` and moves `at` behind it. Bits are packed and handled apart. */
const READ: Record<Exclude<WireType, 'bit'>, (name: string) => string> = {
  octet: (name) => `${need('1')}const ${name} = bytes[at]; at += 1;`,
  short: (name) => `${need('2')}const ${name} = bytes.readUInt16BE(at); at += 2;`,
  long: (name) => `${need('4')}const ${name} = bytes.readUInt32BE(at); at += 4;`,
  longlong: (name) =>
    `${need('8')}const ${name} = bytes.readUInt32BE(at) * 4294967296 + bytes.readUInt32BE(at + 4); at += 8;`,
  shortstr: (name) =>
    `${need('1')}length = bytes[at++]; ${need('length')}` +
    `const ${name} = length === 0 ? '' : bytes.utf8Slice(at, at + length);` +
    `if (${name}.includes('\uFFFD')) assertText(bytes.subarray(at, at + length)); at += length;`,
  longstr: (name) =>
    `${need('4')}length = bytes.readUInt32BE(at); at += 4; ${need('length')}` +
    `const ${name} = bytes.utf8Slice(at, at + length); at += length;`,
  bytes: (name) =>
    `${need('4')}length = bytes.readUInt32BE(at); at += 4; ${need('length')}` +
    `const ${name} = bytes.subarray(at, at + length); at += length;`,
  table: (name) =>
    `${need('4')}length = bytes.readUInt32BE(at); ${need('length + 4')}` +
    `const ${name} = length === 0 ? {} : table(bytes, at, end); at += length + 4;`,
};

function compileDecoder(method: AmqpMethodName): DecodeArgs<AmqpMethodName> {
  const fields = Object.entries(METHODS[method].fields) as [string, WireType][];
  const lines = ['let length = 0;'];
  let bit = 0;
  for (const [index, [, type]] of fields.entries()) {
    if (type !== 'bit') {
      bit = 0;
      lines.push(READ[type](`v${index}`));
      continue;
    }
    if (bit % 8 === 0) lines.push(`${need('1')}const bits${index} = bytes[at++];`);
    lines.push(`const v${index} = (bits${index - (bit % 8)} & ${1 << (bit % 8)}) !== 0;`);
    bit += 1;
  }
  lines.push('if (at !== end) throw trailing();');
  lines.push(`return { ${fields.map(([name], index) => `${name}: v${index}`).join(', ')} };`);
  const cut = () => syntaxError('4.2.4', `${method} ends before its arguments do`);
  const trailing = () => syntaxError('4.2.4', `${method} goes on after its last argument`);
  const outer = ['cut', 'trailing', 'table', 'assertText'];
  return generate(outer, ['bytes', 'at', 'end'], lines, [cut, trailing, decodeTable, assertText]);
}

/** Names are text (§4.2.5.3), and what is not text would not come back as it was sent. */
function assertText(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw frameError('4.2.5.3', 'Malformed UTF-8 in shortstr');
}

const ZERO: Record<Exclude<WireType, 'bit'>, string> = {
  octet: '0',
  short: '0',
  long: '0',
  longlong: '0',
  shortstr: "''",
  longstr: "''",
  bytes: 'nothing',
  table: 'nothing',
};

/** For each type: the source of its size, given what `prepare` made of the argument, and of writing it. */
const WRITE: Record<Exclude<WireType, 'bit'>, { size: (v: string) => string; write: (v: string) => string }> = {
  octet: { size: () => '1', write: (v) => `at = bytes.writeUInt8(${v}, at);` },
  short: { size: () => '2', write: (v) => `at = bytes.writeUInt16BE(${v}, at);` },
  long: { size: () => '4', write: (v) => `at = bytes.writeUInt32BE(${v}, at);` },
  longlong: {
    size: () => '8',
    write: (v) =>
      `at = bytes.writeUInt32BE(Math.floor(${v} / 4294967296), at); at = bytes.writeUInt32BE(${v} % 4294967296, at);`,
  },
  shortstr: {
    // Three bytes per UTF-16 unit is the most that UTF-8 takes: room for it costs less than measuring first.
    size: (v) => `1 + ${v}.length * 3`,
    write: (v) =>
      `length = bytes.utf8Write(${v}, at + 1, ${v}.length * 3); if (length > 255) throw tooLong(${v}); bytes[at] = length; at += length + 1;`,
  },
  longstr: {
    size: (v) => `4 + ${v}.length * 3`,
    write: (v) =>
      `length = bytes.utf8Write(${v}, at + 4, ${v}.length * 3); bytes.writeUInt32BE(length, at); at += length + 4;`,
  },
  bytes: {
    size: (v) => `4 + ${v}.length`,
    write: (v) => `at = bytes.writeUInt32BE(${v}.length, at); at += ${v}.copy(bytes, at);`,
  },
  table: { size: (v) => `${v}.length`, write: (v) => `at += ${v}.copy(bytes, at);` },
};

function compileEncoder(method: AmqpMethodName): EncodeMethod<AmqpMethodName> {
  const fields = Object.entries(METHODS[method].fields) as [string, WireType][];
  const prepare: string[] = [];
  const sizes: string[] = ['12'];
  const write: string[] = [];
  let bit = 0;
  for (const [index, [name, type]] of fields.entries()) {
    const v = `v${index}`;
    if (type === 'bit') {
      if (bit % 8 === 0) {
        sizes.push('1');
        write.push('bytes[at++] = 0;');
      }
      write.push(`if (args.${name}) bytes[at - 1] |= ${1 << (bit % 8)};`);
      bit += 1;
      continue;
    }
    bit = 0;
    const value = `args.${name}`;
    const given =
      type === 'table' ? `(${value} === undefined ? emptyTable : table(${value}))` : `${value} ?? ${ZERO[type]}`;
    prepare.push(`const ${v} = ${given};`);
    sizes.push(WRITE[type].size(v));
    write.push(WRITE[type].write(v));
  }
  const id = methodId(method);
  const lines = [
    'let length = 0;',
    ...prepare,
    `const start = target.reserve(${sizes.join(' + ')}); const bytes = target.buffer; let at = start + 11;`,
    `bytes[start] = 1; bytes.writeUInt16BE(channel, start + 1); bytes.writeUInt32BE(${id}, start + 7);`,
    ...write,
    'bytes.writeUInt32BE(at - start - 7, start + 3); bytes[at] = 206; return at + 1;',
  ];
  const tooLong = (text: string) => new RangeError(`${method}: '${text.slice(0, 40)}...' is longer than 255 bytes`);
  return generate(['tooLong', 'table', 'emptyTable', 'nothing'], ['target', 'channel', 'args'], lines, [
    tooLong,
    encodeTable,
    EMPTY_TABLE,
    Buffer.alloc(0),
  ]);
}

function generate<F>(outer: string[], parameters: string[], lines: string[], values: unknown[]): F {
  const source = `return function (${parameters.join(', ')}) {\n${lines.join('\n')}\n}`;
  return new Function(...outer, source)(...values) as F;
}
