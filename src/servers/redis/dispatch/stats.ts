/** What INFO, SLOWLOG and LATENCY tell about commands of the past. */

/** What calls are counted of. */
interface Named {
  readonly name: string;
}

export class CallStats {
  calls = 0;
  microseconds = 0;
  rejected = 0;
  failed = 0;
  /** Calls by their duration: index i counts those of at most 2^i microseconds. */
  readonly histogram: number[] = [];

  took(microseconds: number): void {
    this.microseconds += microseconds;
    const bucket = microseconds <= 1 ? 0 : 32 - Math.clz32(microseconds - 1);
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
  }
}

export interface SlowEntry {
  readonly id: number;
  readonly atSeconds: number;
  readonly microseconds: number;
  readonly args: readonly string[];
  readonly address: string;
  readonly name: string;
}

/** Redis keeps so much of a slow command. */
const SLOW_ARGS = 32;
const SLOW_ARG_CHARS = 128;

export class CommandStats {
  commands = 0;
  errorReplies = 0;
  readonly errors = new Map<string, number>();
  readonly calls = new Map<Named, CallStats>();
  slowlog: SlowEntry[] = [];
  #slowId = 0;

  of(command: Named): CallStats {
    let stats = this.calls.get(command);
    if (stats === undefined) {
      stats = new CallStats();
      this.calls.set(command, stats);
    }
    return stats;
  }

  error(message: string): void {
    this.errorReplies++;
    const code = /^[A-Z0-9]+/.exec(message)?.[0] ?? 'ERR';
    if (this.errors.size < 128 || this.errors.has(code)) this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  slow(
    args: readonly string[],
    microseconds: number,
    nowMs: number,
    session: { address: string; name: string },
    max: number,
  ): void {
    const shown = args
      .slice(0, args.length > SLOW_ARGS ? SLOW_ARGS - 1 : SLOW_ARGS)
      .map((arg) =>
        arg.length > SLOW_ARG_CHARS
          ? `${arg.slice(0, SLOW_ARG_CHARS)}... (${arg.length - SLOW_ARG_CHARS} more bytes)`
          : arg,
      );
    if (args.length > SLOW_ARGS) shown.push(`... (${args.length - SLOW_ARGS + 1} more arguments)`);
    this.slowlog.unshift({
      id: this.#slowId++,
      atSeconds: Math.floor(nowMs / 1000),
      microseconds,
      args: shown,
      ...session,
    });
    if (this.slowlog.length > max) this.slowlog.length = max;
  }

  reset(): void {
    this.commands = this.errorReplies = 0;
    this.errors.clear();
    this.calls.clear();
  }
}
