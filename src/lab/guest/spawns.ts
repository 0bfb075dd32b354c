/** Marks every process that this thread starts, so that it can be found whatever becomes of its parents. */
import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

export interface Spawns {
  /** A process is about to be started. */
  begins(): void;
  started(pid: number): void;
  ended(pid: number): void;
}

/** What all ways that don't wait for the process lead to: no public part of Node, so that it may be missing. */
interface Spawning {
  spawn?(this: ChildProcess, options: { envPairs?: string[] }): number;
}

const WAITING = ['spawnSync', 'execSync', 'execFileSync'] as const;

/** `name` and `value`: the variable that they carry. It stands in this thread's own environment already. */
export function markSpawns(name: string, value: string, { begins, started, ended }: Spawns): void {
  const prototype = ChildProcess.prototype as unknown as Spawning;
  const { spawn } = prototype;
  if (spawn) {
    prototype.spawn = function (options) {
      begins();
      const others = options.envPairs?.filter((pair) => !pair.startsWith(`${name}=`)) ?? [];
      const code = spawn.call(this, { ...options, envPairs: [...others, `${name}=${value}`] });
      const { pid } = this;
      if (pid !== undefined) {
        started(pid);
        this.once('exit', () => ended(pid));
      }
      return code;
    };
  }
  for (const one of WAITING) {
    const original = childProcess[one] as (...args: unknown[]) => unknown;
    const marking = (...args: unknown[]): unknown => {
      begins();
      return original(...args.map((arg) => withMark(arg, name, value)));
    };
    Object.assign(childProcess, { [one]: marking });
  }
  syncBuiltinESMExports();
}

/** Options that name an environment, with the mark in it; anything else as it is. */
function withMark(arg: unknown, name: string, value: string): unknown {
  const { env } = (arg ?? {}) as { readonly env?: NodeJS.ProcessEnv };
  return env === undefined ? arg : { ...(arg as object), env: { ...env, [name]: value } };
}
