/** The redis table that scripts see. */
import { createHash } from 'node:crypto';
import { RespReader, type RespValue } from '../../../protocols/resp/index.ts';
import { fits } from '../dispatch/args.ts';
import type { Command, Server } from '../dispatch/command.ts';
import { doubleFormat } from '../numbers.ts';
import { pushReply } from './lua/convert.ts';
import {
  currentLine,
  type Lua,
  type LuaFunction,
  type LuaState,
  luaBytes,
  luaText,
  pushText,
  raiseReply,
  setFunctions,
} from './lua/lua.ts';
import type { Running } from './machine.ts';
import { type Wording, wordingOf } from './wording.ts';

export function sha1(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('hex');
}

const NO_ARGUMENTS = 'Please specify at least one argument for this redis lib call';

/** The arguments of redis.call as texts; undefined where one is neither string nor number. */
function readArguments({ lua }: Lua, L: LuaState, { traits }: Server): string[] | undefined {
  const args: string[] = [];
  for (let i = 1; i <= lua.lua_gettop(L); i++) {
    const type = lua.lua_type(L, i);
    if (type === lua.LUA_TNUMBER) args.push(doubleFormat(traits)(lua.lua_tonumber(L, i)));
    else if (type === lua.LUA_TSTRING) args.push(luaText(lua.lua_tolstring(L, i)));
    else return undefined;
  }
  return args;
}

/** Why a command can't be called from this script. */
function refusal(running: Running, command: Command, args: readonly string[]): string | undefined {
  if (!fits(command.arity, args.length)) return 'ERR Wrong number of args calling Redis command from script';
  if (command.flags.has('noscript')) return 'ERR This Redis command is not allowed from script';
  if (command.write && running.readOnly) return 'ERR Write commands are not allowed from read-only scripts.';
  if (command.denyOom && running.outOfMemory && !running.wrote)
    return "OOM command not allowed when used memory > 'maxmemory'.";
  return undefined;
}

/** Calls a command, and answers its reply; a text where it can't be called. */
function replyOf(
  server: Server,
  running: Running,
  args: readonly string[] | undefined,
): RespValue | string | undefined {
  if (args === undefined) return 'ERR Lua redis lib command arguments must be strings or integers';
  if (args.length === 0) return `ERR ${NO_ARGUMENTS}`;
  const command = server.lookup(args);
  if (command === undefined) return 'ERR Unknown Redis command called from script';
  if (command.run === undefined) return 'ERR Wrong number of args calling Redis command from script';
  const refused = refusal(running, command, args);
  if (refused !== undefined) return refused;
  const { session } = running;
  if (command.write) running.wrote = true;
  server.call(session, command, args);
  const reader = new RespReader();
  for (const part of session.out.take()) reader.push(part);
  return reader.next();
}

function call(machine: Lua, L: LuaState, server: Server, running: Running, say: Wording, raises: boolean): number {
  const { lua } = machine;
  const args = readArguments(machine, L, server);
  lua.lua_settop(L, 0);
  const reply = replyOf(server, running, args);
  if (typeof reply === 'string') {
    lua.lua_createtable(L, 0, 3);
    pushText(lua, L, say(reply));
    lua.lua_setfield(L, -2, luaBytes('err'));
  } else {
    if (reply === undefined) lua.lua_pushnil(L);
    else pushReply(machine, L, reply);
    if (reply?.type !== 'error') return 1;
  }
  if (!raises) return 1;
  lua.lua_pushnumber(L, currentLine(machine, L));
  lua.lua_setfield(L, -2, luaBytes('line'));
  return lua.lua_error(L);
}

/** Pushes a table with one text, `{err=...}` or `{ok=...}`. */
function tagged(machine: Lua, L: LuaState, name: string, text: string): number {
  machine.lua.lua_createtable(L, 0, 1);
  pushText(machine.lua, L, text);
  machine.lua.lua_setfield(L, -2, luaBytes(name));
  return 1;
}

