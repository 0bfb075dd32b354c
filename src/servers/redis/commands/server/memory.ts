/** MEMORY. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { SYNTAX } from '../../errors.ts';
import { usageOf } from '../../keyspace/database.ts';
import { natural } from '../../numbers.ts';
import { Options } from '../options.ts';

export function memoryUsage(s: Session, a: Args<-3>): void {
  const options = new Options(a, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word !== 'SAMPLES') throw SYNTAX;
    natural(options.argument(), SYNTAX);
  }
  const value = s.db.find(a[2]);
  if (value === undefined) s.out.null();
  else s.out.integer(usageOf(a[2], value));
}

export function memoryStats(s: Session): void {
  const { keyspace } = s;
  const keys = keyspace.size;
  const numbers: [string, number][] = [
    ['total.allocated', keyspace.usedMemory],
    ['startup.allocated', keyspace.usedMemory - keyspace.memory],
    ['keys.count', keys],
    ['keys.bytes-per-key', keys === 0 ? 0 : Math.floor(keyspace.memory / keys)],
    ['dataset.bytes', keyspace.memory],
  ];
  s.out.map(numbers.length);
  for (const [name, value] of numbers) {
    s.bulk(name);
    s.out.integer(value);
  }
}

export function memoryDoctor(s: Session): void {
  s.out.verbatim('txt', 'This is an embedded server: its memory is its process’s, and estimated.\n');
}

export function memoryMallocStats(s: Session): void {
  s.out.verbatim('txt', 'Stats not supported for the current allocator');
}

export function memoryPurge(s: Session): void {
  s.ok();
}

export function memoryHelp(s: Session): void {
  s.bulks(['MEMORY DOCTOR | MALLOC-STATS | PURGE | STATS | USAGE <key> [SAMPLES <count>]']);
}
