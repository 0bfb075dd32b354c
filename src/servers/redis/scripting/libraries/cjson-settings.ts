/** The settings of cjson, with the functions that tell and change them: the rules and texts of lua-cjson 2.1. */
import {
  cInt,
  type Lua,
  type LuaFunction,
  type LuaState,
  numberArgument,
  pushText,
  raise,
  textArgument,
} from '../lua/lua.ts';
import { DIGITS } from '../lua/short-number.ts';

const INT_MAX = 2 ** 31 - 1;
type Switch = 'off' | 'on';
const SWITCH: readonly string[] = ['off', 'on'];

export class JsonSettings {
  /** Whether a table that is too sparse for an array becomes an object; else it is an error. */
  sparseConvert: Switch = 'off';
  /** An array has at most so many times as many places as items; 0 is any number. */
  sparseRatio = 2;
  /** Up to so many places it is never too sparse. */
  sparseSafe = 10;
  encodeDepth = 1000;
  decodeDepth = 1000;
  digits = DIGITS;
  /** What becomes of NaN and the infinite numbers: an error, their names, or null. */
  encodeInvalid: Switch | 'null' = 'off';
  /** Whether NaN, infinite and hexadecimal numbers are read, and leading zeros. */
  decodeInvalid: Switch = 'on';
  /** Has no effect here. */
  keepBuffer: Switch = 'on';
}

type NumberSetting = 'sparseRatio' | 'sparseSafe' | 'encodeDepth' | 'decodeDepth' | 'digits';
type ChoiceSetting = 'sparseConvert' | 'encodeInvalid' | 'decodeInvalid' | 'keepBuffer';

/** Changes a setting to the argument at an index, where that is not nil, and pushes what it then is. */
type Option = (L: LuaState, name: string, index: number) => void;

/** The functions for these settings, which answer what they are. */
export function settingFunctions(machine: Lua, settings: JsonSettings): Record<string, LuaFunction> {
  const { lua } = machine;
  const number =
    (setting: NumberSetting, least: number, most: number): Option =>
    (L, name, index) => {
      if (lua.lua_type(L, index) !== lua.LUA_TNIL) {
        const value = cInt(numberArgument(machine, L, index, name));
        if (value < least || value > most) {
          raise(machine, L, `bad argument #1 to '${name}' (expected integer between ${least} and ${most})`);
        }
        settings[setting] = value;
      }
      lua.lua_pushnumber(L, settings[setting]);
    };
  const choice =
    (setting: ChoiceSetting, options = SWITCH): Option =>
    (L, name, index) => {
      const type = lua.lua_type(L, index);
      if (type === lua.LUA_TBOOLEAN) settings[setting] = lua.lua_toboolean(L, index) ? 'on' : 'off';
      else if (type !== lua.LUA_TNIL) {
        const value = textArgument(machine, L, index, name);
        if (!options.includes(value)) {
          raise(machine, L, `bad argument #${index} to '${name}' (invalid option '${value}')`);
        }
        settings[setting] = value as Switch;
      }
      const now = settings[setting];
      if (SWITCH.includes(now)) lua.lua_pushboolean(L, now === 'on');
      else pushText(lua, L, now);
    };
  const functions: Record<string, readonly Option[]> = {
    encode_sparse_array: [choice('sparseConvert'), number('sparseRatio', 0, INT_MAX), number('sparseSafe', 0, INT_MAX)],
    encode_max_depth: [number('encodeDepth', 1, INT_MAX)],
    decode_max_depth: [number('decodeDepth', 1, INT_MAX)],
    encode_number_precision: [number('digits', 1, DIGITS)],
    encode_keep_buffer: [choice('keepBuffer')],
    encode_invalid_numbers: [choice('encodeInvalid', [...SWITCH, 'null'])],
    decode_invalid_numbers: [choice('decodeInvalid')],
  };
  const run = (options: readonly Option[], name: string): LuaFunction => {
    return (L) => {
      if (lua.lua_gettop(L) > options.length) {
        raise(machine, L, `bad argument #${options.length + 1} to '${name}' (found too many arguments)`);
      }
      lua.lua_settop(L, options.length);
      for (const [i, option] of options.entries()) option(L, name, i + 1);
      return options.length;
    };
  };
  return Object.fromEntries(Object.entries(functions).map(([name, options]) => [name, run(options, name)]));
}
