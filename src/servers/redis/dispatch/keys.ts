/** Which arguments of a command are keys: from its key specs, so that no command has to be known by name. */
import type { Command, KeySpec, Keyword } from './command.ts';

export interface KeyArgument {
  readonly key: string;
  readonly flags: readonly string[];
}

/** Undefined where the arguments contradict the command's table. */
export function keysOf(command: Command, args: readonly string[]): KeyArgument[] | undefined {
  const keys: KeyArgument[] = [];
  for (const spec of command.keys) {
    const found = spec.hidden === undefined ? keysAt(spec, args) : keyAfter(spec.hidden, args);
    if (found === undefined) return undefined;
    for (const key of found) keys.push({ key, flags: spec.flags });
  }
  return keys;
}

function keysAt({ begin, find }: KeySpec, args: readonly string[]): readonly string[] | undefined {
  if (begin === undefined || find === undefined) return [];
  const word = 'index' in begin ? begin.index - 1 : indexOf(begin, args);
  if (word < 0) return [];
  let first = word + 1;
  let last: number;
  if ('last' in find) {
    last = find.last >= 0 ? first + find.last : args.length + find.last;
    // A limit of 2 means: the first half of what is left (XREAD's keys come before as many ids).
    if (find.last === -1 && find.limit >= 2) last = first + Math.floor((args.length - first) / find.limit) - 1;
  } else {
    const count = Number(args[first + find.countIndex]);
    if (!Number.isInteger(count) || count < 0) return undefined;
    first += find.first;
    last = first + (count - 1) * find.step;
    if (last >= args.length) return undefined;
  }
  const step = Math.max(1, find.step);
  return args.filter((_, i) => i >= first && i <= last && (i - first) % step === 0);
}

/** The key that follows a word. */
function keyAfter(keyword: Keyword, args: readonly string[]): readonly string[] {
  const at = indexOf(keyword, args);
  return at <= 1 ? [] : args.slice(at + 1, at + 2);
}

/** The index of a word; -1 where it isn't there. */
function indexOf({ keyword, from }: Keyword, args: readonly string[]): number {
  const matches = (arg: string, i: number): boolean =>
    arg.toUpperCase() === keyword && (from >= 0 ? i >= from : i > 0 && i <= args.length + from);
  return from >= 0 ? args.findIndex(matches) : args.findLastIndex(matches);
}
