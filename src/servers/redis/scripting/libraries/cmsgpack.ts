/** The cmsgpack library: MessagePack over byte strings. */
import { type Lua, type LuaFunction, numberArgument, raise, STACK_SLOTS, textArgument } from '../lua/lua.ts';
import { meter } from '../lua/meter.ts';
import { NULL, type Plain, PlainTable, pushTree, readPlain, type Tree } from '../lua/plain.ts';

/** lua-cmsgpack goes no deeper, and packs nil there. */
const MAX_DEPTH = 16;
const TOO_MANY = 'stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)';

class Packer {
  #parts: Buffer[] = [];

  take(): string {
    return Buffer.concat(this.#parts).toString('latin1');
  }

  #head(type: number, bytes: number, value: number): void {
    const buffer = Buffer.alloc(1 + bytes);
    buffer[0] = type;
    if (bytes > 0) buffer.writeUIntBE(value, 1, bytes);
    this.#parts.push(buffer);
  }

  pack(value: Plain): void {
    meter.step();
    if (typeof value === 'boolean') this.#head(value ? 0xc3 : 0xc2, 0, 0);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof PlainTable) this.#table(value);
    else this.#head(0xc0, 0, 0);
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63) {
      const single = Math.fround(value) === value;
      const buffer = Buffer.alloc(single ? 5 : 9);
      buffer[0] = single ? 0xca : 0xcb;
      if (single) buffer.writeFloatBE(value, 1);
      else buffer.writeDoubleBE(value, 1);
      this.#parts.push(buffer);
    } else if (value >= 0) {
      if (value <= 127) this.#head(value, 0, 0);
      else if (value <= 0xff) this.#head(0xcc, 1, value);
      else if (value <= 0xffff) this.#head(0xcd, 2, value);
      else if (value <= 0xffffffff) this.#head(0xce, 4, value);
      else this.#wide(0xcf, BigInt(value));
    } else if (value >= -32) this.#head(0x100 + value, 0, 0);
    else if (value >= -128) this.#head(0xd0, 1, 0x100 + value);
    else if (value >= -32768) this.#head(0xd1, 2, 0x10000 + value);
    else if (value >= -2147483648) this.#head(0xd2, 4, 2 ** 32 + value);
    else this.#wide(0xd3, BigInt(value));
  }

  #wide(type: number, value: bigint): void {
    const buffer = Buffer.alloc(9);
    buffer[0] = type;
    buffer.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
    this.#parts.push(buffer);
  }

  #string(text: string): void {
    const { length } = text;
    if (length < 32) this.#head(0xa0 | length, 0, 0);
    else if (length <= 0xff) this.#head(0xd9, 1, length);
    else if (length <= 0xffff) this.#head(0xda, 2, length);
    else this.#head(0xdb, 4, length);
    this.#parts.push(Buffer.from(text, 'latin1'));
  }

  #table(table: PlainTable): void {
    const { entries, arrayLength } = table;
    // All keys from 1 to n make an array; anything else, and the empty table, follows lua-cmsgpack's choice.
    if (arrayLength !== undefined && arrayLength === entries.size) {
      if (arrayLength <= 15) this.#head(0x90 | arrayLength, 0, 0);
      else if (arrayLength <= 0xffff) this.#head(0xdc, 2, arrayLength);
      else this.#head(0xdd, 4, arrayLength);
      for (let i = 1; i <= arrayLength; i++) this.pack(entries.get(i));
      return;
    }
    if (entries.size <= 15) this.#head(0x80 | entries.size, 0, 0);
    else if (entries.size <= 0xffff) this.#head(0xde, 2, entries.size);
    else this.#head(0xdf, 4, entries.size);
    for (const [key, value] of entries) {
      this.pack(key);
      this.pack(value);
    }
  }
}

class Unpacker {
  readonly #bytes: Buffer;
  at: number;
  /** How many values lua-cmsgpack would have on Lua's stack by now. */
  #slots: number;

