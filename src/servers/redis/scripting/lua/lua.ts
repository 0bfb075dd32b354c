/** A Lua machine as it is used here, and what makes using it shorter. */

/** A Lua state. */
export type LuaState = { readonly brand: unique symbol };
/** A function that Lua calls: takes its arguments off the stack, answers how many results it left there. */
export type LuaFunction = (L: LuaState) => number;

/** What is used of fengari's C-like interface, with byte strings as Uint8Array. */
export interface Lua {
  readonly lua: {
    readonly LUA_OK: number;
    readonly LUA_YIELD: number;
    readonly LUA_MASKCOUNT: number;
    readonly LUA_REGISTRYINDEX: number;
    readonly LUA_RIDX_GLOBALS: number;
    readonly LUA_TNIL: number;
    readonly LUA_TBOOLEAN: number;
    readonly LUA_TLIGHTUSERDATA: number;
    readonly LUA_TNUMBER: number;
    readonly LUA_TFUNCTION: number;
    readonly LUA_TSTRING: number;
    readonly LUA_TTABLE: number;
    readonly lua_Debug: new () => { currentline: number; short_src: Uint8Array };
    lua_atnativeerror(L: LuaState, handler: LuaFunction): LuaFunction | null;
    lua_absindex(L: LuaState, index: number): number;
    lua_call(L: LuaState, args: number, results: number): void;
    lua_checkstack(L: LuaState, count: number): boolean;
    lua_createtable(L: LuaState, list: number, hash: number): void;
    lua_error(L: LuaState): never;
    lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
    lua_getinfo(L: LuaState, what: Uint8Array, ar: object): number;
    lua_getstack(L: LuaState, level: number, ar: object): number;
    lua_gettop(L: LuaState): number;
    lua_insert(L: LuaState, index: number): void;
    lua_isnumber(L: LuaState, index: number): boolean;
    lua_isyieldable(L: LuaState): boolean;
    lua_newtable(L: LuaState): void;
    lua_newthread(L: LuaState): LuaState;
    lua_next(L: LuaState, index: number): number;
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
    lua_pop(L: LuaState, count: number): void;
    lua_pushboolean(L: LuaState, value: boolean): void;
    lua_pushcfunction(L: LuaState, f: LuaFunction): void;
    lua_pushlightuserdata(L: LuaState, value: unknown): void;
    lua_pushlstring(L: LuaState, text: Uint8Array, length: number): void;
    lua_pushnil(L: LuaState): void;
    lua_pushnumber(L: LuaState, value: number): void;
    lua_pushvalue(L: LuaState, index: number): void;
    lua_rawequal(L: LuaState, a: number, b: number): boolean;
    lua_rawget(L: LuaState, index: number): number;
    lua_rawgeti(L: LuaState, index: number, key: number): number;
    lua_rawlen(L: LuaState, index: number): number;
    lua_rawset(L: LuaState, index: number): void;
    lua_rawseti(L: LuaState, index: number, key: number): void;
    lua_resume(L: LuaState, from: LuaState | null, args: number): number;
    lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
    lua_setglobal(L: LuaState, key: Uint8Array): void;
    lua_getmetatable(L: LuaState, index: number): boolean;
    lua_getglobal(L: LuaState, key: Uint8Array): number;
    lua_sethook(L: LuaState, hook: ((L: LuaState) => void) | null, mask: number, count: number): void;
    lua_settop(L: LuaState, index: number): void;
    lua_setupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
    lua_toboolean(L: LuaState, index: number): boolean;
    lua_tolstring(L: LuaState, index: number): Uint8Array | null;
    lua_tonumber(L: LuaState, index: number): number;
    lua_touserdata(L: LuaState, index: number): unknown;
    lua_type(L: LuaState, index: number): number;
    lua_typename(L: LuaState, type: number): Uint8Array;
    lua_xmove(from: LuaState, to: LuaState, count: number): void;
    lua_yield(L: LuaState, results: number): number;
  };
  readonly lauxlib: {
    luaL_newstate(): LuaState;
    luaL_loadbuffer(L: LuaState, text: Uint8Array, length: number, name: Uint8Array): number;
    luaL_requiref(L: LuaState, name: Uint8Array, open: LuaFunction, global: number): void;
    luaL_ref(L: LuaState, index: number): number;
    luaL_unref(L: LuaState, index: number, ref: number): void;
    luaL_where(L: LuaState, level: number): void;
  };
  readonly lualib: Record<
    'luaopen_base' | 'luaopen_string' | 'luaopen_table' | 'luaopen_math' | 'luaopen_coroutine',
    LuaFunction
  >;
}

