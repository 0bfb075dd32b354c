/** Compiles scripts, keeps them by their hash, and runs one at a time. */
import type { Engine } from '../engine.ts';
import { OOM, ReplyError } from '../errors.ts';
import { Session } from '../session.ts';
import { bit } from './bit.ts';
import { cjson } from './cjson.ts';
import { cmsgpack } from './cmsgpack.ts';
import { writeReply } from './convert.ts';
import {
  type Lua,
  type LuaFunction,
  type LuaState,
  loadLua,
  luaBytes,
  luaText,
  pushText,
  raise,
  setFunctions,
} from './lua.ts';
import { PRELUDE, SANDBOX } from './prelude.ts';
import { currentLine, pushRedisLibrary, sha1 } from './redis-library.ts';
import { struct } from './struct.ts';

/** Instructions between two looks at the clock. */
const HOOK_INSTRUCTIONS = 10_000;
/** How long a script that is overdue runs before others get their turn. */
const SLICE_MS = 20;
/** Compiled scripts are forgotten beyond this: EVALSHA then answers NOSCRIPT, which clients handle. */
const MAX_SCRIPTS = 10_000;

const CHUNK = '@user_script';
const SOURCE = 'user_script';
const BUSY = new ReplyError('BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.');

export interface Script {
  readonly sha: string;
  readonly body: string;
  readonly reference: number;
  readonly flags: ReadonlySet<string>;
}

/** A script that runs. */
export interface Running {
  readonly script: Script;
  /** On which it calls commands. */
  readonly session: Session;
  readonly readOnly: boolean;
  readonly outOfMemory: boolean;
  readonly startedAt: number;
  wrote: boolean;
  killed: boolean;
}

