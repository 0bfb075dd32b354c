/** COMMAND GETKEYS. */
import type { Session } from '../../clients/session.ts';
import { type Args, fits } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { type KeyArgument, keysOf } from '../../dispatch/keys.ts';
import { ReplyError } from '../../errors.ts';
import { statuses } from './command.ts';

const CHANGED = ['RW', 'access', 'update'];

/** What is done with a key, where that depends on the arguments. */
const VARIABLE: Readonly<Record<string, (options: readonly string[]) => readonly string[]>> = {
  set: (options) => (options.includes('GET') ? CHANGED : ['OW', 'update']),
  bitfield: (options) => (options.includes('SET') || options.includes('INCRBY') ? CHANGED : ['RO', 'access']),
};

function keysFor(server: Server, args: readonly string[]): readonly KeyArgument[] {
  const target = server.lookup(args);
  if (target === undefined || target.run === undefined) throw new ReplyError('ERR Invalid command specified');
  if (target.keys.length === 0) throw new ReplyError('ERR The command has no key arguments');
  if (!fits(target.arity, args.length)) throw new ReplyError('ERR Invalid number of arguments specified for command');
  const keys = keysOf(target, args);
  if (keys === undefined) throw new ReplyError('ERR Invalid arguments specified for command');
  if (keys.length === 0 && !target.flags.has('no_mandatory_keys'))
    throw new ReplyError('ERR Invalid arguments specified for command');
  const flags = VARIABLE[target.name]?.(args.slice(2).map((arg) => arg.toUpperCase()));
  return flags === undefined ? keys : keys.map(({ key }) => ({ key, flags }));
}

export function commandGetkeys(s: Session, a: Args<-3>, server: Server): void {
  s.bulks(keysFor(server, a.slice(2)).map(({ key }) => key));
}

export function commandGetkeysandflags(s: Session, a: Args<-3>, server: Server): void {
  const keys = keysFor(server, a.slice(2));
  s.out.array(keys.length);
  for (const { key, flags } of keys) {
    s.out.array(2);
    s.bulk(key);
    statuses(s, flags);
  }
}