/** What the source of the prelude is called. */
export const PRELUDE_SOURCE = 'prelude';

/** A text whose characters are bytes, as Lua's bytes. */
export function luaBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Lua's bytes as a text whose characters are bytes. */
export function luaText(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Throws a Lua error with a text that is told as it is. */
export function raise({ lua, lauxlib }: Lua, L: LuaState, text: string, level = 1): never {
  lauxlib.luaL_where(L, level);
  const where = luaText(lua.lua_tolstring(L, -1));
  lua.lua_pop(L, 1);
  pushText(lua, L, where + text);
  return lua.lua_error(L);
}

/** LUAI_MAXCSTACK: how many values a function's stack holds. */
export const STACK_SLOTS = 8000;

/** Makes room for so many more values; throws a Lua error, as Lua 5.1 does, where the stack would hold too many. */
export function needSlots(machine: Lua, L: LuaState, count: number, why: string): void {
  const { lua } = machine;
  if (lua.lua_gettop(L) + count > STACK_SLOTS || !lua.lua_checkstack(L, count)) {
    raise(machine, L, `stack overflow (${why})`);
  }
}

/** Throws a Lua error as Redis's own functions do: a table with the error of a reply, and the line it came from. */
export function raiseReply(machine: Lua, L: LuaState, text: string): never {
  const { lua } = machine;
  lua.lua_createtable(L, 0, 2);
  pushText(lua, L, `ERR ${text}`);
  lua.lua_setfield(L, -2, luaBytes('err'));
  lua.lua_pushnumber(L, currentLine(machine, L));
  lua.lua_setfield(L, -2, luaBytes('line'));
  return lua.lua_error(L);
}

/** Whether a function is of the prelude, which no script sees. */
export function isPrelude({ short_src: source }: { readonly short_src: Uint8Array }): boolean {
  return luaText(source.subarray(0, PRELUDE_SOURCE.length)) === PRELUDE_SOURCE;
}

/** The line that a program is at; 0 where that can't be told. */
export function currentLine({ lua }: Lua, L: LuaState): number {
  const ar = new lua.lua_Debug();
  for (let level = 0; lua.lua_getstack(L, level, ar) !== 0; level++) {
    lua.lua_getinfo(L, luaBytes('Sl'), ar);
    if (ar.currentline > 0 && !isPrelude(ar)) return ar.currentline;
  }
  return 0;
}

export function pushText(lua: Lua['lua'], L: LuaState, text: string): void {
  const bytes = luaBytes(text);
  lua.lua_pushlstring(L, bytes, bytes.length);
}

/** Pushes a list of texts. */
export function pushTexts({ lua }: Lua, L: LuaState, texts: readonly string[]): void {
  lua.lua_createtable(L, texts.length, 0);
  texts.forEach((text, i) => {
    pushText(lua, L, text);
    lua.lua_rawseti(L, -2, i + 1);
  });
}

/** The text of an argument, which must be a string or a number. */
export function textArgument(machine: Lua, L: LuaState, index: number, name: string): string {
  const { lua } = machine;
  const type = lua.lua_type(L, index);
  if (type !== lua.LUA_TSTRING && type !== lua.LUA_TNUMBER) {
    const got = type < 0 ? 'no value' : luaText(lua.lua_typename(L, type));
    raise(machine, L, `bad argument #${index} to '${name}' (string expected, got ${got})`);
  }
  return luaText(lua.lua_tolstring(L, index));
}

/** A number as C casts it to an int, by way of 64 bits. */
export function cInt(value: number): number {
  return Math.abs(value) < 2 ** 63 ? Number(BigInt.asIntN(32, BigInt(Math.trunc(value)))) : 0;
}

export function numberArgument(machine: Lua, L: LuaState, index: number, name: string): number {
  const { lua } = machine;
  if (!lua.lua_isnumber(L, index)) {
    const type = lua.lua_type(L, index);
    const got = type < 0 ? 'no value' : luaText(lua.lua_typename(L, type));
    raise(machine, L, `bad argument #${index} to '${name}' (number expected, got ${got})`);
  }
  return lua.lua_tonumber(L, index);
}

/** Sets functions into the table on top of the stack. */
export function setFunctions({ lua }: Lua, L: LuaState, functions: Record<string, LuaFunction>): void {
  for (const [name, f] of Object.entries(functions)) {
    lua.lua_pushcfunction(L, f);
    lua.lua_setfield(L, -2, luaBytes(name));
  }
}
