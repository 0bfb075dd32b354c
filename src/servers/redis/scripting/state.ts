/** A new Lua state, with the libraries and the sandbox that Redis gives to scripts and functions. */
import { messageOf } from '../../../core/errors.ts';
import { tellFault } from '../../contain.ts';
import { bit } from './libraries/bit.ts';
import { pushCjson } from './libraries/cjson.ts';
import { cmsgpack } from './libraries/cmsgpack.ts';
import { format } from './libraries/format.ts';
import { struct } from './libraries/struct.ts';
import {
  type Lua,
  type LuaFunction,
  type LuaState,
  luaBytes,
  luaText,
  PRELUDE_SOURCE,
  pushText,
  setFunctions,
} from './lua/lua.ts';
import { NotEnoughMemory, ProgramEnds } from './lua/meter.ts';
import { PRELUDE, SANDBOX } from './lua/prelude.ts';
import { type RandomNumbers, random as randomFunctions } from './lua/random.ts';

export interface State {
  readonly machine: Lua;
  readonly L: LuaState;
  /** The reference of the table that is the globals of all that is compiled here. */
  readonly sandbox: number;
}

export interface StateOptions {
  /** The numbers behind math.random. */
  readonly random: RandomNumbers;
  /** Whether there is an os library, of which only `clock` is left. */
  readonly hasProcessClock: boolean;
  /** Sets what only this state has, before the sandbox closes. */
  readonly addGlobals: (machine: Lua, L: LuaState) => void;
  /** Whether the last yield was no program's own. */
  readonly isInterrupted: () => boolean;
  readonly interrupt: (L: LuaState) => void;
}

export function createState(machine: Lua, options: StateOptions): State {
  const { random, hasProcessClock, addGlobals, isInterrupted, interrupt } = options;
  const { lua, lauxlib, lualib } = machine;
  const L = lauxlib.luaL_newstate();
  lua.lua_atnativeerror(L, (state) => {
    pushNativeError(machine, state, lua.lua_touserdata(state, -1));
    return 1;
  });
  lua.lua_pushcfunction(L, (state) => {
    lua.lua_pushboolean(state, isInterrupted());
    return 1;
  });
  lua.lua_setglobal(L, luaBytes('__interrupted'));
  lua.lua_pushcfunction(L, (state) => {
    interrupt(state);
    return 0;
  });
  lua.lua_setglobal(L, luaBytes('__interrupt'));
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
  lua.lua_getglobal(L, luaBytes('math'));
  setFunctions(machine, L, randomFunctions(machine, random));
  lua.lua_pop(L, 1);
  lua.lua_getglobal(L, luaBytes('string'));
  setFunctions(machine, L, { format: format(machine) });
  lua.lua_pop(L, 1);
  pushCjson(machine, L);
  lua.lua_setglobal(L, luaBytes('cjson'));
  for (const [name, functions] of Object.entries({
    cmsgpack: cmsgpack(machine),
    bit: bit(machine),
    struct: struct(machine),
    ...(hasProcessClock ? { os: processClock(machine) } : {}),
  })) {
    lua.lua_newtable(L);
    setFunctions(machine, L, functions);
    lua.lua_setglobal(L, luaBytes(name));
  }
  addGlobals(machine, L);
  lua.lua_newtable(L);
  lua.lua_pushvalue(L, -1);
  lua.lua_setglobal(L, luaBytes('__sandbox'));
  const sandbox = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
  const prelude = luaBytes(PRELUDE + SANDBOX);
  if (
    lauxlib.luaL_loadbuffer(L, prelude, prelude.length, luaBytes(`@${PRELUDE_SOURCE}`)) !== lua.LUA_OK ||
    lua.lua_pcall(L, 0, 0, 0) !== lua.LUA_OK
  ) {
    throw new Error(`The prelude of scripts failed: ${luaText(lua.lua_tolstring(L, -1))}`);
  }
  return { machine, L, sandbox };
}

function processClock({ lua }: Lua): Record<string, LuaFunction> {
  return {
    clock(L) {
      const { user, system } = process.cpuUsage();
      lua.lua_pushnumber(L, (user + system) / 1e6);
      return 1;
    },
  };
}

/** What JavaScript throws becomes an error of Lua's: ends that we want, memory and stack that are full, and faults. */
function pushNativeError(machine: Lua, L: LuaState, error: unknown): void {
  const { lua } = machine;
  if (error instanceof ProgramEnds || error instanceof NotEnoughMemory) {
    lua.lua_createtable(L, 0, 1);
    pushText(lua, L, `ERR ${error.message}`);
    lua.lua_setfield(L, -2, luaBytes('err'));
    return;
  }
  const isFull = error instanceof RangeError || (error as NodeJS.ErrnoException)?.code === 'ERR_STRING_TOO_LONG';
  if (!isFull) tellFault('A script ends over an error', error);
  pushText(lua, L, isFull ? 'not enough memory' : `internal error: ${messageOf(error)}`);
}
