/** A new Lua state, with the libraries and the sandbox that Redis gives to scripts and functions. */
import { bit } from './bit.ts';
import { cjson } from './cjson.ts';
import { cmsgpack } from './cmsgpack.ts';
import { type Lua, type LuaFunction, type LuaState, luaBytes, luaText, setFunctions } from './lua.ts';
import { PRELUDE, SANDBOX } from './prelude.ts';
import { struct } from './struct.ts';

export interface State {
  readonly machine: Lua;
  readonly L: LuaState;
  /** The reference of the table that is the globals of all that is compiled here. */
  readonly sandbox: number;
}

/** `addGlobals` sets what only this state has, before the sandbox closes. */
export function createState(machine: Lua, addGlobals: (machine: Lua, L: LuaState) => void): State {
  const { lua, lauxlib, lualib } = machine;
  const L = lauxlib.luaL_newstate();
  const standard: [string, LuaFunction][] = [
    ['_G', lualib.luaopen_base],
    ['string', lualib.luaopen_string],
    ['table', lualib.luaopen_table],
    ['math', lualib.luaopen_math],
    ['coroutine', lualib.luaopen_coroutine],
  ];
  for (const [name, open] of standard) {
    lauxlib.luaL_requiref(L, luaBytes(name), open, 1);
    lua.lua_pop(L, 1);
  }
  for (const [name, functions] of Object.entries({
    cjson: cjson(machine),
    cmsgpack: cmsgpack(machine),
    bit: bit(machine),
    struct: struct(machine),
  })) {
    lua.lua_newtable(L);
    setFunctions(machine, L, functions);
    if (name === 'cjson') {
      lua.lua_pushlightuserdata(L, null);
      lua.lua_setfield(L, -2, luaBytes('null'));
    }
    lua.lua_setglobal(L, luaBytes(name));
  }
  addGlobals(machine, L);
  lua.lua_newtable(L);
  lua.lua_pushvalue(L, -1);
  lua.lua_setglobal(L, luaBytes('__sandbox'));
  const sandbox = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
  const prelude = luaBytes(PRELUDE + SANDBOX);
  if (
    lauxlib.luaL_loadbuffer(L, prelude, prelude.length, luaBytes('@prelude')) !== lua.LUA_OK ||
    lua.lua_pcall(L, 0, 0, 0) !== lua.LUA_OK
  ) {
    throw new Error(`The prelude of scripts failed: ${luaText(lua.lua_tolstring(L, -1))}`);
  }
  return { machine, L, sandbox };
}
