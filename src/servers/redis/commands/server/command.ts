/** COMMAND: what the tables say, in the form in which clients ask for it. */
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Command, KeySpec, Server } from '../../dispatch/command.ts';
import { SYNTAX } from '../../errors.ts';

/** Redis tells categories in this order. */
const CATEGORIES =
  '@keyspace @read @write @set @sortedset @list @hash @string @bitmap @hyperloglog @geo @stream @pubsub @admin @fast @slow @blocking @dangerous @connection @transaction @scripting'.split(
    ' ',
  );

const FLAGS =
  'write readonly denyoom module admin pubsub noscript blocking loading stale skip_monitor skip_slowlog skip_commandlog asking fast no_auth may_replicate no_mandatory_keys no_async_loading no_multi movablekeys allow_busy'.split(
    ' ',
  );

function ordered(words: ReadonlySet<string>, order: readonly string[]): string[] {
  return order.filter((word) => words.has(word));
}

export function statuses(s: Session, words: readonly string[]): void {
  s.out.set(words.length);
  for (const word of words) s.simple(word);
}

function pairs(s: Session, entries: Record<string, () => void>): void {
  s.out.map(Object.keys(entries).length);
  for (const [key, write] of Object.entries(entries)) {
    s.bulk(key);
    write();
  }
}

function replyKeySpec(s: Session, { flags, begin, find }: KeySpec): void {
  const number = (value: number) => () => s.out.integer(value);
  const typed = (type: string, spec: Record<string, () => void>) => () =>
    pairs(s, { type: () => s.bulk(type), spec: () => pairs(s, spec) });
  let beginning = typed('unknown', {});
  if (begin !== undefined && 'index' in begin) beginning = typed('index', { index: number(begin.index) });
  else if (begin !== undefined) {
    const { keyword, from } = begin;
    beginning = typed('keyword', { keyword: () => s.bulk(keyword), startfrom: number(from) });
  }
  let finding = typed('unknown', {});
  if (find !== undefined && 'last' in find) {
    finding = typed('range', { lastkey: number(find.last), keystep: number(find.step), limit: number(find.limit) });
  } else if (find !== undefined) {
    const { countIndex, first, step } = find;
    finding = typed('keynum', { keynumidx: number(countIndex), firstkey: number(first), keystep: number(step) });
  }
  pairs(s, { flags: () => statuses(s, flags), begin_search: beginning, find_keys: finding });
}

function reply(s: Session, command: Command): void {
  s.out.array(10);
  s.bulk(command.name);
  s.out.integer(command.arity);
  statuses(s, ordered(command.flags, FLAGS));
  for (const number of command.range) s.out.integer(number);
  statuses(s, ordered(command.categories, CATEGORIES));
  s.out.set(command.tips.length);
  for (const tip of command.tips) s.bulk(tip);
  s.out.set(command.keys.length);
  for (const spec of command.keys) replyKeySpec(s, spec);
  const inner = [...(command.subcommands?.values() ?? [])];
  // So Redis does it: a set where there are none, an array where there are some.
  if (inner.length === 0) s.out.set(0);
  else s.out.array(inner.length);
  for (const subcommand of inner) reply(s, subcommand);
}

/** A command by its name, or `container|subcommand`. */
function named(server: Server, name: string): Command | undefined {
  const [outer = '', inner] = name.toLowerCase().split('|');
  const command = server.commands.get(outer);
  return inner === undefined ? command : command?.subcommands?.get(inner);
}

export function command(s: Session, _a: Args<-1>, server: Server): void {
  s.out.array(server.commands.size);
  for (const one of server.commands.values()) reply(s, one);
}

export function commandInfo(s: Session, a: Args<-2>, server: Server): void {
  if (a.length === 2) {
    command(s, a, server);
    return;
  }
  s.out.array(a.length - 2);
  for (const name of a.slice(2)) {
    const found = named(server, name);
    if (found === undefined) s.out.null();
    else reply(s, found);
  }
}

export function commandCount(s: Session, _a: Args<2>, server: Server): void {
  s.out.integer(server.commands.size);
}

function docs(s: Session, one: Command): void {
  const entries: Record<string, () => void> = { group: () => s.bulk(one.group) };
  if (one.subcommands !== undefined) {
    const inner = [...one.subcommands.values()];
    entries.subcommands = () => {
      s.out.map(inner.length);
      for (const subcommand of inner) {
        s.bulk(subcommand.name);
        docs(s, subcommand);
      }
    };
  }
  pairs(s, entries);
}

export function commandDocs(s: Session, a: Args<-2>, server: Server): void {
  const commands =
    a.length === 2 ? [...server.commands.values()] : a.slice(2).flatMap((name) => named(server, name) ?? []);
  s.out.map(commands.length);
  for (const one of commands) {
    s.bulk(one.name);
    docs(s, one);
  }
}

export function commandList(s: Session, a: Args<-2>, server: Server): void {
  const all = [...server.commands.values()].flatMap((one) => [one, ...(one.subcommands?.values() ?? [])]);
  const [, , filter, kind, argument, ...more] = a;
  if (filter === undefined) {
    s.bulks(all.map(({ name }) => name));
    return;
  }
  if (kind === undefined || argument === undefined || more.length > 0 || filter.toUpperCase() !== 'FILTERBY')
    throw SYNTAX;
  switch (kind.toUpperCase()) {
    case 'ACLCAT':
      s.bulks(all.filter(({ categories }) => categories.has(`@${argument.toLowerCase()}`)).map(({ name }) => name));
      break;
    case 'PATTERN':
      s.bulks(all.filter(({ name }) => globMatch(Buffer.from(argument, 'latin1'), name, true)).map(({ name }) => name));
      break;
    case 'MODULE':
      s.bulks([]);
      break;
    default:
      throw SYNTAX;
  }
}

export function commandHelp(s: Session): void {
  s.bulks([
    'COMMAND | COUNT | DOCS [<command>...] | GETKEYS <command> | GETKEYSANDFLAGS <command> | INFO [<command>...] | LIST',
  ]);
}
