/** What was delivered and not acknowledged: XACK, XPENDING. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { type Consumer, type ConsumerGroup, type Pending, StreamValue } from '../../values/stream.ts';
import { readId, readRange, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';
import { replyId } from './replies.ts';

export function xack(s: Session, a: Args<-4>): void {
  const stream = s.db.write(a[1], StreamValue);
  const group = stream?.groups.get(a[2]);
  if (group === undefined) {
    s.out.integer(0);
    return;
  }
  const ids = a.slice(3).map((text) => readId(text));
  let count = 0;
  for (const id of ids) {
    if (!group.removePending(id)) continue;
    count++;
    s.keyspace.witness?.acknowledged(s, id);
  }
  if (count > 0) s.db.touch(a[1], stream);
  s.out.integer(count);
}

export function find(s: Session, key: string, name: string): { stream: StreamValue; group: ConsumerGroup } {
  const stream = s.db.write(key, StreamValue);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new ReplyError(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  }
  return { stream, group };
}

interface PendingOptions {
  readonly minIdle: number;
  readonly from: StreamId;
  readonly to: StreamId;
  readonly count: number;
  /** Of which consumer; undefined for all. */
  readonly name: string | undefined;
}

function pendingOptions(options: Options): PendingOptions {
  if (options.left < 3) throw SYNTAX;
  let minIdle = 0;
  if (options.peek()?.toUpperCase() === 'IDLE') {
    options.argument();
    minIdle = integer(options.argument());
    if (options.left < 3) throw SYNTAX;
  }
  if (options.left > 4) throw SYNTAX;
  const [first, last] = [options.argument(), options.argument()];
  const count = Math.max(0, integer(options.argument()));
  const [from, to] = readRange(first, last);
  return { minIdle, from, to, count, name: options.peek() };
}

export function xpending(s: Session, a: Args<-3>): void {
  const options = new Options(a, 3);
  if (options.left === 0) {
    summarise(s, find(s, a[1], a[2]).group);
    return;
  }
  const { minIdle, from, to, count, name } = pendingOptions(options);
  const { group } = find(s, a[1], a[2]);
  const consumer = name === undefined ? undefined : group.consumers.get(name);
  const shown: Pending[] = [];
  if (name === undefined || consumer !== undefined) {
    if (count > 0) {
      (consumer ?? group).pending.scan(from, to, (pending) => {
        if (s.keyspace.time - pending.deliveredAt >= minIdle) shown.push(pending);
        return shown.length < count;
      });
    }
  }
  s.out.array(shown.length);
  for (const pending of shown) {
    s.out.array(4);
    replyId(s, pending);
    s.bulk(pending.consumer.name);
    s.out.integer(Math.max(0, s.keyspace.time - pending.deliveredAt));
    s.out.integer(pending.deliveries);
  }
}

/** Consumers by name, as Redis's radix tree has them. */
export function consumersInOrder(group: ConsumerGroup): Consumer[] {
  return [...group.consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function summarise(s: Session, { pending, consumers }: ConsumerGroup): void {
  s.out.array(4);
  s.out.integer(pending.size);
  const { first, last } = pending;
  if (first === undefined || last === undefined) {
    s.out.null();
    s.out.null();
    s.out.nullArray();
    return;
  }
  replyId(s, first);
  replyId(s, last);
  const busy = [...consumers.values()]
    .filter((consumer) => consumer.pending.size > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  s.out.array(busy.length);
  for (const consumer of busy) s.bulks([consumer.name, String(consumer.pending.size)]);
}
