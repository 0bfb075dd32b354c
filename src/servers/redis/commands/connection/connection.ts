/** Connections. Commands from https://redis.io/docs/latest/commands/?group=connection */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { ReplyError, SYNTAX, wrongArity } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { databaseOf } from '../database.ts';
import { Options } from '../options.ts';
import { setName } from './client.ts';

const WRONG_PASSWORD = new ReplyError('WRONGPASS invalid username-password pair or user is disabled.');

/** The only user is `default`. */
function authenticate(server: Server, s: Session, user: string, password: string): void {
  const expected = server.settings.requirepass;
  if (user !== 'default' || (expected !== '' && password !== expected)) throw WRONG_PASSWORD;
  s.authenticated = true;
}

export function auth(s: Session, a: Args<-2>, server: Server): void {
  if (a.length > 3) throw SYNTAX;
  if (a.length === 2 && server.settings.requirepass === '') {
    throw new ReplyError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  }
  if (a[2] === undefined) authenticate(server, s, 'default', a[1]);
  else authenticate(server, s, a[1], a[2]);
  s.ok();
}

export function hello(s: Session, a: Args<-1>, server: Server): void {
  let version = s.version;
  if (a[1] !== undefined) {
    const wanted = integer(a[1], new ReplyError('ERR Protocol version is not an integer or out of range'));
    if (wanted !== 2 && wanted !== 3) throw new ReplyError('NOPROTO unsupported protocol version');
    version = wanted;
  }
  let name: string | undefined;
  let login: [user: string, password: string] | undefined;
  const options = new Options(a, 2);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'AUTH' && options.left >= 2) login = [options.argument(), options.argument()];
    else if (word === 'SETNAME' && options.left >= 1) name = options.argument();
    else throw new ReplyError(`ERR Syntax error in HELLO option '${options.sent}'`);
  }
  if (login !== undefined) authenticate(server, s, ...login);
  if (!s.authenticated) {
    throw new ReplyError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  }
  if (name !== undefined) setName(s, name);
  s.version = version;
  s.out.map(7);
  for (const [key, value] of [
    ['server', server.release.product],
    ['version', server.release.number],
    ['proto', version],
    ['id', s.id],
    ['mode', 'standalone'],
    ['role', 'master'],
  ] as const) {
    s.bulk(key);
    if (typeof value === 'number') s.out.integer(value);
    else s.bulk(value);
  }
  s.bulk('modules');
  s.out.array(0);
}

export function ping(s: Session, a: Args<-1>): void {
  if (a.length > 2) throw wrongArity('ping');
  if (s.subscribed && s.version === 2) s.bulks(['pong', a[1] ?? '']);
  else if (a.length === 1) s.out.ascii('+PONG\r\n');
  else s.bulk(a[1]);
}

export function echo(s: Session, a: Args<2>): void {
  s.bulk(a[1]);
}

export function quit(s: Session, _a: Args<-1>, server: Server): void {
  s.ok();
  s.closing = true;
  // It is sent nothing behind that.
  server.clients.channels.forget(s);
  server.clients.monitors.remove(s);
}

export function select(s: Session, a: Args<2>): void {
  s.db = databaseOf(s, a[1]);
  s.ok();
}

export function reset(s: Session, _a: Args<1>, server: Server): void {
  s.discard();
  server.clients.channels.forget(s);
  server.clients.monitors.remove(s);
  s.monitoring = false;
  s.db = s.keyspace.databases[0];
  s.name = '';
  s.noEvict = false;
  s.noTouch = false;
  s.resetReplies();
  s.version = 2;
  s.authenticated = server.settings.requirepass === '';
  s.simple('RESET');
}
