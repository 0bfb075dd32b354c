/** Compiles Lua into programs, and runs one at a time. */
import { TooMuchWritten } from '../../../protocols/resp/index.ts';
import { contained } from '../../contain.ts';
import { Session } from '../clients/session.ts';
import type { Server } from '../dispatch/command.ts';
import { OOM, ReplyError } from '../errors.ts';
import { doubleFormat } from '../numbers.ts';
import { writeReply } from './lua/convert.ts';
import { failureText, syntaxFailure } from './lua/failure.ts';
import { loadLua } from './lua/fengari.ts';
import { currentLine, type Lua, type LuaState, luaBytes, luaText, raiseReply } from './lua/lua.ts';
import { meter, NotEnoughMemory, ProgramEnds } from './lua/meter.ts';
import type { RandomNumbers } from './lua/random.ts';
import { createState, type State } from './state.ts';

/** Instructions between two looks at the clock. */
const HOOK_INSTRUCTIONS = 10_000;
/** How long a program that is overdue runs before others get their turn. */
const SLICE_MS = 20;

/** What a machine runs. */
export interface Program {
  /** A script's hash, or a function's name. */
  readonly name: string;
  readonly reference: number;
  /** Undefined for a script without a shebang, which Redis treats as it did before there were flags. */
  readonly flags: ReadonlySet<string> | undefined;
}

/** A program that runs. */
export interface Running {
  readonly program: Program;
  /** The command that runs it. */
  readonly command: readonly string[];
  /** On which it calls commands. */
  readonly session: Session;
  readonly readOnly: boolean;
  readonly outOfMemory: boolean;
  readonly startedAt: number;
  wrote: boolean;
  /** Set to end it: the error that it ends with. */
  ending: string | undefined;
}

/** How scripts and functions differ. */
export interface Dialect {
  /** What Lua calls the source of a program. */
  readonly source: string;
  /** What stands before the reason why a program can't be compiled. */
  readonly compiling: string;
  /** What others get while a program is overdue. */
  readonly busy: ReplyError;
  /** Sets the globals that only these programs have. */
  readonly addGlobals: (machine: Lua, L: LuaState) => void;
}

/** What a program is told that is overdue where nobody else can be let in. */
const OVERDUE = 'The script ran for longer than busy-reply-threshold where it can not be interrupted';
/** One call of a library function may take so much longer than its slice. */
const LONGEST_CALL_MS = 1000;

export class Machine {
  readonly server: Server;
  readonly #random: RandomNumbers;
  readonly #dialect: Dialect;
  #state: State | undefined;
  running: Running | undefined;
  #yieldable = false;
  #sliceEnd = 0;
  #yieldedByHook = false;

  constructor(server: Server, random: RandomNumbers, dialect: Dialect) {
    this.server = server;
    this.#random = random;
    this.#dialect = dialect;
  }

