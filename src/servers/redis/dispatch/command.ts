/** What a command is: one row of a group's table, and what follows from it. */
import type { Session } from '../clients/session.ts';

/** Carries out a command: `args[0]` is its name. It writes the reply to `session.out`, or throws a ReplyError first. */
export type Handler = (session: Session, args: string[]) => void;

/**
 * name (`client|id` for a subcommand), arity (negative: at least), flags (with `@categories` that the flags don't
 * imply, and `~tips` for clients), where its keys are, and what carries it out.
 *
 * Keys: specs parted by `; `, each `FLAGS@first`, with `:last,step,limit` for more than one, `#count,first,step` where
 * an argument tells how many, `@WORD,from` where they follow a word, `@?` where nobody can tell.
 */
export type Row = readonly [name: string, arity: number, flags: string, keys: string, run: Handler | undefined];

export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface KeySpec {
  readonly flags: readonly string[];
  readonly begin: { index: number } | { keyword: string; from: number } | undefined;
  readonly find:
    | { last: number; step: number; limit: number }
    | { countIndex: number; first: number; step: number }
    | undefined;
}

export interface Command {
  /** Its number, for statistics. */
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly arity: number;
  readonly flags: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  readonly tips: readonly string[];
  readonly keys: readonly KeySpec[];
  /** The range of keys as COMMAND tells it: zeros where there is none. */
  readonly range: readonly [first: number, last: number, step: number];
  readonly movable: boolean;
  readonly run: Handler | undefined;
  readonly subcommands: Map<string, Command> | undefined;
  readonly write: boolean;
  readonly denyOom: boolean;
}

/** What flags imply in terms of ACL categories. */
function implied(flags: ReadonlySet<string>, scripting: boolean): string[] {
  const categories: string[] = [];
  if (flags.has('write')) categories.push('@write');
  if (flags.has('readonly') && !scripting) categories.push('@read');
  if (flags.has('admin')) categories.push('@admin', '@dangerous');
  if (flags.has('pubsub')) categories.push('@pubsub');
  if (flags.has('blocking')) categories.push('@blocking');
  categories.push(flags.has('fast') ? '@fast' : '@slow');
  return categories;
}

function keySpec(text: string): KeySpec {
  const [, flags, where, range, count] = /^([^@]*)@([^:#]*)(?::(.*))?(?:#(.*))?$/.exec(text)!;
  const [word, from] = where!.split(',');
  let begin: KeySpec['begin'];
  if (word !== '?') begin = from === undefined ? { index: Number(word) } : { keyword: word!, from: Number(from) };
  let find: KeySpec['find'];
  if (count !== undefined) {
    const [countIndex, first, step] = count.split(',').map(Number) as [number, number, number];
    find = { countIndex, first, step };
  } else if (begin !== undefined) {
    const [last, step, limit] = (range ?? '0,1,0').split(',').map(Number) as [number, number, number];
    find = { last, step, limit };
  }
  return { flags: flags!.split(' ').filter((flag) => flag !== ''), begin, find };
}

/** The classic first, last and step, from the ranges that begin at an index. */
function rangeOf(keys: readonly KeySpec[]): Command['range'] {
  let first = 0;
  let last = 0;
  let step = 0;
  for (const { begin, find } of keys) {
    if (!begin || !('index' in begin) || !find || !('last' in find)) break;
    const end = find.last >= 0 ? begin.index + find.last : find.last;
    if (first === 0) [first, last, step] = [begin.index, end, find.step];
    else if (begin.index > last) last = end;
  }
  return [first, last, step];
}

let count = 0;

function commandOf(group: string, row: Row, subcommands?: Map<string, Command>): Command {
  const [name, arity, words, keyText, run] = row;
  const all = words.split(' ').filter((word) => word !== '');
  const flags = new Set(all.filter((word) => !/^[@~]/.test(word)));
  const keys = keyText === '' ? [] : keyText.split('; ').map(keySpec);
  const movable = keys.some(({ begin, find }) => !begin || !('index' in begin) || !find || 'countIndex' in find);
  if (movable) flags.add('movablekeys');
  return {
    id: count++,
    name,
    group,
    arity,
    flags,
    categories: new Set([...all.filter((word) => word.startsWith('@')), ...implied(flags, all.includes('@scripting'))]),
    tips: all.filter((word) => word.startsWith('~')).map((word) => word.slice(1)),
    keys,
    range: rangeOf(keys),
    movable,
    run,
    subcommands,
    write: flags.has('write'),
    denyOom: flags.has('denyoom'),
  };
}

/** All commands by name in lower case. */
export function tableOf(groups: readonly Group[]): Map<string, Command> {
  const table = new Map<string, Command>();
  for (const { name: group, rows } of groups) {
    for (const row of rows) {
      if (row[0].includes('|')) continue;
      const subcommands = new Map<string, Command>();
      for (const inner of rows) {
        const [container, name] = inner[0].split('|');
        if (name !== undefined && container === row[0]) subcommands.set(name, commandOf(group, inner));
      }
      table.set(row[0], commandOf(group, row, subcommands.size > 0 ? subcommands : undefined));
    }
  }
  return table;
}

/** Whether so many arguments (the name included) fit an arity. */
export function fits(arity: number, argCount: number): boolean {
  return arity >= 0 ? argCount === arity : argCount >= -arity;
}
