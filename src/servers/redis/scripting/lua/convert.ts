/** Replies as Lua values, and Lua values as replies. */
import type { RespValue, RespWriter } from '../../../../protocols/resp/index.ts';
import { type Lua, type LuaState, luaBytes, luaText, pushText, STACK_SLOTS } from './lua.ts';

/** So many have to be free for a value to be written. */
const FREE_SLOTS = 4;

function pushField(lua: Lua['lua'], L: LuaState, name: string, push: () => void): void {
  push();
  lua.lua_setfield(L, -2, luaBytes(name));
}

/** Pushes a table with one field, which is how Lua sees what it has no type for. */
function pushTagged(lua: Lua['lua'], L: LuaState, name: string, push: () => void): void {
  lua.lua_createtable(L, 0, 1);
  pushField(lua, L, name, push);
}

/** Pushes a reply as redis.call answers it. */
export function pushReply(machine: Lua, L: LuaState, value: RespValue): void {
  const { lua } = machine;
  lua.lua_checkstack(L, 8);
  const bytes = (body: Buffer) => () => lua.lua_pushlstring(L, Uint8Array.from(body), body.length);
  switch (value.type) {
    case 'integer':
      lua.lua_pushnumber(L, Number(value.value));
      break;
    case 'bulk':
      bytes(value.bytes)();
      break;
    case 'simple':
      pushTagged(lua, L, 'ok', bytes(value.bytes));
      break;
    case 'error':
    case 'bulk-error':
      pushTagged(lua, L, 'err', bytes(value.bytes));
      break;
    case 'null-bulk':
    case 'null-array':
      lua.lua_pushboolean(L, false);
      break;
    case 'null':
      lua.lua_pushnil(L);
      break;
    case 'boolean':
      lua.lua_pushboolean(L, value.value);
      break;
    case 'double':
      pushTagged(lua, L, 'double', () => lua.lua_pushnumber(L, value.value));
      break;
    case 'big-number':
      pushTagged(lua, L, 'big_number', () => pushText(lua, L, value.text));
      break;
    case 'verbatim':
      pushTagged(lua, L, 'verbatim_string', () => {
        lua.lua_createtable(L, 0, 2);
        pushField(lua, L, 'format', () => pushText(lua, L, value.format));
        pushField(lua, L, 'string', bytes(value.bytes));
      });
      break;
    case 'attribute':
      pushReply(machine, L, value.value);
      break;
    case 'map':
      pushTagged(lua, L, 'map', () => {
        lua.lua_createtable(L, 0, value.items.length / 2);
        for (const [i, item] of value.items.entries()) {
          pushReply(machine, L, item);
          if (i % 2 === 1) lua.lua_rawset(L, -3);
        }
      });
      break;
    case 'set':
      pushTagged(lua, L, 'set', () => {
        lua.lua_createtable(L, 0, value.items.length);
        for (const item of value.items) {
          pushReply(machine, L, item);
          lua.lua_pushboolean(L, true);
          lua.lua_rawset(L, -3);
        }
      });
      break;
    default:
      lua.lua_createtable(L, value.items.length, 0);
      value.items.forEach((item, i) => {
        pushReply(machine, L, item);
        lua.lua_rawseti(L, -2, i + 1);
      });
  }
}

/** A field of the table on top of the stack, left there; undefined (and nothing left) where it has another type. */
function field(machine: Lua, L: LuaState, name: string, type: number): boolean {
  const { lua } = machine;
  pushText(lua, L, name);
  lua.lua_rawget(L, -2);
  if (lua.lua_type(L, -1) === type) return true;
  lua.lua_pop(L, 1);
  return false;
}

/** A number as a reply: cut to an integer, as C casts it. */
export function toInteger(value: number): number | bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return -(2n ** 63n);
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : BigInt(whole);
}

/** How values become replies. */
export interface ReplyForm {
  /** Whether the script speaks RESP3. */
  readonly booleans: boolean;
  readonly double: (value: number) => string;
}

/** What is left to do, the last one first: a reply in a reply in a reply needs no stack but Lua's. */
type Todo = (() => void)[];

/**
 * Writes the value on top of the stack as a reply, and takes it off. `step` is called for each value in it, and may throw
 * to end that: tables that hold each other make a short program's reply as long as can be.
 */