/** What the redis table offers to the program that runs, `current`. Some of it is only for scripts. */
export function redisFunctions(
  machine: Lua,
  server: Server,
  current: () => Running,
  forScripts: boolean,
): Record<string, LuaFunction> {
  const { lua } = machine;
  const say = wordingOf(server.traits);
  const raise = (state: LuaState, text: string): never => raiseReply(machine, state, say(text));
  const single =
    (name: string, f: (text: string) => string): LuaFunction =>
    (state) => {
      if (lua.lua_gettop(state) !== 1 || lua.lua_type(state, 1) !== lua.LUA_TSTRING) {
        return tagged(machine, state, 'err', 'ERR wrong number or type of arguments');
      }
      return tagged(machine, state, name, f(luaText(lua.lua_tolstring(state, 1))));
    };
  const functions: Record<string, LuaFunction> = {
    call: (state) => call(machine, state, server, current(), say, true),
    pcall: (state) => call(machine, state, server, current(), say, false),
    error_reply: single('err', (text) => {
      if (text.startsWith('-')) return text.slice(1);
      return text.includes(' ') ? text : `ERR ${text}`;
    }),
    status_reply: single('ok', (text) => text),
    sha1hex(state) {
      if (lua.lua_gettop(state) !== 1) raise(state, 'wrong number of arguments');
      pushText(lua, state, sha1(luaText(lua.lua_tolstring(state, 1))));
      return 1;
    },
    setresp(state) {
      const version = lua.lua_tonumber(state, 1);
      if (lua.lua_gettop(state) !== 1) raise(state, 'redis.setresp() requires one argument.');
      if (version !== 2 && version !== 3) return raise(state, 'RESP version must be 2 or 3.');
      current().session.version = version;
      return 0;
    },
    set_repl(state) {
      if (lua.lua_gettop(state) !== 1) raise(state, 'redis.set_repl() requires two arguments.');
      if ((lua.lua_tonumber(state, 1) & ~REPLICATION.REPL_ALL) !== 0) {
        raise(state, 'Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.');
      }
      return 0;
    },
    acl_check_cmd(state) {
      const args = readArguments(machine, state, server) ?? [];
      if (args.length === 0) raise(state, NO_ARGUMENTS);
      if (server.lookup(args) === undefined) {
        raise(state, 'Invalid command passed to redis.acl_check_cmd()');
      }
      lua.lua_pushboolean(state, true);
      return 1;
    },
  };
  if (!forScripts) return functions;
  return {
    ...functions,
    replicate_commands(state) {
      lua.lua_pushboolean(state, true);
      return 1;
    },
    breakpoint(state) {
      lua.lua_pushboolean(state, false);
      return 1;
    },
    debug: () => 0,
  };
}

/** redis.log: there is no log, but wrong arguments are told. */
function log(machine: Lua, state: LuaState, say: Wording): number {
  const { lua } = machine;
  const raise = (text: string): never => raiseReply(machine, state, say(text));
  if (lua.lua_gettop(state) < 2) raise('redis.log() requires two arguments or more.');
  const level = lua.lua_tonumber(state, 1);
  if (lua.lua_type(state, 1) !== lua.LUA_TNUMBER) raise('First argument must be a number (log level).');
  if (level < 0 || level > 3) raise('Invalid debug level.');
  return 0;
}

const LOG_LEVELS = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 };
const REPLICATION = { REPL_NONE: 0, REPL_AOF: 1, REPL_SLAVE: 2, REPL_REPLICA: 2, REPL_ALL: 3 };

/** A version as one number, a byte for each of its parts. */
function versionNumber(version: string): number {
  return version.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** Pushes a redis table with these functions, redis.log and the constants; `loading` has those of FUNCTION LOAD. */
export function pushRedisTable(
  machine: Lua,
  L: LuaState,
  functions: Record<string, LuaFunction>,
  { release: { product, number, redisNumber }, traits }: Server,
  loading = false,
): void {
  const { lua } = machine;
  const say = wordingOf(traits);
  lua.lua_newtable(L);
  setFunctions(machine, L, { ...functions, log: (state) => log(machine, state, say) });
  const numbers = { ...LOG_LEVELS, ...(loading ? {} : REPLICATION), REDIS_VERSION_NUM: versionNumber(redisNumber) };
  const texts: Record<string, string> = { REDIS_VERSION: redisNumber };
  if (product === 'valkey') {
    Object.assign(numbers, { SERVER_VERSION_NUM: versionNumber(number) });
    Object.assign(texts, { SERVER_NAME: product, SERVER_VERSION: number });
  }
  for (const [name, value] of Object.entries(numbers)) {
    lua.lua_pushnumber(L, value);
    lua.lua_setfield(L, -2, luaBytes(name));
  }
  for (const [name, text] of Object.entries(texts)) {
    pushText(lua, L, text);
    lua.lua_setfield(L, -2, luaBytes(name));
  }
}

/** In Valkey the table on the stack has a second name. */
export function shareTable({ lua }: Lua, L: LuaState, { release }: Server): void {
  if (release.product !== 'valkey') return;
  lua.lua_pushvalue(L, -1);
  lua.lua_setglobal(L, luaBytes('server'));
}
