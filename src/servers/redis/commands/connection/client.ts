/** CLIENT: what a session can learn about itself and others, and do to them. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';

const BAD_NAME = new ReplyError('ERR Client names cannot contain spaces, newlines or special characters.');

/** CLIENT SETNAME and HELLO SETNAME. */
export function setName(s: Session, name: string): void {
  if (/[^!-~]/.test(name)) throw BAD_NAME;
  s.name = name;
}

export function clientSetname(s: Session, a: Args<3>): void {
  setName(s, a[2]);
  s.ok();
}

export function clientGetname(s: Session): void {
  s.bulk(s.name === '' ? undefined : s.name);
}

export function clientId(s: Session): void {
  s.out.integer(s.id);
}

export function clientSetinfo(s: Session, a: Args<4>): void {
  const attribute = a[2].toLowerCase();
  if (attribute !== 'lib-name' && attribute !== 'lib-ver') throw new ReplyError(`ERR Unrecognized option '${a[2]}'`);
  if (/[^!-~]/.test(a[3]))
    throw new ReplyError(`ERR ${attribute} cannot contain spaces, newlines or special characters.`);
  s.ok();
}

export function clientNoEvict(s: Session, a: Args<3>): void {
  const word = a[2].toLowerCase();
  if (word !== 'on' && word !== 'off') throw SYNTAX;
  s.noEvict = word === 'on';
  s.ok();
}

/** Commands of this client do not count as uses of keys; TOUCH alone does. */
export function clientNoTouch(s: Session, a: Args<3>): void {
  const word = a[2].toLowerCase();
  if (word !== 'on' && word !== 'off') throw SYNTAX;
  s.noTouch = word === 'on';
  s.ok();
}

/** What a client of Valkey is capable of; nothing here depends on it. */
export function clientCapa(s: Session): void {
  s.ok();
}

export function clientPause(s: Session, a: Args<-3>, server: Server): void {
  let writesOnly = false;
  if (a.length > 4) throw SYNTAX;
  if (a[3] !== undefined) {
    const mode = a[3].toUpperCase();
    if (mode !== 'WRITE' && mode !== 'ALL') throw new ReplyError('ERR CLIENT PAUSE mode must be WRITE or ALL');
    writesOnly = mode === 'WRITE';
  }
  const ms = integer(a[2], new ReplyError('ERR timeout is not an integer or out of range'));
  if (ms < 0) throw new ReplyError('ERR timeout is negative');
  server.pause.begin(ms, writesOnly);
  s.ok();
}

export function clientUnpause(s: Session, _a: Args<2>, server: Server): void {
  s.ok();
  server.pause.end();
}

export function clientReply(s: Session, a: Args<3>): void {
  const mode = a[2].toLowerCase();
  if (mode !== 'on' && mode !== 'off' && mode !== 'skip') throw SYNTAX;
  s.reply(mode);
  if (mode === 'on') s.ok();
}

export function clientUnblock(s: Session, a: Args<-3>, server: Server): void {
  let error: string | undefined;
  if (a.length > 4) throw SYNTAX;
  if (a[3] !== undefined) {
    const mode = a[3].toUpperCase();
    if (mode === 'ERROR') error = 'UNBLOCKED client unblocked via CLIENT UNBLOCK';
    else if (mode !== 'TIMEOUT') throw new ReplyError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  }
  const target = server.clients.sessions.get(integer(a[2]));
  s.out.integer(target !== undefined && s.keyspace.blocking.unblock(target, error) ? 1 : 0);
}

export function clientGetredir(s: Session): void {
  s.out.integer(-1);
}

export function clientTracking(s: Session, a: Args<-3>): void {
  const mode = a[2].toLowerCase();
  if (mode === 'off') s.ok();
  else if (mode === 'on') throw notHere('CLIENT TRACKING (client-side caching)');
  else throw SYNTAX;
}

export function clientCaching(): void {
  throw new ReplyError(
    'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
  );
}

export function clientTrackinginfo(s: Session): void {
  s.out.map(3);
  s.bulk('flags');
  s.out.set(1);
  s.bulk('off');
  s.bulk('redirect');
  s.out.integer(-1);
  s.bulk('prefixes');
  s.out.array(0);
}

export function clientHelp(s: Session): void {
  s.bulks([
    'CLIENT GETNAME | GETREDIR | ID | INFO | KILL | LIST | NO-EVICT | PAUSE | REPLY | SETINFO | SETNAME | TRACKINGINFO | UNBLOCK | UNPAUSE',
  ]);
}
