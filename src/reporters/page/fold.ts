/** Rows of a page: an event each, where it does not repeat what stands above it. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Statement } from '../../core/statements/index.ts';
import type { Labels } from './labels.ts';
import { signOfNote } from './palette.ts';
import { isGoodbye, type Presence } from './presence.ts';

export type Row =
  | { readonly kind: 'event'; readonly event: TraceEvent }
  /** What belongs together, one line of one peer: a goodbye in however many frames, or what EXEC carried out. */
  | { readonly kind: 'joined'; readonly notes: readonly EventOf<'note'>[] }
  /** A peer is gone, and said nothing. */
  | { readonly kind: 'leaves'; readonly event: EventOf<'connection'> }
  /** Others did the same as the one before. */
  | { readonly kind: 'same'; readonly last: FoldedEvent; readonly who: readonly Who[] }
  /** The same one did the same again. */
  | { readonly kind: 'repeated'; readonly last: FoldedEvent; readonly peer: string; readonly ids: readonly Ids[] };

/** What a repetition is made of has a peer. */
export type FoldedEvent = EventOf<'message' | 'note' | 'connection'>;
/** The numbers of the messages that were in one repetition. */
export type Ids = readonly string[];

export interface Who {
  readonly peer: string;
  readonly ids: Ids;
}

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
  for (const block of blocksOf(joined(movedOn(unfolded)), labels)) {
    const at = lastOf(block);
    const isSame = last?.signature !== undefined && last.signature === block.signature;
    const before = rows.findLast((row) => !isPresence(row));
    if (!isSame || !at) rows.push(...block.rows);
    else {
      rows.push(...block.rows.filter(isPresence));
      if (block.peer !== last?.peer) addSame(rows, before, at, { peer: block.peer, ids: idsOf(block) });
      else addRepeated(rows, before, at, { peer: block.peer, ids: idsOf(block) });
    }
    if (!isSame) last = block.signature === undefined && block.rows.every(isPresence) ? last : block;
  }
  return rows;
}

function addSame(rows: Row[], before: Row | undefined, last: FoldedEvent, who: Who): void {
  const earlier = before?.kind === 'same' ? before : undefined;
  if (earlier) rows.splice(rows.indexOf(earlier), 1);
  rows.push({ kind: 'same', last, who: [...(earlier?.who ?? []), who] });
}

function addRepeated(rows: Row[], before: Row | undefined, last: FoldedEvent, { peer, ids }: Who): void {
  const earlier = before?.kind === 'repeated' ? before : undefined;
  if (earlier) rows.splice(rows.indexOf(earlier), 1);
  rows.push({ kind: 'repeated', last, peer, ids: [...(earlier?.ids ?? []), ids] });
}

function idsOf({ rows }: Block): Ids {
  return [
    ...new Set(rows.flatMap((row) => (row.kind === 'event' && row.event.type === 'message' ? [row.event.id] : []))),
  ];
}

function isPresence(row: Row): boolean {
  return row.kind === 'event' && (row.event.type === 'connection' || row.event.type === 'peer');
}

function lastOf({ rows }: Block): FoldedEvent | undefined {
  const row = rows.filter((one) => !isPresence(one)).at(-1);
  if (row?.kind === 'leaves') return row.event;
  if (row?.kind === 'joined') return row.notes.at(-1);
  const event = row?.kind === 'event' ? row.event : undefined;
  return event?.type === 'message' || event?.type === 'note' ? event : undefined;
}

/** What is dead-lettered as soon as it expires or is dropped is not lost: one row, with the whole reason. */
function movedOn(rows: readonly Row[]): Row[] {
  const moved: Row[] = [];
  for (const row of rows) {
    const before = moved.at(-1);
    const reason = row.kind === 'event' && before?.kind === 'event' ? reasonToMove(before.event, row.event) : undefined;
    if (reason === undefined || row.kind !== 'event') moved.push(row);
    else moved[moved.length - 1] = { kind: 'event', event: { ...row.event, reason } as TraceEvent };
  }
  return moved;
}

/** Why a message left its queue, if that is what it is dead-lettered for. */
function reasonToMove(before: TraceEvent, event: TraceEvent): Statement | undefined {
  if (before.type !== 'message' || event.type !== 'message' || event.stage !== 'dead-lettered') return undefined;
  const isLeaving = before.stage === 'expired' || before.stage === 'dropped';
  return isLeaving && before.basis === 'concluded' && before.id === event.id ? before.reason : undefined;
}

