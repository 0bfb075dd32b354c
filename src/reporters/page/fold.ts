/** Rows of a page: an event each, where it does not repeat what stands above it. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Statement } from '../../core/statements/index.ts';
import type { Labels } from './labels.ts';
import { signOfNote } from './palette.ts';
import type { Presence } from './presence.ts';

export type Row =
  | { readonly kind: 'event'; readonly event: TraceEvent }
  /** A peer says goodbye, in however many frames: one line. */
  | { readonly kind: 'goodbye'; readonly notes: readonly EventOf<'note'>[] }
  /** A peer is gone, and said nothing. */
  | { readonly kind: 'leaves'; readonly event: EventOf<'connection'> }
  /** Others did the same as the one before. */
  | { readonly kind: 'same'; readonly last: TraceEvent; readonly peers: readonly string[] }
  /** The same one did the same again. */
  | { readonly kind: 'repeated'; readonly last: TraceEvent; readonly peer: string; readonly times: number };

interface Block {
  readonly rows: Row[];
  readonly peer: string;
  /** Equal for blocks that say the same; undefined for what is never folded. */
  readonly signature: string | undefined;
}

/** A row for each event; `told` is who was there before them. */
export function rowsOf(events: readonly TraceEvent[], told: Presence): Row[] {
  return events.flatMap((event): Row[] => {
    const isLeaving = told.isLeaving(event);
    told.meet(event);
    const row: Row = { kind: 'event', event };
    return isLeaving && event.type === 'connection' ? [{ kind: 'leaves', event }, row] : [row];
  });
}

/** Rows without repetitions. Who comes and goes is left where it is. */
export function folded(unfolded: readonly Row[], labels: Labels): Row[] {
  const rows: Row[] = [];
  let last: Block | undefined;
  for (const block of blocksOf(goodbyes(unfolded), labels)) {
    const at = lastOf(block);
    const isSame = last?.signature !== undefined && last.signature === block.signature;
    const before = rows.findLast((row) => !isPresence(row));
    if (!isSame || !at) rows.push(...block.rows);
    else {
      rows.push(...block.rows.filter(isPresence));
      if (block.peer !== last?.peer) addSame(rows, before, at, block.peer);
      else addRepeated(rows, before, at, block.peer);
    }
    if (!isSame) last = block.signature === undefined && block.rows.every(isPresence) ? last : block;
  }
  return rows;
}

function addSame(rows: Row[], before: Row | undefined, last: TraceEvent, peer: string): void {
  const earlier = before?.kind === 'same' ? before : undefined;
  if (earlier) rows.splice(rows.indexOf(earlier), 1);
  rows.push({ kind: 'same', last, peers: [...(earlier?.peers ?? []), peer] });
}

function addRepeated(rows: Row[], before: Row | undefined, last: TraceEvent, peer: string): void {
  const earlier = before?.kind === 'repeated' ? before : undefined;
  if (earlier) rows.splice(rows.indexOf(earlier), 1);
  rows.push({ kind: 'repeated', last, peer, times: (earlier?.times ?? 0) + 1 });
}

function isPresence(row: Row): boolean {
  return row.kind === 'event' && (row.event.type === 'connection' || row.event.type === 'peer');
}

function lastOf({ rows }: Block): TraceEvent | undefined {
  const row = rows.filter((one) => !isPresence(one)).at(-1);
  return row?.kind === 'event' || row?.kind === 'leaves'
    ? row.event
    : row?.kind === 'goodbye'
      ? row.notes.at(-1)
      : undefined;
}

/** Joins what belongs to one goodbye. */
function goodbyes(unjoined: readonly Row[]): Row[] {
  const rows: Row[] = [];
  for (const row of unjoined) {
    const note = row.kind === 'event' && row.event.type === 'note' ? row.event : undefined;
    const goodbye = note?.phase === 'closing' && note.peer !== undefined ? note : undefined;
    const index = rows.findLastIndex((one) => !isPresence(one));
    const before = rows[index];
    if (goodbye && before?.kind === 'goodbye' && before.notes[0]?.peer === goodbye.peer) {
      rows[index] = { kind: 'goodbye', notes: [...before.notes, goodbye] };
    } else rows.push(goodbye ? { kind: 'goodbye', notes: [goodbye] } : row);
  }
  return rows;
}

/** What one peer does in a row: notes of its connection together, a request with its response. */
function blocksOf(rows: readonly Row[], labels: Labels): Block[] {
  const blocks: Block[] = [];
  let open: { rows: Row[]; peer: string; parts: string[]; isExchange: boolean } | undefined;
  const close = (): void => {
    if (open) blocks.push({ rows: open.rows, peer: open.peer, signature: open.parts.join('\n') });
    open = undefined;
  };
  for (const row of rows) {
    const part = partOf(row, labels);
    if (isPresence(row) && open) open.rows.push(row);
    else if (part === undefined) {
      close();
      blocks.push({ rows: [row], peer: '', signature: undefined });
    } else {
      const goesOn = open?.peer === part.peer && open.isExchange === part.isExchange && !part.begins;
      if (!goesOn) close();
      open ??= { rows: [], peer: part.peer, parts: [], isExchange: part.isExchange };
      open.rows.push(row);
      open.parts.push(part.text);
    }
  }
  close();
  return blocks;
}

interface Part {
  readonly peer: string;
  readonly text: string;
  readonly isExchange: boolean;
  readonly begins: boolean;
}

function partOf(row: Row, labels: Labels): Part | undefined {
  if (row.kind === 'goodbye') return partOfNotes(row.notes, labels);
  if (row.kind === 'leaves') return { peer: row.event.peer, text: 'leaves', isExchange: false, begins: false };
  if (row.kind !== 'event') return undefined;
  const { event } = row;
  if (event.type === 'note') return partOfNotes([event], labels);
  // What has a name of its own is told each time.
  if (event.type !== 'message' || event.name !== undefined || event.carries) return undefined;
  if (event.stage !== 'requested' && event.stage !== 'responded') return undefined;
  const { peer, verb, route, body = '', service, server = service } = event;
  const text = [server, event.stage, verb, route, body].join(' ');
  return { peer, text, isExchange: true, begins: event.stage === 'requested' };
}

function partOfNotes(notes: readonly EventOf<'note'>[], labels: Labels): Part | undefined {
  const [{ peer, service, server = service } = {}] = notes;
  // What the scenario says is said each time, and what went wrong, too.
  if (peer === undefined || notes.some((note) => !note.statement || signOfNote(note) === '✗')) return undefined;
  const texts = notes.map((note) => `${signOfNote(note)} ${labels.note(without(peer, note))}`);
  return { peer, text: [server, ...texts].join(' '), isExchange: false, begins: false };
}

/** The same note of nobody in particular: names that are made of the peer's name lose it; other words stay. */
function without(peer: string, note: EventOf<'note'>): EventOf<'note'> {
  const { statement } = note;
  if (!statement) return note;
  const values = Object.entries(statement.values).map(([name, value]: [string, unknown]) => {
    const isName = typeof value === 'string' && !value.includes(' ');
    return [name, isName ? value.replaceAll(peer, '\u0000') : value];
  });
  return { ...note, statement: { ...statement, values: Object.fromEntries(values) } as Statement };
}
