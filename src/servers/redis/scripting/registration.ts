/** What redis.register_function is given. https://redis.io/docs/latest/develop/programmability/lua-api/#redis.register_function */
import { type Lua, type LuaState, luaText, raiseReply } from './lua/lua.ts';
import type { Program } from './machine.ts';
import { FLAGS } from './shebang.ts';
import type { Wording } from './wording.ts';

/** A function that can be called. */
export interface Registration extends Program {
  readonly flags: ReadonlySet<string>;
  readonly description: string | undefined;
}

/** Reads the arguments on the stack, a name and a function or one table with names. Raises Lua errors. */
export function readRegistration(machine: Lua, L: LuaState, say: Wording): Registration {
  const { lua } = machine;
  const count = lua.lua_gettop(L);
  if (count === 1) return readNamed(machine, L, say);
  const refuse = (why: string): never => raiseReply(machine, L, say(why));
  if (count !== 2) refuse('wrong number of arguments to redis.register_function');
  const name = textAt(machine, L, 1) ?? refuse('first argument to redis.register_function must be a string');
  if (lua.lua_type(L, 2) !== lua.LUA_TFUNCTION) {
    refuse('second argument to redis.register_function must be a function');
  }
  lua.lua_pushvalue(L, 2);
  return { name, reference: take(machine, L), flags: new Set(), description: undefined };
}

function readNamed(machine: Lua, L: LuaState, say: Wording): Registration {
  const { lua, lauxlib } = machine;
  let name: string | undefined;
  let description: string | undefined;
  let reference: number | undefined;
  let flags: ReadonlySet<string> = new Set();
  const refuse = (why: string): never => {
    if (reference !== undefined) lauxlib.luaL_unref(L, lua.LUA_REGISTRYINDEX, reference);
    return raiseReply(machine, L, say(why));
  };
  if (lua.lua_type(L, 1) !== lua.LUA_TTABLE) {
    refuse(
      'calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).',
    );
  }
  lua.lua_pushnil(L);
  while (lua.lua_next(L, 1) !== 0) {
    const key = textAt(machine, L, -2) ?? refuse('named argument key given to redis.register_function is not a string');
    switch (key.toLowerCase()) {
      case 'function_name':
        name =
          textAt(machine, L, -1) ?? refuse('function_name argument given to redis.register_function must be a string');
        break;
      case 'description':
        description =
          textAt(machine, L, -1) ?? refuse('description argument given to redis.register_function must be a string');
        break;
      case 'callback':
        if (lua.lua_type(L, -1) !== lua.LUA_TFUNCTION) {
          refuse('callback argument given to redis.register_function must be a function');
        }
        lua.lua_pushvalue(L, -1);
        reference = take(machine, L);
        break;
      case 'flags':
        if (lua.lua_type(L, -1) !== lua.LUA_TTABLE) {
          refuse('flags argument to redis.register_function must be a table representing function flags');
        }
        flags = readFlags(machine, L) ?? refuse('unknown flag given');
        break;
      default:
        refuse('unknown argument given to redis.register_function');
    }
    lua.lua_pop(L, 1);
  }
  name ??= refuse('redis.register_function must get a function name argument');
  reference ??= refuse('redis.register_function must get a callback argument');
  return { name, reference, flags, description };
}

/** The list of flags on top of the stack; undefined where one is unknown. */
function readFlags(machine: Lua, L: LuaState): ReadonlySet<string> | undefined {
  const { lua } = machine;
  const flags = new Set<string>();
  for (let i = 1; ; i++) {
    const type = lua.lua_rawgeti(L, -1, i);
    const flag = textAt(machine, L, -1);
    lua.lua_pop(L, 1);
    if (type === lua.LUA_TNIL) return flags;
    if (flag === undefined || !FLAGS.has(flag)) return undefined;
    flags.add(flag);
  }
}

/** The string or number at an index; undefined for anything else. The value there is left as it is. */
function textAt({ lua }: Lua, L: LuaState, index: number): string | undefined {
  const type = lua.lua_type(L, index);
  if (type !== lua.LUA_TSTRING && type !== lua.LUA_TNUMBER) return undefined;
  lua.lua_pushvalue(L, index);
  const text = luaText(lua.lua_tolstring(L, -1));
  lua.lua_pop(L, 1);
  return text;
}

/** Keeps the value on top of the stack in the registry. */
function take({ lua, lauxlib }: Lua, L: LuaState): number {
  return lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
}
