/** Makes commands out of the rows of their groups. */
import type { Command, Handler, KeySpec, Keyword } from './command.ts';

/** One command, as `row` makes it. */
export interface Row {
  readonly name: string;
  readonly arity: number;
  readonly flags: string;
  readonly keys: string;
  readonly run: Handler<number> | undefined;
  readonly onlyReads: Command['onlyReads'];
}

export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
}

/**
 * name (`client|id` for a subcommand), arity (negative: at least), flags (with `@categories` that the flags don't
 * imply, `~tips` for clients, and `+facts` that Redis keeps in its code), where its keys are, and what carries it out.
 *
 * Keys: specs parted by `; `, each `FLAGS@first`, with `:last,step,limit` for more than one, `#count,first,step` where
 * an argument tells how many, `@WORD,from` where they follow a word, `@?` where nobody can tell, `@?WORD,from` where
 * clients are told so. `onlyReads` says with which arguments a command that `+may_replicate` can't change any key.
 */
export function row<Arity extends number>(
  name: string,
  arity: Arity,
  flags: string,
  keys: string,
  run: Handler<Arity> | undefined,
  onlyReads?: Command['onlyReads'],
): Row {
  // The arity is checked before a command is run: its arguments are what the handler takes.
  return { name, arity, flags, keys, run: run as Handler<number> | undefined, onlyReads };
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

function numbers(text: string): [number, number, number] {
  const [one = 0, two = 0, three = 0] = text.split(',').map(Number);
  return [one, two, three];
}

function keyword(text: string): Keyword {
  const [word = '', from] = text.split(',');
  return { keyword: word, from: Number(from) };
}

function keySpec(text: string): KeySpec {
  const [, flags = '', where = '', range = '0,1,0', count] = /^([^@]*)@([^:#]*)(?::(.*))?(?:#(.*))?$/.exec(text) ?? [];
  const hidden = where.startsWith('?') && where.length > 1 ? keyword(where.slice(1)) : undefined;
  let begin: KeySpec['begin'];
  if (!where.startsWith('?')) begin = where.includes(',') ? keyword(where) : { index: Number(where) };
  let find: KeySpec['find'];
  if (count !== undefined) {
    const [countIndex, first, step] = numbers(count);
    find = { countIndex, first, step };
  } else if (begin !== undefined) {
    const [last, step, limit] = numbers(range);
    find = { last, step, limit };
  }
  return { flags: flags.split(' ').filter((flag) => flag !== ''), begin, find, hidden };
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

/** Whether COMMAND's range does not tell all keys. */
function isMovable({ begin, find }: KeySpec): boolean {
  return !begin || !('index' in begin) || !find || 'countIndex' in find;
}

/** The words of a row by what stands before them, without that mark. */
function readWords(text: string): { flags: Set<string>; categories: string[]; tips: string[]; facts: Set<string> } {
  const [flags, facts] = [new Set<string>(), new Set<string>()];
  const categories: string[] = [];
  const tips: string[] = [];
  for (const word of text === '' ? [] : text.split(' ')) {
    if (word.startsWith('@')) categories.push(word);
    else if (word.startsWith('~')) tips.push(word.slice(1));
    else if (word.startsWith('+')) facts.add(word.slice(1));
    else flags.add(word);
  }
  return { flags, categories, tips, facts };
}

function commandOf(group: string, given: Row, subcommands?: ReadonlyMap<string, Command>): Command {
  const { name, arity, run, onlyReads } = given;
  const { flags, categories, tips, facts } = readWords(given.flags);
  const keys = given.keys === '' ? [] : given.keys.split('; ').map(keySpec);
  if (keys.some(isMovable)) flags.add('movablekeys');
  return {
    name,
    group,
    arity,
    flags,
    categories: new Set([...categories, ...implied(flags, categories.includes('@scripting'))]),
    tips,
    keys,
    range: rangeOf(keys),
    run,
    subcommands,
    write: flags.has('write'),
    denyOom: flags.has('denyoom'),
    unqueued: facts.has('unqueued'),
    whileSubscribed: facts.has('while_subscribed'),
    runsQueue: facts.has('runs_queue'),
    mayReplicate: facts.has('may_replicate'),
    onlyReads,
    aboutKeys: flags.has('write') || flags.has('readonly') || facts.has('may_replicate'),
    unpaused: facts.has('unpaused'),
  };
}

/** The subcommands of a group by their containers. */
function subcommandsOf({ name: group, rows }: Group): Map<string, Map<string, Command>> {
  const containers = new Map<string, Map<string, Command>>();
  for (const inner of rows) {
    const [container = '', name] = inner.name.split('|');
    if (name === undefined) continue;
    const subcommands = containers.get(container) ?? new Map<string, Command>();
    containers.set(container, subcommands.set(name, commandOf(group, inner)));
  }
  return containers;
}

/** All commands by name in lower case. */
export function tableOf(groups: readonly Group[]): Map<string, Command> {
  const table = new Map<string, Command>();
  for (const group of groups) {
    const subcommands = subcommandsOf(group);
    for (const outer of group.rows) {
      if (!outer.name.includes('|')) table.set(outer.name, commandOf(group.name, outer, subcommands.get(outer.name)));
    }
  }
  return table;
}
