/** ACL: there is one user, `default`, who may do everything. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { notHere, ReplyError } from '../../errors.ts';
import { integer } from '../../numbers.ts';

export function noAcl(): void {
  throw notHere('Managing users');
}

export function aclWhoami(s: Session): void {
  s.bulk('default');
}

export function aclUsers(s: Session): void {
  s.bulks(['default']);
}

export function aclList(s: Session): void {
  s.bulks([`user default on nopass ${s.traits.sanitizePayload ? 'sanitize-payload ' : ''}~* &* +@all`]);
}

export function aclGetuser(s: Session, a: Args<3>, server: Server): void {
  if (a[2] !== 'default') {
    s.out.null();
    return;
  }
  s.out.map(6);
  s.bulk('flags');
  const flags = ['on'];
  if (server.settings.requirepass === '') flags.push('nopass');
  if (s.traits.sanitizePayload) flags.push('sanitize-payload');
  s.out.set(flags.length);
  for (const flag of flags) s.bulk(flag);
  s.bulk('passwords');
  s.out.array(0);
  for (const [name, value] of [
    ['commands', '+@all'],
    ['keys', '~*'],
    ['channels', '&*'],
  ] as const) {
    s.bulk(name);
    s.bulk(value);
  }
  s.bulk('selectors');
  s.out.array(0);
}

export function aclGenpass(s: Session, a: Args<-2>): void {
  const bits = a[2] === undefined ? 256 : integer(a[2]);
  if (bits <= 0 || bits > 4096)
    throw new ReplyError(
      'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
    );
  let text = '';
  for (let i = 0; i < Math.ceil(bits / 4); i++) text += Math.floor(s.keyspace.random() * 16).toString(16);
  s.bulk(text);
}

export function aclCat(s: Session, a: Args<-2>, server: Server): void {
  const names = new Set<string>();
  const commands: string[] = [];
  const wanted = a[2]?.toLowerCase();
  for (const outer of server.commands.values()) {
    for (const one of [outer, ...(outer.subcommands?.values() ?? [])]) {
      for (const category of one.categories) names.add(category.slice(1));
      if (one.categories.has(`@${wanted}`)) commands.push(one.name);
    }
  }
  if (wanted === undefined) s.bulks([...names]);
  else if (!names.has(wanted)) throw new ReplyError(`ERR Unknown category '${a[2]}'`);
  else s.bulks(commands);
}

export function aclLog(s: Session, a: Args<-2>): void {
  if (a[2]?.toUpperCase() === 'RESET') {
    s.ok();
    return;
  }
  if (a[2] !== undefined) integer(a[2]);
  s.out.array(0);
}

export function aclHelp(s: Session): void {
  s.bulks(['ACL CAT [<category>] | GENPASS [<bits>] | GETUSER <user> | LIST | LOG | USERS | WHOAMI']);
}