/** What rows tell of. */
export function eventsOf(rows: readonly Row[]): TraceEvent[] {
  return rows.flatMap((row): TraceEvent[] => {
    if (row.kind === 'joined') return [...row.notes];
    return row.kind === 'event' ? [row.event] : [];
  });
}

/** Joins what belongs to one goodbye, and what one EXEC carried out. */
function joined(unjoined: readonly Row[]): Row[] {
  const rows: Row[] = [];
  for (const row of unjoined) {
    const note =
      row.kind === 'event' && row.event.type === 'note' && row.event.peer !== undefined ? row.event : undefined;
    const index = rows.findLastIndex((one) => !isPresence(one));
    if (note && isGoodbye(note)) {
      const before = rows[index];
      const goodbye = before?.kind === 'joined' && before.notes.every(isGoodbye) ? before.notes : [];
      if (goodbye[0]?.peer === note.peer) rows[index] = { kind: 'joined', notes: [...goodbye, note] };
      else rows.push({ kind: 'joined', notes: [note] });
    } else if (note && commandOf(note) === 'EXEC') {
      let first = rows.length;
      while (isCarriedOutBy(note, rows[first - 1])) first--;
      if (isMulti(note, rows[first - 1])) first--;
      const before = rows
        .splice(first)
        .flatMap((one) => (one.kind === 'event' && one.event.type === 'note' ? [one.event] : []));
      rows.push({ kind: 'joined', notes: [...before, note] });
    } else rows.push(row);
  }
  return rows;
}

/** The command that a note tells of, if it does. */
export function commandOf({ statement }: EventOf<'note'>): string | undefined {
  return statement?.code === 'REDIS_COMMAND' ? statement.values.command.split(' ')[0] : undefined;
}

/** Whether a row is a command that this EXEC carried out. */
function isCarriedOutBy(exec: EventOf<'note'>, row: Row | undefined): boolean {
  const note = row?.kind === 'event' && row.event.type === 'note' ? row.event : undefined;
  return (
    note?.peer === exec.peer && note?.statement?.code === 'REDIS_COMMAND' && note.statement.values.within === 'EXEC'
  );
}

/** Whether a row is the MULTI that began what this EXEC carried out, with nothing told in between. */
function isMulti(exec: EventOf<'note'>, row: Row | undefined): boolean {
  if (row?.kind !== 'event' || row.event.type !== 'note') return false;
  return row.event.peer === exec.peer && commandOf(row.event) === 'MULTI';
}

/** What one peer does in a row: notes of its connection together, a request with its response. */
function blocksOf(rows: readonly Row[], labels: Labels): Block[] {
  const blocks: Block[] = [];
  let open: { rows: Row[]; peer: string; parts: string[]; exchange: string | undefined } | undefined;
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
      // Of several requests that are under way, each response is its own.
      const goesOn = open?.peer === part.peer && open.exchange === part.exchange && !part.begins;
      if (!goesOn) close();
      open ??= { rows: [], peer: part.peer, parts: [], exchange: part.exchange };
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
  /** The number of a request and its response. */
  readonly exchange: string | undefined;
  readonly begins: boolean;
}

function partOf(row: Row, labels: Labels): Part | undefined {
  if (row.kind === 'joined') return partOfNotes(row.notes, labels);
  if (row.kind === 'leaves') return { peer: row.event.peer, text: 'leaves', exchange: undefined, begins: false };
  if (row.kind !== 'event') return undefined;
  const { event } = row;
  if (event.type === 'note') return partOfNotes([event], labels);
  // What has a name of its own is told each time.
  if (event.type !== 'message' || event.name !== undefined || event.carries) return undefined;
  if (event.stage !== 'requested' && event.stage !== 'responded') return undefined;
  const { peer, verb, route, body = '', service, server = service } = event;
  const text = [server, event.stage, verb, route, body].join(' ');
  return { peer, text, exchange: event.id, begins: event.stage === 'requested' };
}

function partOfNotes(notes: readonly EventOf<'note'>[], labels: Labels): Part | undefined {
  const [{ peer, service, server = service } = {}] = notes;
  // What the scenario says is said each time, and what went wrong, too.
  if (peer === undefined || notes.some((note) => !note.statement || signOfNote(note) === '✗')) return undefined;
  const texts = notes.map((note) => `${signOfNote(note)} ${labels.note(without(peer, note))}`);
  return { peer, text: [server, ...texts].join(' '), exchange: undefined, begins: false };
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