export class ScriptMachine {
  readonly #engine: Engine;
  #machine: Lua | undefined;
  #L: LuaState | undefined;
  #sandbox = 0;
  readonly #scripts = new Map<string, Script>();
  running: Running | undefined;
  #yieldable = false;
  #sliceEnd = 0;
  #yieldedByHook = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  has(sha: string): boolean {
    return this.#scripts.has(sha.toLowerCase());
  }

  get(sha: string): Script | undefined {
    return this.#scripts.get(sha.toLowerCase());
  }

  flush(): void {
    this.#scripts.clear();
    this.#machine = undefined; // the next script starts a new machine
    this.#L = undefined;
  }

  #start(): { machine: Lua; L: LuaState } {
    if (this.#machine !== undefined) return { machine: this.#machine, L: this.#L! };
    const machine = loadLua();
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
    pushRedisLibrary(machine, L, () => this.running!);
    lua.lua_setglobal(L, luaBytes('redis'));
    for (const name of ['KEYS', 'ARGV']) {
      lua.lua_newtable(L);
      lua.lua_setglobal(L, luaBytes(name));
    }
    lua.lua_newtable(L);
    lua.lua_pushvalue(L, -1);
    lua.lua_setglobal(L, luaBytes('__sandbox'));
    this.#sandbox = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
    const prelude = luaBytes(PRELUDE + SANDBOX);
    if (
      lauxlib.luaL_loadbuffer(L, prelude, prelude.length, luaBytes('@prelude')) !== lua.LUA_OK ||
      lua.lua_pcall(L, 0, 0, 0) !== lua.LUA_OK
    ) {
      throw new Error(`The prelude of scripts failed: ${luaText(lua.lua_tolstring(L, -1))}`);
    }
    this.#machine = machine;
    this.#L = L;
    return { machine, L };
  }

  /** Compiles a script, or finds it compiled. Throws what EVAL answers for one that can't be. */
  compile(body: string): Script {
    const sha = sha1(body);
    const known = this.#scripts.get(sha);
    if (known !== undefined) return known;
    const { flags, code } = readShebang(body);
    const { machine, L } = this.#start();
    const { lua, lauxlib } = machine;
    const bytes = luaBytes(code);
    if (lauxlib.luaL_loadbuffer(L, bytes, bytes.length, luaBytes(CHUNK)) !== lua.LUA_OK) {
      const message = luaText(lua.lua_tolstring(L, -1));
      lua.lua_pop(L, 1);
      throw new ReplyError(`ERR Error compiling script (new function): ${message}`);
    }
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, this.#sandbox);
    if (lua.lua_setupvalue(L, -2, 1) === null) lua.lua_pop(L, 1); // a script that uses no global has no upvalue
    const script = { sha, body, reference: lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX), flags };
    if (this.#scripts.size >= MAX_SCRIPTS) {
      const [oldest, old] = this.#scripts.entries().next().value!;
      lauxlib.luaL_unref(L, lua.LUA_REGISTRYINDEX, old.reference);
      this.#scripts.delete(oldest);
    }
    this.#scripts.set(sha, script);
    return script;
  }

  #setTexts(machine: Lua, L: LuaState, name: string, texts: readonly string[]): void {
    const { lua } = machine;
    lua.lua_createtable(L, texts.length, 0);
    texts.forEach((text, i) => {
      pushText(lua, L, text);
      lua.lua_rawseti(L, -2, i + 1);
    });
    lua.lua_setglobal(L, luaBytes(name));
  }

  /** Runs a script for a session. Its reply is written at once, or later where it runs for too long. */
  run(caller: Session, script: Script, keys: readonly string[], args: readonly string[], readOnly: boolean): void {
    const engine = this.#engine;
    const { machine, L } = this.#start();
    const { lua } = machine;
    const noWrites = script.flags.has('no-writes');
    const outOfMemory = !engine.eviction.makeRoom();
    if (outOfMemory && script.flags.size > 0 && !noWrites && !script.flags.has('allow-oom')) throw OOM;
    const session = new Session(engine, 0);
    session.db = caller.db;
    session.mayNotBlock = true;
    const running: Running = {
      script,
      session,
      readOnly: readOnly || noWrites,
      outOfMemory,
      startedAt: engine.clock.now(),
      wrote: false,
      killed: false,
    };
    this.#setTexts(machine, L, 'KEYS', keys);
    this.#setTexts(machine, L, 'ARGV', args);
    const thread = lua.lua_newthread(L);
    lua.lua_rawgeti(thread, lua.LUA_REGISTRYINDEX, script.reference);
    this.running = running;
    this.#yieldable = !caller.mayNotBlock && caller.connection !== undefined;
    this.#sliceEnd = running.startedAt + engine.settings.busyReplyThreshold;
    lua.lua_sethook(thread, (state) => this.#hook(machine, state), lua.LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
    const status = lua.lua_resume(thread, L, 0);
    if (status === lua.LUA_YIELD && this.#yieldedByHook) this.#waitFor(caller, machine, L, thread);
    else this.#finish(caller, machine, L, thread, status);
  }

  /** Called every so many instructions: stops a script that was killed, lets others in while one is overdue. */
  #hook(machine: Lua, L: LuaState): void {
    const running = this.running!;
    if (running.killed) raise(machine, L, 'Script killed by user with SCRIPT KILL.', 0);
    if (this.#engine.clock.now() < this.#sliceEnd) return;
    if (this.#yieldable && machine.lua.lua_isyieldable(L)) {
      this.#yieldedByHook = true;
      machine.lua.lua_yield(L, 0);
    } else if (!this.#yieldable && !running.wrote) {
      // Inside a transaction nobody could ever send SCRIPT KILL.
      running.killed = true;
    }
  }

  /** Goes on with an overdue script in slices; meanwhile others are told that the server is busy. */
  #waitFor(caller: Session, machine: Lua, L: LuaState, thread: LuaState): void {
    const engine = this.#engine;
    engine.busy = BUSY;
    engine.stats.blocked++;
    caller.blocked = {
      kind: 'script',
      db: caller.db,
      keys: [],
      serve: () => false,
      timeout: () => {},
      cancelTimer: undefined,
    };
    const goOn = (): void => {
      this.#yieldedByHook = false;
      this.#sliceEnd = engine.clock.now() + SLICE_MS;
      const status = machine.lua.lua_resume(thread, L, 0);
      if (status === machine.lua.LUA_YIELD && this.#yieldedByHook && !engine.closed) {
        setImmediate(goOn);
        return;
      }
      engine.busy = undefined;
      if (caller.blocked?.kind === 'script') {
        caller.blocked = undefined;
        engine.stats.blocked--;
      }
      this.#finish(caller, machine, L, thread, status);
      if (engine.blocking.hasReady) engine.blocking.serve();
      caller.connection?.resume();
    };
    setImmediate(goOn);
  }

  #finish(caller: Session, machine: Lua, L: LuaState, thread: LuaState, status: number): void {
    const { lua } = machine;
    const running = this.running!;
    this.running = undefined;
    this.#yieldedByHook = false;
    lua.lua_sethook(thread, null, 0, 0);
    if (status === lua.LUA_OK) {
      lua.lua_settop(thread, 1);
      lua.lua_xmove(thread, L, 1);
      writeReply(machine, L, caller.out, running.session.version === 3);
    } else {
      let text = 'ERR attempt to yield from outside a coroutine';
      if (status !== lua.LUA_YIELD) {
        // The thread's stack is as the error left it: there may be no room to work on it.
        const line = currentLine(machine, thread);
        lua.lua_xmove(thread, L, 1);
        text = errorText(machine, L, running.script, line);
      }
      this.#engine.stats.error(text);
      caller.error(text);
    }
    lua.lua_settop(L, 0);
  }
}

