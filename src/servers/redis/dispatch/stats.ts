/** What INFO, SLOWLOG and LATENCY tell about the past. */
import type { Command } from './command.ts';

export interface CallStats {
  calls: number;
  microseconds: number;
  rejected: number;
  failed: number;
  /** Calls by their duration: index i counts those of at most 2^i microseconds. */
  readonly histogram: number[];
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

export class Stats {
  connections = 0;
  rejectedConnections = 0;
  commands = 0;
  inputBytes = 0;
  outputBytes = 0;
  hits = 0;
  misses = 0;
  expired = 0;
  evicted = 0;
  blocked = 0;
  errorReplies = 0;
  readonly errors = new Map<string, number>();
  readonly calls = new Map<Command, CallStats>();
  slowlog: SlowEntry[] = [];
  #slowId = 0;

  of(command: Command): CallStats {
    let stats = this.calls.get(command);
    if (stats === undefined) {
      stats = { calls: 0, microseconds: 0, rejected: 0, failed: 0, histogram: [] };
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
    this.connections = this.rejectedConnections = this.commands = this.inputBytes = this.outputBytes = 0;
    this.hits = this.misses = this.expired = this.evicted = this.errorReplies = 0;
    this.errors.clear();
    this.calls.clear();
  }
}
