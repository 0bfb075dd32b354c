/** Ids and entries of streams as replies. */
import type { Session } from '../../clients/session.ts';
import type { Entry } from '../../values/entry-block.ts';
import type { StreamId } from '../../values/stream-id.ts';

export function replyId(s: Session, { ms, seq }: StreamId): void {
  s.out.latin1(`${ms}-${seq}`);
}

export function replyIds(s: Session, ids: readonly StreamId[]): void {
  s.out.array(ids.length);
  for (const id of ids) replyId(s, id);
}

export function replyEntry(s: Session, entry: Entry): void {
  s.keyspace.witness?.given(s, entry);
  s.out.array(2);
  replyId(s, entry);
  s.bulks(entry.fields);
}

export function replyEntries(s: Session, entries: readonly Entry[]): void {
  s.out.array(entries.length);
  for (const entry of entries) replyEntry(s, entry);
}