export function writeReply(machine: Lua, L: LuaState, out: RespWriter, form: ReplyForm, step: () => void): void {
  const { lua } = machine;
  const todo: Todo = [];
  const write = (): void => {
    step();
    const text = (): string => luaText(lua.lua_tolstring(L, -1));
    const pop = (): void => lua.lua_pop(L, 1);
    if (lua.lua_gettop(L) + FREE_SLOTS > STACK_SLOTS) {
      out.error('ERR reached lua stack limit');
      return pop();
    }
    lua.lua_checkstack(L, 8);
    switch (lua.lua_type(L, -1)) {
      case lua.LUA_TSTRING:
        out.latin1(text());
        return pop();
      case lua.LUA_TNUMBER:
        out.integer(toInteger(lua.lua_tonumber(L, -1)));
        return pop();
      case lua.LUA_TBOOLEAN:
        if (form.booleans && out.version === 3) out.boolean(lua.lua_toboolean(L, -1));
        else if (lua.lua_toboolean(L, -1)) out.integer(1);
        else out.null();
        return pop();
      case lua.LUA_TTABLE:
        todo.push(pop);
        return writeTable(machine, L, out, form, todo, write);
      default:
        out.null();
        return pop();
    }
  };
  write();
  for (let next = todo.pop(); next; next = todo.pop()) next();
}

/** Writes the table on top of the stack, or leaves to `todo` what is in it; it stays on the stack. */
function writeTable(machine: Lua, L: LuaState, out: RespWriter, form: ReplyForm, todo: Todo, write: () => void): void {
  const { lua } = machine;
  const text = (): Buffer => Buffer.from(lua.lua_tolstring(L, -1) ?? []);
  if (field(machine, L, 'err', lua.LUA_TSTRING)) {
    out.error(text());
    lua.lua_pop(L, 1);
  } else if (field(machine, L, 'ok', lua.LUA_TSTRING)) {
    out.simple(text());
    lua.lua_pop(L, 1);
  } else if (field(machine, L, 'double', lua.LUA_TNUMBER)) {
    out.double(form.double(lua.lua_tonumber(L, -1)));
    lua.lua_pop(L, 1);
  } else if (field(machine, L, 'map', lua.LUA_TTABLE)) {
    out.map(count(machine, L));
    writePairs(machine, L, todo, write, true);
  } else if (field(machine, L, 'set', lua.LUA_TTABLE)) {
    out.set(count(machine, L));
    writePairs(machine, L, todo, write, false);
  } else if (field(machine, L, 'big_number', lua.LUA_TSTRING)) {
    out.bigNumber(
      text()
        .toString('latin1')
        .replace(/[\r\n]/g, ' '),
    );
    lua.lua_pop(L, 1);
  } else if (field(machine, L, 'verbatim_string', lua.LUA_TTABLE)) {
    let body: Buffer | undefined;
    if (field(machine, L, 'string', lua.LUA_TSTRING)) {
      body = text();
      lua.lua_pop(L, 1);
    }
    if (body !== undefined && field(machine, L, 'format', lua.LUA_TSTRING)) {
      out.verbatim(text().toString('latin1'), body);
      lua.lua_pop(L, 1);
    } else out.null();
    lua.lua_pop(L, 1);
  } else {
    let length = 0;
    for (;;) {
      const type = lua.lua_rawgeti(L, -1, length + 1);
      lua.lua_pop(L, 1);
      if (type === lua.LUA_TNIL) break;
      length++;
    }
    out.array(length);
    let i = 0;
    const next = (): void => {
      if (++i > length) return;
      lua.lua_rawgeti(L, -1, i);
      todo.push(next, write);
    };
    todo.push(next);
  }
}

function count({ lua }: Lua, L: LuaState): number {
  let pairs = 0;
  lua.lua_pushnil(L);
  while (lua.lua_next(L, -2) !== 0) {
    pairs++;
    lua.lua_pop(L, 1);
  }
  return pairs;
}

/** Writes the pairs of the table on top of the stack, or their keys alone, and takes it off. */
function writePairs({ lua }: Lua, L: LuaState, todo: Todo, write: () => void, withValues: boolean): void {
  const next = (): void => {
    if (lua.lua_next(L, -2) === 0) return lua.lua_pop(L, 1);
    todo.push(next);
    if (withValues) todo.push(write);
    else lua.lua_pop(L, 1);
    lua.lua_pushvalue(L, withValues ? -2 : -1);
    todo.push(write);
  };
  lua.lua_pushnil(L);
  todo.push(next);
}