  constructor(bytes: Buffer, at: number, slots: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#slots = slots;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  #take(count: number): Buffer {
    if (this.at + count > this.#bytes.length) throw new RangeError('Missing bytes in input.');
    const taken = this.#bytes.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  #length(bytes: number): number {
    return this.#take(bytes).readUIntBE(0, bytes);
  }

  /** The next of the values that are returned; throws a RangeError where there is none, or one too many. */
  result(): Tree {
    const value = this.next();
    this.#slots++;
    return value;
  }

  next(): Tree {
    meter.step();
    if (this.#slots + 1 > STACK_SLOTS) throw new RangeError(TOO_MANY);
    const type = this.#take(1).readUInt8();
    if (type <= 0x7f) return type;
    if (type >= 0xe0) return type - 0x100;
    if (type <= 0x8f) return this.#map(type & 15);
    if (type <= 0x9f) return this.#array(type & 15);
    if (type <= 0xbf) return this.#take(type & 31).toString('latin1');
    switch (type) {
      case 0xc0:
        return undefined;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xd9:
        return this.#take(this.#length(1)).toString('latin1');
      case 0xc5:
      case 0xda:
        return this.#take(this.#length(2)).toString('latin1');
      case 0xc6:
      case 0xdb:
        return this.#take(this.#length(4)).toString('latin1');
      case 0xca:
        return this.#take(4).readFloatBE(0);
      case 0xcb:
        return this.#take(8).readDoubleBE(0);
      case 0xcc:
        return this.#length(1);
      case 0xcd:
        return this.#length(2);
      case 0xce:
        return this.#length(4);
      case 0xcf:
        return Number(this.#take(8).readBigUInt64BE(0));
      case 0xd0:
        return this.#take(1).readInt8(0);
      case 0xd1:
        return this.#take(2).readInt16BE(0);
      case 0xd2:
        return this.#take(4).readInt32BE(0);
      case 0xd3:
        return Number(this.#take(8).readBigInt64BE(0));
      case 0xdc:
        return this.#array(this.#length(2));
      case 0xdd:
        return this.#array(this.#length(4));
      case 0xde:
        return this.#map(this.#length(2));
      case 0xdf:
        return this.#map(this.#length(4));
      default:
        throw new RangeError('Bad data format in input.');
    }
  }

  #array(length: number): Tree {
    if (this.#slots + 2 > STACK_SLOTS) throw new RangeError('stack overflow (in function mp_decode_to_lua_array)');
    // The table, and an item's index.
    this.#slots += 2;
    const items: Tree[] = [];
    for (let i = 0; i < length; i++) items.push(this.next());
    this.#slots -= 2;
    return items;
  }

  #map(length: number): Tree {
    const pairs = new Map<string | number | boolean, Tree>();
    for (let i = 0; i < length; i++) {
      // The table, and then the key, too.
      this.#slots++;
      const key = this.next();
      this.#slots++;
      const value = this.next();
      this.#slots -= 2;
      if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean') pairs.set(key, value);
    }
    return pairs;
  }
}

export function cmsgpack(machine: Lua): Record<string, LuaFunction> {
  const { lua } = machine;
  const unpack = (L: Parameters<LuaFunction>[0], limit: number, offset: number, tellOffset: boolean): number => {
    const bytes = Buffer.from(textArgument(machine, L, 1, 'unpack'), 'latin1');
    if (offset < 0 || offset > bytes.length)
      raise(machine, L, `Start offset ${offset} greater than input length ${bytes.length}.`);
    const unpacker = new Unpacker(bytes, offset, lua.lua_gettop(L));
    const values: Tree[] = [];
    try {
      while (!unpacker.done && (limit === 0 || values.length < limit)) values.push(unpacker.result());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      raise(machine, L, error.message);
    }
    if (tellOffset) values.unshift(unpacker.done ? -1 : unpacker.at);
    for (const value of values) pushTree(machine, L, value);
    return values.length;
  };
  return {
    pack(L) {
      const count = lua.lua_gettop(L);
      if (count === 0) raise(machine, L, "bad argument #0 to 'pack' (MessagePack pack needs input.)");
      const packer = new Packer();
      for (let i = 1; i <= count; i++) packer.pack(readPlain(machine, L, i, MAX_DEPTH, () => NULL));
      pushTree(machine, L, packer.take());
      return 1;
    },
    unpack: (L) => unpack(L, 0, 0, false),
    unpack_one: (L) => unpack(L, 1, lua.lua_gettop(L) > 1 ? numberArgument(machine, L, 2, 'unpack_one') : 0, true),
    unpack_limit: (L) =>
      unpack(
        L,
        numberArgument(machine, L, 2, 'unpack_limit'),
        lua.lua_gettop(L) > 2 ? numberArgument(machine, L, 3, 'unpack_limit') : 0,
        true,
      ),
  };
}
