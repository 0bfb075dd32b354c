/** Scripts by the hash of their text, compiled when they are first seen. */
import type { Session } from '../clients/session.ts';
import type { Server } from '../dispatch/command.ts';
import { ReplyError } from '../errors.ts';
import { luaBytes, pushTexts } from './lua/lua.ts';
import type { RandomNumbers } from './lua/random.ts';
import { Machine, type Program } from './machine.ts';
import { pushRedisTable, redisFunctions, sha1, shareTable } from './redis-library.ts';
import { readScript } from './shebang.ts';

/** Compiled scripts are forgotten beyond this: EVALSHA then answers NOSCRIPT, which clients handle. */
const MAX_SCRIPTS = 10_000;

export class Scripts {
  readonly machine: Machine;
  readonly #scripts = new Map<string, Program>();

  constructor(server: Server, random: RandomNumbers) {
    this.machine = new Machine(server, random, {
      source: 'user_script',
      compiling: 'Error compiling script (new function)',
      busy: new ReplyError('BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.'),
      addGlobals: (machine, L) => {
        pushRedisTable(
          machine,
          L,
          redisFunctions(machine, this.machine.server, () => this.machine.current, true),
          server,
        );
        shareTable(machine, L, server);
        machine.lua.lua_setglobal(L, luaBytes('redis'));
        for (const name of ['KEYS', 'ARGV']) {
          pushTexts(machine, L, []);
          machine.lua.lua_setglobal(L, luaBytes(name));
        }
      },
    });
  }

  has(sha: string): boolean {
    return this.#scripts.has(sha.toLowerCase());
  }

  get(sha: string): Program | undefined {
    return this.#scripts.get(sha.toLowerCase());
  }

  flush(): void {
    this.#scripts.clear();
    this.machine.reset();
  }

  /** Compiles a script, or finds it compiled. Throws what EVAL answers for one that can't be. */
  compile(body: string): Program {
    const name = sha1(body);
    const known = this.#scripts.get(name);
    if (known !== undefined) return known;
    const { flags, code } = readScript(body, this.machine.server.traits);
    const script = { name, reference: this.machine.compile(code), flags };
    if (this.#scripts.size >= MAX_SCRIPTS) this.#forgetOldest();
    this.#scripts.set(name, script);
    return script;
  }

  #forgetOldest(): void {
    for (const [name, { reference }] of this.#scripts) {
      this.machine.release(reference);
      this.#scripts.delete(name);
      return;
    }
  }

  /** Runs a script, with its keys and arguments in the globals KEYS and ARGV. */
  run(
    caller: Session,
    command: readonly string[],
    script: Program,
    keys: readonly string[],
    args: readonly string[],
    readOnly: boolean,
  ): void {
    this.machine.run(caller, command, script, readOnly, (thread) => {
      const { machine } = this.machine.state;
      for (const [name, texts] of [['KEYS', keys] as const, ['ARGV', args] as const]) {
        pushTexts(machine, thread, texts);
        machine.lua.lua_setglobal(thread, luaBytes(name));
      }
      return 0;
    });
  }
}
