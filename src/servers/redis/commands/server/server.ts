/** The server itself. Commands from https://redis.io/docs/latest/commands/?group=server */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { databaseOf } from '../database.ts';

export function time(s: Session): void {
  const { micros } = s.keyspace;
  s.bulks([String(Math.floor(micros / 1e6)), String(micros % 1e6)]);
}

export function dbsize(s: Session): void {
  s.out.integer(s.db.size);
}

function checkFlush(a: Args<-1>): void {
  if (a.length > 2 || (a[1] !== undefined && !['SYNC', 'ASYNC'].includes(a[1].toUpperCase()))) throw SYNTAX;
}

export function flushdb(s: Session, a: Args<-1>): void {
  checkFlush(a);
  s.db.clear();
  s.ok();
}

export function flushall(s: Session, a: Args<-1>): void {
  checkFlush(a);
  for (const db of s.keyspace.databases) db.clear();
  s.ok();
}

export function swapdb(s: Session, a: Args<3>): void {
  const first = databaseOf(s, a[1], 'ERR invalid first DB index');
  const second = databaseOf(s, a[2], 'ERR invalid second DB index');
  if (first !== second) first.swap(second);
  s.ok();
}

export function monitor(s: Session, _a: Args<1>, server: Server): void {
  if (s.mayNotBlock) throw new ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client");
  // Redis answers nothing to a second one.
  if (s.monitoring) return;
  s.monitoring = true;
  server.clients.monitors.add(s);
  s.ok();
}

export function lolwut(s: Session, _a: Args<-1>, server: Server): void {
  s.out.verbatim('txt', `Redis ver. ${server.release.number}\n`);
}

/** Nobody wakes what waits for it. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));
/** So that a slip does not hang a test suite for ever. */
const MAX_SLEEP_MS = 60_000;

/** Stops the whole server for a while, which is what DEBUG SLEEP is for. */
function sleep(ms: number): void {
  if (ms > 0) Atomics.wait(NEVER, 0, 0, Math.min(ms, MAX_SLEEP_MS));
}

export function debug(s: Session, a: Args<-2>): void {
  const word = a[1].toUpperCase();
  if (word === 'SLEEP' && a.length === 3) {
    sleep(Math.max(0, Number(a[2])) * 1000);
    s.ok();
  } else if (word === 'SET-ACTIVE-EXPIRE' || word === 'QUICKLIST-PACKED-THRESHOLD') {
    s.ok();
  } else if (word === 'HELP') s.bulks(['DEBUG SLEEP <seconds>']);
  else throw notHere(`DEBUG ${a[1]}`);
}
