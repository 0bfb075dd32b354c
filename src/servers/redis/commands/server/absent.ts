/** What an embedded server has not: persistence, replication, modules. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { notHere } from '../../errors.ts';
import { scriptingOf } from '../../scripting/scripting.ts';

export function role(s: Session): void {
  s.out.array(3);
  s.bulk('master');
  s.out.integer(0);
  s.out.array(0);
}

export function lastsave(s: Session, _a: Args<1>, server: Server): void {
  s.out.integer(Math.floor(server.startedAt / 1000));
}

/**
 * Where a script can't be ended otherwise, this ends it, and all that the end of the server would end: every connection
 * and, without persistence, every key. Else whoever started this server stops it.
 */
export function shutdown(s: Session, _a: Args<-1>, server: Server): void {
  if (server.busy === undefined) throw notHere('SHUTDOWN: whoever started this server stops it');
  scriptingOf(server).abort();
  for (const db of s.keyspace.databases) db.clear();
  server.clients.close();
}

export function noPersistence(): void {
  throw notHere('Persistence');
}

export function noReplication(): void {
  throw notHere('Replication');
}

export function noModules(): void {
  throw notHere('MODULE LOAD');
}

export function moduleList(s: Session): void {
  s.out.array(0);
}

export function moduleHelp(s: Session): void {
  s.bulks(['MODULE LIST']);
}
