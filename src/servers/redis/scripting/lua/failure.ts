/** What went wrong in Lua, in Redis's words. */
import { type Lua, type LuaState, luaBytes, luaText } from './lua.ts';

export interface Failure {
  /** The error with its code, as a reply has it. */
  readonly text: string;
  /** The source and the line that it tells of; undefined where it tells of none. */
  readonly where: string | undefined;
}

/** The error on top of the stack, thrown by code from `source`. */
export function failureText({ lua }: Lua, L: LuaState, source: string): Failure {
  const type = lua.lua_type(L, -1);
  if (type === lua.LUA_TNIL) return { text: 'ERR nil', where: undefined };
  if (type === lua.LUA_TBOOLEAN) return { text: `ERR ${lua.lua_toboolean(L, -1)}`, where: undefined };
  if (type !== lua.LUA_TTABLE) {
    const message = asLua51(luaText(lua.lua_tolstring(L, -1)));
    return { text: `ERR ${message}`, where: place(message, source) };
  }
  lua.lua_getfield(L, -1, luaBytes('err'));
  const text = luaText(lua.lua_tolstring(L, -1)) || 'ERR unknown error';
  lua.lua_pop(L, 1);
  lua.lua_getfield(L, -1, luaBytes('line'));
  const line = lua.lua_tonumber(L, -1);
  lua.lua_pop(L, 1);
  return { text, where: line > 0 ? `@${source}:${line}` : undefined };
}

/** Where a message says that it comes from: the program, or a text that it gave to loadstring. */
function place(message: string, source: string): string | undefined {
  const own = message.startsWith(`${source}:`) ? Number.parseInt(message.slice(source.length + 1), 10) : 0;
  if (own > 0) return `@${source}:${own}`;
  const [, text, line] = /^\[string "(.*)"\]:([0-9]+):/.exec(message) ?? [];
  return line === undefined ? undefined : `${text}:${line}`;
}

/** Why a text can't be compiled, as Lua 5.1 words it. */
export function syntaxFailure(message: string): string {
  return message
    .replace(/syntax error (near .*)$/, "'=' expected $1")
    .replace(/ \(starting at line \d+\)(?= near )/, '')
    .replace(/(<eof>|<name>)(?= expected|$)/g, "'$1'");
}

/** Lua 5.3 words some errors the other way round. */
function asLua51(message: string): string {
  return message.replace(
    /attempt to (\w+) an? (\w+) value \((local|global|field|upvalue|method) '([^']*)'\)/,
    "attempt to $1 $3 '$4' (a $2 value)",
  );
}