/** What a failed script answers: the error on top of the stack, and where it happened. */
function errorText({ lua }: Lua, L: LuaState, { sha }: Script, lineNow: number): string {
  let text: string;
  let line = 0;
  if (lua.lua_type(L, -1) === lua.LUA_TTABLE) {
    lua.lua_getfield(L, -1, luaBytes('err'));
    text = luaText(lua.lua_tolstring(L, -1)) || 'ERR unknown error';
    lua.lua_pop(L, 1);
    lua.lua_getfield(L, -1, luaBytes('line'));
    line = lua.lua_tonumber(L, -1);
    lua.lua_pop(L, 1);
  } else {
    const message = asLua51(luaText(lua.lua_tolstring(L, -1)));
    text = `ERR ${message}`;
    line = Number(/^user_script:(\d+):/.exec(message)?.[1] ?? 0);
  }
  return `${text} script: ${sha}, on @${SOURCE}:${line || lineNow || 1}.`;
}

/** Lua 5.3 words some errors the other way round. */
function asLua51(message: string): string {
  return message.replace(
    /attempt to (\w+) an? (\w+) value \((local|global|field|upvalue|method) '([^']*)'\)/,
    "attempt to $1 $3 '$4' (a $2 value)",
  );
}

const FLAGS = new Set(['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys']);

/** Reads `#!lua flags=a,b`; the line stays as an empty one, so that line numbers hold. */
function readShebang(body: string): { flags: ReadonlySet<string>; code: string } {
  if (!body.startsWith('#!')) return { flags: new Set(), code: body };
  const end = body.indexOf('\n');
  if (end < 0) throw new ReplyError('ERR Invalid script shebang');
  const [engine, ...options] = body.slice(2, end).trim().split(/\s+/);
  if (engine !== 'lua') throw new ReplyError(`ERR Unexpected engine in script shebang: #!${engine}`);
  const flags = new Set<string>(['shebang']);
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
    for (const flag of option
      .slice(6)
      .split(',')
      .filter((word) => word !== '')) {
      if (!FLAGS.has(flag)) throw new ReplyError(`ERR Unexpected flag in script shebang: ${flag}`);
      flags.add(flag);
    }
  }
  return { flags, code: body.slice(end) };
}
