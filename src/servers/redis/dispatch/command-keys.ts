/** Which arguments of a command are keys: from its key specs, so that no command has to be known by name. */
import type { Command } from './command.ts';

export interface KeyArgument {
  readonly key: string;
  readonly flags: readonly string[];
}

/** Undefined where the arguments contradict the command's table. */
export function keysOf(command: Command, args: readonly string[]): KeyArgument[] | undefined {
  const keys: KeyArgument[] = [];
  for (const { flags, begin, find } of command.keys) {
    if (begin === undefined || find === undefined) {
      // The only command whose table can't say it: SORT's last STORE.
      if (command.name === 'sort' && flags.includes('OW')) {
        const store = findWord(args, 'STORE', -2);
        if (store > 1) keys.push({ key: args[store + 1]!, flags });
      }
      continue;
    }
    let first: number;
    if ('index' in begin) first = begin.index;
    else {
      const found = findWord(args, begin.keyword, begin.from);
      if (found < 0) continue;
      first = found + 1;
    }
    let last: number;
    let { step } = find;
    if ('last' in find) {
      const { limit } = find;
      last = find.last >= 0 ? first + find.last : args.length + find.last;
      // A limit of 2 means: the first half of what is left (XREAD's keys come before as many ids).
      if (find.last === -1 && limit >= 2) last = first + Math.floor((args.length - first) / limit) - 1;
    } else {
      const count = Number(args[first + find.countIndex]);
      if (!Number.isInteger(count) || count < 0) return undefined;
      first += find.first;
      last = first + (count - 1) * find.step;
      if (last >= args.length) return undefined;
    }
    if (step < 1) step = 1;
    for (let i = first; i <= last && i < args.length; i += step) keys.push({ key: args[i]!, flags });
  }
  return keys;
}

/** The index of a word from `from` on; a negative `from` searches backwards from the end. */
function findWord(args: readonly string[], word: string, from: number): number {
  if (from >= 0) {
    for (let i = from; i < args.length; i++) if (args[i]!.toUpperCase() === word) return i;
  } else {
    for (let i = args.length + from; i > 0; i--) if (args[i]!.toUpperCase() === word) return i;
  }
  return -1;
}
