/** Libraries of functions. https://redis.io/docs/latest/develop/programmability/functions-intro/ */
import type { Session } from '../clients/session.ts';
import type { Server } from '../dispatch/command.ts';
import { ReplyError } from '../errors.ts';
import { failureText } from './lua/failure.ts';
import { type Lua, type LuaState, luaBytes, pushTexts, raiseReply } from './lua/lua.ts';
import { meter, ProgramEnds } from './lua/meter.ts';
import type { RandomNumbers } from './lua/random.ts';
import { Machine } from './machine.ts';
import { pushRedisTable, redisFunctions, shareTable } from './redis-library.ts';
import { type Registration, readRegistration } from './registration.ts';
import { readLibrary } from './shebang.ts';
import { wordingOf } from './wording.ts';

/** How long a library's code may take to register its functions. */
const LOAD_MS = 500;
const HOOK_INSTRUCTIONS = 10_000;
const NAME = /^[A-Za-z0-9_]+$/;
const SOURCE = 'user_function';
/** Redis says `Library` of functions, too. */
const badName = (what: 'Library' | 'Function'): string =>
  `${what} names can only contain letters, numbers, or underscores(_) and must be at least one character long`;

export interface Library {
  readonly name: string;
  /** As it was sent, with its shebang. */
  readonly code: string;
  /** By name in lower case, since calls may write them as they like. */
  readonly functions: ReadonlyMap<string, Registration>;
}

export class Functions {
  readonly machine: Machine;
  readonly libraries = new Map<string, Library>();
  readonly #byName = new Map<string, Registration>();
  /** What the library that is being loaded has registered. */
  #loading: Map<string, Registration> | undefined;
  /** The globals while a library is loaded, and while a function runs. */
  #globals: { loading: number; running: number } | undefined;

  constructor(server: Server, random: RandomNumbers) {
    this.machine = new Machine(server, random, {
      source: SOURCE,
      compiling: 'Error compiling function',
      busy: new ReplyError('BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.'),
      addGlobals: (machine, L) => this.#addGlobals(machine, L),
    });
  }

  /** How many functions all libraries have. */
  get size(): number {
    return this.#byName.size;
  }

  get(name: string): Registration | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  flush(): void {
    this.libraries.clear();
    this.#byName.clear();
    this.machine.reset();
    this.#globals = undefined;
  }

  /** Forgets a library; false where there is none. */
  delete(name: string): boolean {
    const library = this.libraries.get(name);
    if (library === undefined) return false;
    this.libraries.delete(name);
    for (const [key, f] of library.functions) {
      this.#byName.delete(key);
      this.machine.release(f.reference);
    }
    return true;
  }

  /** Loads a library and answers its name. Throws what FUNCTION LOAD answers for one that can't be. */
  load(text: string, replace: boolean): string {
    const { engine, name, code } = readLibrary(text);
    if (!NAME.test(name)) throw new ReplyError(`ERR ${badName('Library')}`);
    if (engine.toLowerCase() !== 'lua') throw new ReplyError(`ERR Engine '${engine}' not found`);
    const old = this.libraries.get(name);
    if (old !== undefined && !replace) throw new ReplyError(`ERR Library '${name}' already exists`);
    const functions = this.#register(code);
    try {
      if (functions.size === 0) throw new ReplyError('ERR No functions registered');
      for (const [key, f] of functions) {
        const known = this.#byName.has(key) && !old?.functions.has(key);
        if (known) throw new ReplyError(`ERR Function ${f.name} already exists`);
      }
    } catch (error) {
      for (const { reference } of functions.values()) this.machine.release(reference);
      throw error;
    }
    this.delete(name);
    this.libraries.set(name, { name, code: text, functions });
    for (const [key, f] of functions) this.#byName.set(key, f);
    return name;
  }

