/** The struct library (http://www.inf.puc-rio.br/~roberto/struct/): numbers and strings in C's layouts. */
import {
  type Lua,
  type LuaFunction,
  type LuaState,
  needSlots,
  numberArgument,
  pushText,
  raise,
  textArgument,
} from '../lua/lua.ts';

const SIZES: Record<string, number> = { b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 };
const NATIVE_ALIGNMENT = 8;

interface Item {
  readonly code: string;
  readonly size: number;
  readonly little: boolean;
  /** Bytes before it, for alignment. */
  readonly padding: number;
}

/** Reads a format, item by item; `offset` answers where the data stand, which alignment depends on. */
function* items(machine: Lua, L: LuaState, format: string, name: string, offset: () => number): Generator<Item> {
  let little = true;
  let align = 1;
  for (let i = 0; i < format.length; ) {
    const code = format.charAt(i++);
    const digits = /^[0-9]+/.exec(format.slice(i))?.[0] ?? '';
    const number = digits === '' ? undefined : Number(digits);
    if ('!iIcs'.includes(code)) i += digits.length;
    switch (code) {
      case '<':
      case '>':
        little = code === '<';
        continue;
      case '=':
        little = true;
        continue;
      case ' ':
        continue;
      case '!':
        align = number ?? NATIVE_ALIGNMENT;
        if (align === 0 || (align & (align - 1)) !== 0) raise(machine, L, 'alignment is not a power of 2');
        continue;
    }
    let size = SIZES[code];
    if (code === 'i' || code === 'I') size = number ?? 4;
    else if (code === 'c') size = number ?? 1;
    else if (code === 's') size = 0;
    if (size === undefined) raise(machine, L, `bad argument #1 to '${name}' (invalid format option '${code}')`);
    if ((code === 'i' || code === 'I') && size > 8)
      raise(machine, L, `integral size ${size} is larger than limit of 8`);
    let padding = 0;
    if (!'xcs'.includes(code) && size > 1) {
      const unit = Math.min(size, align);
      if (unit > 1 && (unit & (unit - 1)) === 0) padding = (unit - (offset() & (unit - 1))) & (unit - 1);
    }
    yield { code, size, little, padding };
  }
}

function packNumber(value: number, { code, size, little }: Item): Buffer {
  const buffer = Buffer.alloc(size);
  if (code === 'f') buffer.writeFloatLE(value);
  else if (code === 'd') buffer.writeDoubleLE(value);
  else {
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    for (let i = 0; i < size; i++) {
      buffer[i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }
  return little ? buffer : buffer.reverse();
}

function unpackNumber(bytes: Buffer, { code, size, little }: Item): number {
  const buffer = little ? bytes : Buffer.from(bytes).reverse();
  if (code === 'f') return buffer.readFloatLE(0);
  if (code === 'd') return buffer.readDoubleLE(0);
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(buffer[i] ?? 0);
  return Number(code === code.toLowerCase() ? BigInt.asIntN(size * 8, value) : value);
}

function pack(machine: Lua, L: LuaState): number {
  const { lua } = machine;
  const parts: Buffer[] = [];
  let length = 0;
  let argument = 2;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  for (const item of items(machine, L, textArgument(machine, L, 1, 'pack'), 'pack', () => length)) {
    if (item.padding > 0) add(Buffer.alloc(item.padding));
    if (item.code === 'x') add(Buffer.alloc(1));
    else if (item.code === 's') {
      add(Buffer.from(`${textArgument(machine, L, argument++, 'pack')}\0`, 'latin1'));
    } else if (item.code === 'c') {
      const text = Buffer.from(textArgument(machine, L, argument++, 'pack'), 'latin1');
      const size = item.size === 0 ? text.length : item.size;
      if (text.length < size) raise(machine, L, `bad argument #${argument - 1} to 'pack' (string too short)`);
      add(text.subarray(0, size));
    } else add(packNumber(numberArgument(machine, L, argument++, 'pack'), item));
  }
  pushText(lua, L, Buffer.concat(parts).toString('latin1'));
  return 1;
}

function unpack(machine: Lua, L: LuaState): number {
  const { lua } = machine;
  const bytes = Buffer.from(textArgument(machine, L, 2, 'unpack'), 'latin1');
  let at = lua.lua_gettop(L) > 2 ? numberArgument(machine, L, 3, 'unpack') - 1 : 0;
  if (at < 0) raise(machine, L, "bad argument #3 to 'unpack' (offset must be 1 or greater)");
  let count = 0;
  let last: number | undefined;
  for (const item of items(machine, L, textArgument(machine, L, 1, 'unpack'), 'unpack', () => at)) {
    needSlots(machine, L, 2, 'too many results');
    at += item.padding;
    let { size } = item;
    if (item.code === 'c' && size === 0) {
      if (last === undefined) raise(machine, L, "format 'c0' needs a previous size");
      size = last;
      lua.lua_pop(L, 1);
      count--;
    }
    if (item.code === 's') {
      const end = bytes.indexOf(0, at);
      if (end < 0) raise(machine, L, 'unfinished string in data');
      pushText(lua, L, bytes.toString('latin1', at, end));
      count++;
      at = end + 1;
      continue;
    }
    if (size < 0 || at + size > bytes.length) raise(machine, L, "bad argument #2 to 'unpack' (data string too short)");
    const part = bytes.subarray(at, at + size);
    at += size;
    if (item.code === 'x') continue;
    if (item.code === 'c') {
      pushText(lua, L, part.toString('latin1'));
      last = undefined;
    } else {
      last = unpackNumber(part, item);
      lua.lua_pushnumber(L, last);
    }
    count++;
  }
  lua.lua_pushnumber(L, at + 1);
  return count + 1;
}

function size(machine: Lua, L: LuaState): number {
  const { lua } = machine;
  let total = 0;
  for (const item of items(machine, L, textArgument(machine, L, 1, 'size'), 'size', () => total)) {
    if (item.code === 's' || (item.code === 'c' && item.size === 0)) {
      raise(machine, L, `bad argument #1 to 'size' (variable-${item.code === 's' ? 'size' : 'length'} format)`);
    }
    total += item.padding + item.size;
  }
  lua.lua_pushnumber(L, total);
  return 1;
}

export function struct(machine: Lua): Record<string, LuaFunction> {
  return {
    pack: (L) => pack(machine, L),
    unpack: (L) => unpack(machine, L),
    size: (L) => size(machine, L),
  };
}