  /** The Lua state, made when it is first used. */
  get state(): State {
    this.#state ??= createState(loadLua(), {
      hasProcessClock: this.server.traits.processClock,
      random: this.#random,
      addGlobals: this.#dialect.addGlobals,
      isInterrupted: () => this.#yieldedByHook,
      interrupt: (L) => this.#interrupt(L),
    });
    return this.#state;
  }

  /** The program that runs, for what only runs inside of one. */
  get current(): Running {
    if (this.running === undefined) throw new Error('No program is running');
    return this.running;
  }

  /** Forgets all programs: the next one starts a new state. */
  reset(): void {
    this.#state = undefined;
  }

  /** Compiles a program and answers its reference. Throws what Redis answers for one that can't be. */
  compile(code: string): number {
    const { machine, L, sandbox } = this.state;
    const { lua, lauxlib } = machine;
    const bytes = luaBytes(code);
    if (lauxlib.luaL_loadbuffer(L, bytes, bytes.length, luaBytes(`@${this.#dialect.source}`)) !== lua.LUA_OK) {
      const message = syntaxFailure(luaText(lua.lua_tolstring(L, -1)));
      lua.lua_pop(L, 1);
      throw new ReplyError(`ERR ${this.#dialect.compiling}: ${message}`);
    }
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, sandbox);
    if (lua.lua_setupvalue(L, -2, 1) === null) lua.lua_pop(L, 1); // a program that uses no global has no upvalue
    return lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
  }

  release(reference: number): void {
    const { machine, L } = this.state;
    machine.lauxlib.luaL_unref(L, machine.lua.LUA_REGISTRYINDEX, reference);
  }

  /**
   * Runs a program for a session. Its reply is written at once, or later where it runs for too long.
   * `pushArguments` puts the program's arguments on a thread's stack and answers how many they are.
   */
  run(
    caller: Session,
    command: readonly string[],
    program: Program,
    readOnly: boolean,
    pushArguments: (thread: LuaState) => number,
  ): void {
    const { server } = this;
    const { machine, L } = this.state;
    const { lua } = machine;
    const { flags } = program;
    const noWrites = flags?.has('no-writes') ?? false;
    const outOfMemory = !server.keyspace.makeRoom();
    if (flags !== undefined && !noWrites) {
      if (readOnly) throw new ReplyError('ERR Can not execute a script with write flag using *_ro command.');
      if (outOfMemory && !flags.has('allow-oom')) throw OOM;
    }
    const session = new Session(server.keyspace, 0);
    session.db = caller.db;
    session.mayNotBlock = true;
    const running: Running = {
      program,
      command,
      session,
      readOnly: readOnly || noWrites,
      outOfMemory: outOfMemory && !(flags?.has('allow-oom') ?? false),
      startedAt: server.clock.now(),
      wrote: false,
      ending: undefined,
    };
    const thread = lua.lua_newthread(L);
    lua.lua_rawgeti(thread, lua.LUA_REGISTRYINDEX, program.reference);
    const count = pushArguments(thread);
    this.running = running;
    this.#yieldable = caller.connection !== undefined;
    this.#sliceEnd = running.startedAt + server.settings.busyReplyThreshold;
    lua.lua_sethook(thread, (state) => this.#hook(state), lua.LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
    meter.begin();
    meter.look = this.#look;
    const status = lua.lua_resume(thread, L, count);
    if (status === lua.LUA_YIELD && this.#yieldedByHook) this.#waitFor(caller, thread);
    else this.#finish(caller, thread, status);
  }

  /** Called every so many instructions: ends a program that has to end, lets others in while one is overdue. */
  #hook(L: LuaState): void {
    meter.checkHeap();
    const { machine } = this.state;
    const { ending } = this.current;
    if (ending !== undefined) {
      // From now on at every instruction, so that no pcall goes on.
      machine.lua.lua_sethook(L, (state) => this.#hook(state), machine.lua.LUA_MASKCOUNT, 1);
      raiseReply(machine, L, ending);
    }
    if (this.server.clock.now() >= this.#sliceEnd) this.#interrupt(L);
  }

  /** Lets others in, and goes on later; where that is not possible for long, ends the program. */
  #interrupt(L: LuaState): void {
    const { lua } = this.state.machine;
    if (this.#yieldable && lua.lua_isyieldable(L)) {
      this.#yieldedByHook = true;
      lua.lua_yield(L, 0);
      return;
    }
    // Most functions that can't be left end soon: the next look may fall behind them.
    if (this.#yieldable && this.server.clock.now() - this.#sliceEnd < LONGEST_CALL_MS) return;
    // Inside of such functions, nobody could ever send SCRIPT KILL.
    this.current.ending = OVERDUE;
    this.#hook(L);
  }

  /** The same for what runs inside of a library function. */
  readonly #look = (): void => {
    const { running } = this;
    if (running === undefined) return;
    const overdueMs = this.server.clock.now() - this.#sliceEnd;
    if (overdueMs >= 0) meter.isDue = true;
    if (running.ending === undefined && overdueMs < LONGEST_CALL_MS) return;
    running.ending ??= OVERDUE;
    throw new ProgramEnds(running.ending);
  };

  /** Goes on with an overdue program in slices; meanwhile others are told that the server is busy. */
  #waitFor(caller: Session, thread: LuaState): void {
    const { server } = this;
    const { lua } = this.state.machine;
    server.busy = this.#dialect.busy;
    server.keyspace.freeze();
    server.keyspace.blocking.hold(caller, { kind: 'script' });
    const goOn = (): void => {
      this.#yieldedByHook = false;
      this.#sliceEnd = server.clock.now() + SLICE_MS;
      meter.look = this.#look;
      const status = lua.lua_resume(thread, this.state.L, 0);
      if (status === lua.LUA_YIELD && this.#yieldedByHook && !server.closed) {
        setImmediate(go);
        return;
      }
      server.busy = undefined;
      if (caller.blocked?.kind === 'script') server.keyspace.blocking.forget(caller);
      this.#finish(caller, thread, status);
      server.keyspace.thaw();
      const { rest } = caller;
      caller.rest = undefined;
      if (!server.closed) rest?.();
      // Behind it in a transaction may be another one that takes its time.
      if (caller.blocked !== undefined) return;
      server.keyspace.settle();
      caller.resume();
    };
    const go = contained(goOn, (error) => {
      server.busy = undefined;
      this.running = undefined;
      server.keyspace.thaw();
      caller.connection?.fail(error);
    });
    setImmediate(go);
  }

  /** Writes the reply; a client whose reply takes too long, or is too long, is hung up on: half of it is no reply. */
  #reply(caller: Session, { session }: Running): void {
    const { machine, L } = this.state;
    const form = { booleans: session.version === 3, double: doubleFormat(this.server.traits) };
    // However long the program took: writing what it returns has a time of its own.
    this.#sliceEnd = this.server.clock.now() + this.server.settings.busyReplyThreshold;
    try {
      writeReply(machine, L, caller.out, form, () => meter.step());
    } catch (error) {
      const isTooLong =
        error instanceof ProgramEnds || error instanceof NotEnoughMemory || error instanceof TooMuchWritten;
      if (!isTooLong || caller.connection === undefined) throw error;
      caller.connection.kill();
    }
  }

  #finish(caller: Session, thread: LuaState, status: number): void {
    const { machine, L } = this.state;
    const { lua } = machine;
    const running = this.current;
    this.#yieldedByHook = false;
    lua.lua_sethook(thread, null, 0, 0);
    if (status === lua.LUA_OK) {
      lua.lua_settop(thread, 1);
      lua.lua_xmove(thread, L, 1);
      this.#reply(caller, running);
      this.running = undefined;
    } else {
      this.running = undefined;
      const { source } = this.#dialect;
      let text = 'ERR attempt to yield from outside a coroutine';
      if (status < 0) text = `ERR not enough memory script: ${running.program.name}`;
      else if (status !== lua.LUA_YIELD) {
        // The thread's stack is as the error left it: there may be no room to work on it.
        const lineNow = currentLine(machine, thread);
        lua.lua_xmove(thread, L, 1);
        const failure = failureText(machine, L, source);
        text = `${failure.text} script: ${running.program.name}, on ${failure.where ?? `@${source}:${lineNow || 1}`}.`;
      }
      this.server.stats.error(text);
      caller.error(text);
    }
    lua.lua_settop(L, 0);
  }
}
