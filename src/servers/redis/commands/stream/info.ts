/** XINFO. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { badArguments, NO_SUCH_KEY } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Entry } from '../../values/entry-block.ts';
import { type ConsumerGroup, type Pending, StreamValue, UNKNOWN } from '../../values/stream.ts';
import { compareIds, MAX_ID, MIN_ID } from '../../values/stream-id.ts';
import { groupOf } from './groups.ts';
import { consumersInOrder } from './pending.ts';
import { replyEntries, replyEntry, replyId } from './replies.ts';

/** So many entries are told where nobody says how many. */
const FULL_COUNT = 10;

function streamAt(s: Session, key: string): StreamValue {
  const stream = s.db.read(key, StreamValue);
  if (stream === undefined) throw NO_SUCH_KEY;
  return stream;
}

type Field = readonly [name: string, write: () => void];

function replyFields(s: Session, fields: readonly Field[]): void {
  s.out.map(fields.length);
  for (const [name, write] of fields) {
    s.bulk(name);
    write();
  }
}

function groupsInOrder(stream: StreamValue): ConsumerGroup[] {
  return [...stream.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function entriesRead(s: Session, group: ConsumerGroup): void {
  if (group.entriesRead === UNKNOWN) s.out.null();
  else s.out.integer(group.entriesRead);
}

function lag(s: Session, stream: StreamValue, group: ConsumerGroup): void {
  const value = stream.lagOf(group);
  const isBefore = compareIds(group.lastId, stream.firstId) < 0 && compareIds(stream.maxDeletedId, MIN_ID) > 0;
  if (value === undefined || (s.traits.lagNeedsEntries && group.entriesRead === UNKNOWN && isBefore)) s.out.null();
  else s.out.integer(value);
}

export function xinfoGroups(s: Session, a: Args<3>): void {
  const stream = streamAt(s, a[2]);
  s.out.array(stream.groups.size);
  for (const group of groupsInOrder(stream)) {
    replyFields(s, [
      ['name', () => s.bulk(group.name)],
      ['consumers', () => s.out.integer(group.consumers.size)],
      ['pending', () => s.out.integer(group.pending.size)],
      ['last-delivered-id', () => replyId(s, group.lastId)],
      ['entries-read', () => entriesRead(s, group)],
      ['lag', () => lag(s, stream, group)],
    ]);
  }
}

export function xinfoConsumers(s: Session, a: Args<4>): void {
  const group = groupOf(streamAt(s, a[2]), a[2], a[3]);
  s.out.array(group.consumers.size);
  for (const consumer of consumersInOrder(group)) {
    const since = (at: number) => () => s.out.integer(at < 0 ? -1 : Math.max(0, s.keyspace.time - at));
    replyFields(s, [
      ['name', () => s.bulk(consumer.name)],
      ['pending', () => s.out.integer(consumer.pending.size)],
      ['idle', since(consumer.seenAt)],
      ...(s.traits.activeTimes ? [['inactive', since(consumer.activeAt)] as const] : []),
    ]);
  }
}

function entryOrNull(s: Session, entry: Entry | undefined): void {
  if (entry === undefined) s.out.null();
  else replyEntry(s, entry);
}

/** How many entries XINFO STREAM FULL tells; undefined for the short form. */
function fullCount([, subcommand, , full, word, text, ...more]: Args<-3>): number | undefined {
  if (full === undefined) return undefined;
  if (full.toUpperCase() !== 'FULL') throw badArguments('XINFO', subcommand);
  if (word === undefined) return FULL_COUNT;
  if (text === undefined || more.length > 0 || word.toUpperCase() !== 'COUNT') throw badArguments('XINFO', subcommand);
  const count = integer(text);
  return count < 0 ? FULL_COUNT : count;
}

export function xinfoStream(s: Session, a: Args<-3>): void {
  const count = fullCount(a);
  const stream = streamAt(s, a[2]);
  const { entries } = stream;
  const common: Field[] = [
    ['length', () => s.out.integer(stream.length)],
    ['radix-tree-keys', () => s.out.integer(entries.blockCount)],
    ['radix-tree-nodes', () => s.out.integer(entries.blockCount + 1)],
    ['last-generated-id', () => replyId(s, stream.lastId)],
    ['max-deleted-entry-id', () => replyId(s, stream.maxDeletedId)],
    ['entries-added', () => s.out.integer(stream.entriesAdded)],
    ['recorded-first-entry-id', () => replyId(s, stream.firstId)],
  ];
  if (count === undefined) {
    replyFields(s, [
      ...common,
      ['groups', () => s.out.integer(stream.groups.size)],
      ['first-entry', () => entryOrNull(s, entries.first)],
      ['last-entry', () => entryOrNull(s, entries.last)],
    ]);
    return;
  }
  const shown: Entry[] = [];
  entries.scan(MIN_ID, MAX_ID, (entry) => shown.push(entry) !== count);
  replyFields(s, [
    ...common,
    ['entries', () => replyEntries(s, shown)],
    ['groups', () => replyGroups(s, stream, count)],
  ]);
}

function take(list: ConsumerGroup['pending'], count: number): Pending[] {
  const items: Pending[] = [];
  list.scan(MIN_ID, MAX_ID, (pending) => items.push(pending) !== count);
  return items;
}

function replyGroups(s: Session, stream: StreamValue, count: number): void {
  s.out.array(stream.groups.size);
  for (const group of groupsInOrder(stream)) {
    replyFields(s, [
      ['name', () => s.bulk(group.name)],
      ['last-delivered-id', () => replyId(s, group.lastId)],
      ['entries-read', () => entriesRead(s, group)],
      ['lag', () => lag(s, stream, group)],
      ['pel-count', () => s.out.integer(group.pending.size)],
      ['pending', () => replyPel(s, take(group.pending, count), true)],
      ['consumers', () => replyConsumers(s, group, count)],
    ]);
  }
}

function replyPel(s: Session, items: readonly Pending[], withConsumer: boolean): void {
  s.out.array(items.length);
  for (const item of items) {
    const { consumer, deliveredAt, deliveries } = item;
    s.out.array(withConsumer ? 4 : 3);
    replyId(s, item);
    if (withConsumer) s.bulk(consumer.name);
    s.out.integer(deliveredAt);
    s.out.integer(deliveries);
  }
}

function replyConsumers(s: Session, group: ConsumerGroup, count: number): void {
  s.out.array(group.consumers.size);
  for (const consumer of consumersInOrder(group)) {
    replyFields(s, [
      ['name', () => s.bulk(consumer.name)],
      ['seen-time', () => s.out.integer(consumer.seenAt)],
      ...(s.traits.activeTimes ? [['active-time', () => s.out.integer(consumer.activeAt)] as const] : []),
      ['pel-count', () => s.out.integer(consumer.pending.size)],
      ['pending', () => replyPel(s, take(consumer.pending, count), false)],
    ]);
  }
}

export function xinfoHelp(s: Session): void {
  s.bulks(['XINFO CONSUMERS <key> <group> | GROUPS <key> | STREAM <key> [FULL [COUNT <count>]]']);
}