  /** Runs a library's code, and answers what it registered. */
  #register(code: string): Map<string, Registration> {
    const globals = this.#bothGlobals();
    const reference = this.machine.compile(code);
    const { machine, L } = this.machine.state;
    const { lua } = machine;
    const { clock } = this.machine.server;
    const functions = new Map<string, Registration>();
    const end = clock.now() + LOAD_MS;
    this.#loading = functions;
    this.#show(globals.loading);
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, reference);
    this.machine.release(reference);
    const hook = (state: LuaState): void => {
      meter.checkHeap();
      if (clock.now() <= end) return;
      // From now on at every instruction, so that no pcall goes on.
      lua.lua_sethook(state, hook, lua.LUA_MASKCOUNT, 1);
      raiseReply(machine, state, 'FUNCTION LOAD timeout');
    };
    lua.lua_sethook(L, hook, lua.LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
    meter.begin();
    meter.look = () => {
      if (clock.now() > end) throw new ProgramEnds('FUNCTION LOAD timeout');
    };
    const status = lua.lua_pcall(L, 0, 0, 0);
    lua.lua_sethook(L, null, 0, 0);
    this.#loading = undefined;
    this.#show(globals.running);
    if (status === lua.LUA_OK) return functions;
    const { text } = failureText(machine, L, SOURCE);
    lua.lua_settop(L, 0);
    for (const f of functions.values()) this.machine.release(f.reference);
    // Valkey registers functions when the code has run.
    const isLate = this.machine.server.traits.ownWording && /^ERR Function (names|already)/.test(text);
    throw new ReplyError(isLate ? text : `ERR Error registering functions: ${text}`);
  }

  #bothGlobals(): { loading: number; running: number } {
    if (this.#globals !== undefined) return this.#globals;
    const { machine, L } = this.machine.state;
    const { lua, lauxlib } = machine;
    lua.lua_getglobal(L, luaBytes('__loading'));
    const loading = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
    lua.lua_pushnil(L);
    lua.lua_setglobal(L, luaBytes('__loading'));
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, lua.LUA_RIDX_GLOBALS);
    const running = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
    this.#globals = { loading, running };
    return this.#globals;
  }

  /** Makes one of the two what the sandbox shows. */
  #show(globals: number): void {
    const { machine, L, sandbox } = this.machine.state;
    const { lua } = machine;
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, sandbox);
    lua.lua_getmetatable(L, -1);
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, globals);
    lua.lua_setfield(L, -2, luaBytes('__index'));
    lua.lua_pop(L, 2);
  }

  #addGlobals(machine: Lua, L: LuaState): void {
    const { lua } = machine;
    const { server } = this.machine;
    pushRedisTable(
      machine,
      L,
      redisFunctions(machine, server, () => this.machine.current, false),
      server,
    );
    shareTable(machine, L, server);
    lua.lua_setglobal(L, luaBytes('redis'));
    lua.lua_newtable(L);
    pushRedisTable(machine, L, { register_function: (state) => this.#registerFunction(machine, state) }, server, true);
    if (server.release.product === 'valkey') {
      lua.lua_pushvalue(L, -1);
      lua.lua_setfield(L, -3, luaBytes('server'));
    }
    lua.lua_setfield(L, -2, luaBytes('redis'));
    lua.lua_setglobal(L, luaBytes('__loading'));
  }

  #registerFunction(machine: Lua, L: LuaState): number {
    const { traits } = this.machine.server;
    const say = wordingOf(traits);
    const registration = readRegistration(machine, L, say);
    const refuse = (why: string): never => raiseReply(machine, L, say(why));
    if (this.#loading === undefined)
      return refuse('redis.register_function can only be called on FUNCTION LOAD command');
    const { name } = registration;
    if (!NAME.test(name)) refuse(badName(traits.ownWording ? 'Function' : 'Library'));
    const key = name.toLowerCase();
    if (this.#loading.has(key)) refuse('Function already exists in the library');
    this.#loading.set(key, registration);
    return 0;
  }

  /** Calls a function with its keys and its arguments. */
  call(
    caller: Session,
    command: readonly string[],
    f: Registration,
    keys: readonly string[],
    args: readonly string[],
    readOnly: boolean,
  ): void {
    this.machine.run(caller, command, f, readOnly, (thread) => {
      const { machine } = this.machine.state;
      pushTexts(machine, thread, keys);
      pushTexts(machine, thread, args);
      return 2;
    });
  }
}
