/** XGROUP. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { badArguments, ReplyError } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { type Consumer, ConsumerGroup, StreamValue, UNKNOWN } from '../../values/stream.ts';
import { readRangeId, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';

const NO_KEY = new ReplyError(
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
);

function streamAt(s: Session, key: string): StreamValue {
  const stream = s.db.write(key, StreamValue);
  if (stream === undefined) throw NO_KEY;
  return stream;
}

export function groupOf(stream: StreamValue | undefined, key: string, name: string): ConsumerGroup {
  const group = stream?.groups.get(name);
  if (group === undefined) throw new ReplyError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  return group;
}

/** The consumer of a name, which is seen now; made where it is new. */
export function consumerOf(s: Session, key: string, group: ConsumerGroup, name: string): Consumer {
  const known = group.consumers.get(name);
  if (known !== undefined) {
    known.seenAt = s.keyspace.time;
    return known;
  }
  s.db.notify('t', 'xgroup-createconsumer', key);
  return group.addConsumer(name, s.keyspace.time);
}

interface GroupOptions {
  readonly make: boolean;
  readonly entriesRead: number;
}

function readOptions(a: Args<-5>, withMake: boolean): GroupOptions {
  let make = false;
  let entriesRead = UNKNOWN;
  const options = new Options(a, 5);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'MKSTREAM' && withMake) make = true;
    else if (word === 'ENTRIESREAD' && options.left > 0) {
      entriesRead = integer(options.argument());
      if (entriesRead < 0 && entriesRead !== UNKNOWN)
        throw new ReplyError('ERR value for ENTRIESREAD must be positive or -1');
    } else throw badArguments('XGROUP', a[1]);
  }
  return { make, entriesRead };
}

function position(stream: StreamValue, text: string): StreamId {
  return text === '$' ? stream.lastId : readRangeId(text);
}

export function xgroupCreate(s: Session, a: Args<-5>): void {
  const [, , key, name] = a;
  const { make, entriesRead } = readOptions(a, true);
  const existing = s.db.write(key, StreamValue);
  if (existing === undefined && !make) throw NO_KEY;
  const stream = existing ?? new StreamValue();
  const lastId = position(stream, a[4]);
  if (stream.groups.has(name)) throw new ReplyError('BUSYGROUP Consumer Group name already exists');
  stream.groups.set(name, new ConsumerGroup(name, lastId, entriesRead));
  if (existing === undefined) s.db.set(key, stream);
  s.db.changed(key, stream, 't', 'xgroup-create');
  s.ok();
}

export function xgroupSetid(s: Session, a: Args<-5>): void {
  const { entriesRead } = readOptions(a, false);
  const stream = streamAt(s, a[2]);
  const group = groupOf(stream, a[2], a[3]);
  group.lastId = position(stream, a[4]);
  group.entriesRead = entriesRead;
  s.db.changed(a[2], stream, 't', 'xgroup-setid');
  s.ok();
}

export function xgroupDestroy(s: Session, a: Args<4>): void {
  const stream = streamAt(s, a[2]);
  if (!stream.groups.delete(a[3])) {
    s.out.integer(0);
    return;
  }
  s.db.changed(a[2], stream, 't', 'xgroup-destroy');
  s.db.signal(a[2]); // whoever blocks on the group must learn that it is gone
  s.out.integer(1);
}

export function xgroupCreateconsumer(s: Session, a: Args<5>): void {
  const stream = streamAt(s, a[2]);
  const group = groupOf(stream, a[2], a[3]);
  if (group.consumers.has(a[4])) {
    s.out.integer(0);
    return;
  }
  group.addConsumer(a[4], s.keyspace.time);
  s.db.changed(a[2], stream, 't', 'xgroup-createconsumer');
  s.out.integer(1);
}

export function xgroupDelconsumer(s: Session, a: Args<5>): void {
  const stream = streamAt(s, a[2]);
  const group = groupOf(stream, a[2], a[3]);
  const consumer = group.consumers.get(a[4]);
  if (consumer === undefined) {
    s.out.integer(0);
    return;
  }
  const count = consumer.pending.size;
  for (let first = consumer.pending.first; first; first = consumer.pending.first) group.removePending(first);
  group.consumers.delete(a[4]);
  s.db.changed(a[2], stream, 't', 'xgroup-delconsumer');
  s.out.integer(count);
}

export function xgroupHelp(s: Session): void {
  s.bulks([
    'XGROUP CREATE <key> <group> <id|$> [MKSTREAM] [ENTRIESREAD <n>] | CREATECONSUMER | DELCONSUMER | DESTROY | SETID',
  ]);
}
