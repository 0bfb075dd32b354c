/** SLOWLOG and LATENCY. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { ReplyError } from '../../errors.ts';
import { integer } from '../../numbers.ts';

export function slowlogGet(s: Session, a: Args<-2>, server: Server): void {
  let count = 10;
  if (a[2] !== undefined) {
    count = integer(a[2], new ReplyError('ERR count should be greater than or equal to -1'));
    if (count < -1) throw new ReplyError('ERR count should be greater than or equal to -1');
  }
  const { slowlog } = server.stats;
  const entries = count === -1 ? slowlog : slowlog.slice(0, count);
  s.out.array(entries.length);
  for (const entry of entries) {
    s.out.array(6);
    s.out.integer(entry.id);
    s.out.integer(entry.atSeconds);
    s.out.integer(entry.microseconds);
    s.bulks(entry.args);
    s.bulk(entry.address);
    s.bulk(entry.name);
  }
}

export function slowlogLen(s: Session, _a: Args<2>, server: Server): void {
  s.out.integer(server.stats.slowlog.length);
}

export function slowlogReset(s: Session, _a: Args<2>, server: Server): void {
  server.stats.slowlog = [];
  s.ok();
}

export function slowlogHelp(s: Session): void {
  s.bulks(['SLOWLOG GET [<count>] | LEN | RESET']);
}

/** Latency events are those of fork, disk and the like, which an embedded server has not. */
export function latencyLatest(s: Session): void {
  s.out.array(0);
}

export function latencyHistory(s: Session): void {
  s.out.array(0);
}

export function latencyReset(s: Session): void {
  s.out.integer(0);
}

export function latencyGraph(_s: Session, a: Args<3>): void {
  throw new ReplyError(`ERR No samples available for event '${a[2]}'`);
}

export function latencyDoctor(s: Session): void {
  s.out.verbatim('txt', "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this server.\n");
}

export function latencyHistogram(s: Session, a: Args<-2>, server: Server): void {
  const wanted = a.slice(2).map((name) => name.toLowerCase());
  const entries = [...server.stats.calls].filter(
    ([command, { calls }]) => calls > 0 && (wanted.length === 0 || wanted.includes(command.name)),
  );
  s.out.map(entries.length);
  for (const [command, { calls, histogram }] of entries) {
    s.bulk(command.name);
    s.out.map(2);
    s.bulk('calls');
    s.out.integer(calls);
    s.bulk('histogram_usec');
    const buckets: [number, number][] = [];
    let sum = 0;
    histogram.forEach((count, power) => {
      sum += count;
      buckets.push([2 ** power, sum]);
    });
    s.out.map(buckets.length);
    for (const [limit, count] of buckets) {
      s.out.integer(limit);
      s.out.integer(count);
    }
  }
}

export function latencyHelp(s: Session): void {
  s.bulks(['LATENCY DOCTOR | GRAPH <event> | HISTOGRAM [<command>...] | HISTORY <event> | LATEST | RESET']);
}
