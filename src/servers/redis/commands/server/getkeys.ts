/** COMMAND GETKEYS. */
import type { Session } from '../../clients/session.ts';
import { fits } from '../../dispatch/command.ts';
import { keysOf } from '../../dispatch/command-keys.ts';
import { ReplyError } from '../../errors.ts';
import { statuses } from './command.ts';

function keysFor(s: Session, args: string[]): { key: string; flags: readonly string[] }[] {
  const target = s.engine.lookup(args);
  if (target === undefined || target.run === undefined) throw new ReplyError('ERR Invalid command specified');
  if (target.keys.length === 0) throw new ReplyError('ERR The command has no key arguments');
  if (!fits(target.arity, args.length)) throw new ReplyError('ERR Invalid number of arguments specified for command');
  const keys = keysOf(target, args);
  if (keys === undefined) throw new ReplyError('ERR Invalid arguments specified for command');
  if (keys.length === 0 && !target.flags.has('no_mandatory_keys'))
    throw new ReplyError('ERR Invalid arguments specified for command');
  return keys;
}

export function commandGetkeys(s: Session, a: string[]): void {
  s.bulks(keysFor(s, a.slice(2)).map(({ key }) => key));
}

export function commandGetkeysandflags(s: Session, a: string[]): void {
  const keys = keysFor(s, a.slice(2));
  s.out.array(keys.length);
  for (const { key, flags } of keys) {
    s.out.array(2);
    s.bulk(key);
    statuses(s, flags);
  }
}
