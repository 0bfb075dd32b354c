/** Lua values as plain JavaScript ones, for the libraries that read and write whole trees. */
import { type Lua, type LuaState, luaText, pushText, raise } from './lua.ts';
import { meter } from './meter.ts';

/** cjson.null: a value of its own, since nil can't stand in a table. */
export const NULL = Symbol('null');

export type Plain = undefined | boolean | number | string | typeof NULL | Other | PlainTable;

/** A function, a thread or foreign data, by the name of its type. */
export class Other {
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }
}

/** A table: keys are numbers or texts. */
export class PlainTable {
  readonly entries = new Map<number | string | boolean, Plain>();

  /** The largest key where all keys are positive whole numbers; undefined else. An empty table has 0. */
  get arrayLength(): number | undefined {
    let max = 0;
    for (const key of this.entries.keys()) {
      if (typeof key !== 'number' || key < 1 || !Number.isInteger(key)) return undefined;
      if (key > max) max = key;
    }
    return max;
  }
}

/** Reads the value at an index. Tables deeper than `maxDepth` make `tooDeep` be thrown. */
export function readPlain(
  machine: Lua,
  L: LuaState,
  index: number,
  maxDepth: number,
  tooDeep: () => Plain,
  depth = 1,
): Plain {
  meter.step();
  const { lua } = machine;
  switch (lua.lua_type(L, index)) {
    case lua.LUA_TNIL:
      return undefined;
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(L, index);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(L, index);
    case lua.LUA_TSTRING:
      return luaText(lua.lua_tolstring(L, index));
    case lua.LUA_TLIGHTUSERDATA:
      return NULL;
    case lua.LUA_TTABLE: {
      if (depth > maxDepth) return tooDeep();
      const at = lua.lua_absindex(L, index);
      const table = new PlainTable();
      lua.lua_checkstack(L, 4);
      lua.lua_pushnil(L);
      while (lua.lua_next(L, at) !== 0) {
        const key = readPlain(machine, L, -2, maxDepth, tooDeep, depth + 1);
        const value = readPlain(machine, L, -1, maxDepth, tooDeep, depth + 1);
        if (typeof key === 'number' || typeof key === 'string' || typeof key === 'boolean')
          table.entries.set(key, value);
        lua.lua_pop(L, 1);
      }
      return table;
    }
    default:
      return new Other(luaText(lua.lua_typename(L, lua.lua_type(L, index))));
  }
}

/** Pushes a tree of plain values: arrays, maps, texts of bytes, numbers, booleans, NULL. */
export type Tree =
  | undefined
  | boolean
  | number
  | string
  | typeof NULL
  | readonly Tree[]
  | ReadonlyMap<string | number | boolean, Tree>;

export function pushTree(machine: Lua, L: LuaState, tree: Tree): void {
  meter.step();
  const { lua } = machine;
  if (!lua.lua_checkstack(L, 4)) raise(machine, L, 'too many nested values');
  if (tree === undefined) lua.lua_pushnil(L);
  else if (tree === NULL) lua.lua_pushlightuserdata(L, null);
  else if (typeof tree === 'boolean') lua.lua_pushboolean(L, tree);
  else if (typeof tree === 'number') lua.lua_pushnumber(L, tree);
  else if (typeof tree === 'string') pushText(lua, L, tree);
  else if (tree instanceof Map) {
    lua.lua_createtable(L, 0, tree.size);
    for (const [key, value] of tree) {
      pushTree(machine, L, key);
      pushTree(machine, L, value);
      lua.lua_rawset(L, -3);
    }
  } else {
    const list = tree as readonly Tree[];
    lua.lua_createtable(L, list.length, 0);
    // What is nested deep takes as few frames of the stack as can be.
    for (const [i, value] of list.entries()) {
      pushTree(machine, L, value);
      lua.lua_rawseti(L, -2, i + 1);
    }
  }
}
