/** CLIENT LIST and CLIENT KILL: the clients of the server. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { Options } from '../options.ts';

function flagsOf(s: Session): string {
  let flags = '';
  if (s.monitoring) flags += 'O';
  if (s.subscribed) flags += 'P';
  if (s.queue !== undefined) flags += 'x';
  if (s.blocked !== undefined) flags += 'b';
  if (s.watchBroken) flags += 'd';
  if (s.closing) flags += 'c';
  if (s.noEvict) flags += 'e';
  if (s.noTouch) flags += 'T';
  return flags === '' ? 'N' : flags;
}

function typeOf(s: Session): string {
  return s.subscribed ? 'pubsub' : 'normal';
}

/** One line of CLIENT LIST. */
function line(s: Session): string {
  const { connection, keyspace } = s;
  const seconds = (since: number): number => Math.max(0, Math.floor((keyspace.now - since) / 1000));
  const input = connection?.inputBytes ?? 0;
  const output = connection?.outputBytes ?? 0;
  const fields: [string, string | number][] = [
    ['id', s.id],
    ['addr', connection?.address ?? ''],
    ['laddr', connection?.localAddress ?? ''],
    ['fd', s.id + 7],
    ['name', s.name],
    ['age', seconds(s.createdAt)],
    ['idle', seconds(s.lastUsedAt)],
    ['flags', flagsOf(s)],
    ['db', s.db.index],
    ['sub', s.channels.size],
    ['psub', s.patterns.size],
    ['ssub', s.shards.size],
    ['multi', s.queue?.length ?? -1],
    ['qbuf', input],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', 0],
    ['rbs', 1024],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', output],
    ['tot-mem', 1024 + input + output],
    ['events', 'r'],
    ['cmd', s.lastCommand ?? 'NULL'],
    ['user', 'default'],
    ['redir', -1],
    ['resp', s.version],
  ];
  return `${fields.map(([key, value]) => `${key}=${value}`).join(' ')}\n`;
}

export function clientInfo(s: Session): void {
  s.out.verbatim('txt', Buffer.from(line(s), 'latin1'));
}

export function clientList(s: Session, a: Args<-2>, server: Server): void {
  let sessions = [...server.clients.sessions.values()];
  const [, , word, first, ...more] = a;
  if (word !== undefined) {
    if (first === undefined) throw SYNTAX;
    if (word.toUpperCase() === 'TYPE' && more.length === 0) {
      const type = clientType(first);
      sessions = sessions.filter((session) => typeOf(session) === type);
    } else if (word.toUpperCase() === 'ID') {
      const ids = [first, ...more].map((id) =>
        integer(id, s.traits.clientIdSyntax ? SYNTAX : new ReplyError('ERR Invalid client ID')),
      );
      sessions = ids.flatMap((id) => server.clients.sessions.get(id) ?? []);
    } else throw SYNTAX;
  }
  s.out.verbatim('txt', Buffer.from(sessions.map(line).join(''), 'latin1'));
}

function clientType(text: string): string {
  const type = text.toLowerCase();
  if (!['normal', 'master', 'replica', 'slave', 'pubsub'].includes(type)) {
    throw new ReplyError(`ERR Unknown client type '${text}'`);
  }
  return type;
}

export function clientKill(s: Session, a: Args<-3>, server: Server): void {
  const all = [...server.clients.sessions.values()];
  if (a.length === 3) {
    const victim = all.find((session) => session.connection?.address === a[2]);
    if (victim === undefined) throw new ReplyError('ERR No such client');
    s.ok();
    end(s, victim);
    return;
  }
  if (a.length % 2 === 1) throw SYNTAX;
  const filters: ((session: Session) => boolean)[] = [];
  let skipMe = true;
  const options = new Options(a, 2);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    const argument = options.argument();
    switch (word) {
      case 'ID': {
        const bad = s.traits.clientIdSyntax ? SYNTAX : new ReplyError('ERR client-id should be greater than 0');
        const id = integer(argument, bad);
        if (id < 1) throw bad;
        filters.push((session) => session.id === id);
        break;
      }
      case 'TYPE': {
        const type = clientType(argument);
        filters.push((session) => typeOf(session) === type);
        break;
      }
      case 'MAXAGE': {
        if (!s.traits.maxAge) throw SYNTAX;
        const seconds = integer(argument, new ReplyError('ERR maxage is not an integer or out of range'));
        filters.push((session) => s.keyspace.now - session.createdAt >= seconds * 1000);
        break;
      }
      case 'ADDR':
        filters.push((session) => session.connection?.address === argument);
        break;
      case 'LADDR':
        filters.push((session) => session.connection?.localAddress === argument);
        break;
      case 'USER':
        if (argument !== 'default') throw new ReplyError(`ERR No such user '${argument}'`);
        break;
      case 'SKIPME': {
        const answer = argument.toLowerCase();
        if (answer !== 'yes' && answer !== 'no') throw SYNTAX;
        skipMe = answer === 'yes';
        break;
      }
      default:
        throw SYNTAX;
    }
  }
  const victims = all.filter((session) => (session !== s || !skipMe) && filters.every((matches) => matches(session)));
  s.out.integer(victims.length);
  for (const victim of victims) end(s, victim);
}

/** Closes a client; the one that asks gets its reply first. */
function end(s: Session, victim: Session): void {
  if (victim === s) s.closing = true;
  else victim.connection?.kill();
}
