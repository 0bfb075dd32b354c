/** Rows of a page: an event each, where it does not repeat what stands above it. */
import type { EventOf, TraceEvent } from '../../../core/events.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { signOfNote } from '../palette.ts';
import { commandOf, joined, keyed } from './joined.ts';
import type { Labels } from './labels.ts';
import type { Presence } from './presence.ts';
import { type FoldedEvent, type Ids, isPresence, type Row, type Who } from './rows.ts';

/** Of less nothing would be saved by leaving it out. */
const LEFT_OUT = 2;

interface Block {
  readonly rows: Row[];
  readonly peer: string;
  /** Equal for blocks that say the same; undefined for what is never folded. */
  readonly signature: string | undefined;
  /** Names in it that are made of the peer's: of these each has its own, where others do the same. */
  readonly own: readonly string[];
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
  for (const block of blocksOf(joined(unfolded), labels)) {
    const at = lastOf(block);
    const isSame = last?.signature !== undefined && last.signature === block.signature;
    const before = rows.findLast((row) => !isPresence(row));
    if (!isSame || !at) rows.push(...block.rows);
    else {
      rows.push(...block.rows.filter(isPresence));
      if (block.peer !== last?.peer)
        addSame(rows, before, at, { peer: block.peer, ids: [...idsOf(block), ...block.own] });
      else addRepeated(rows, before, at, { peer: block.peer, ids: idsOf(block) });
    }
    if (!isSame) last = block.signature === undefined && block.rows.every(isPresence) ? last : block;
  }
  return changesOf(rows, labels);
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
  const events = rows.flatMap((row) => (row.kind === 'event' && row.event.type === 'message' ? [row.event] : []));
  return [...new Set(events.map(({ id, name = id }) => name))];
}

function lastOf({ rows }: Block): FoldedEvent | undefined {
  const row = rows.filter((one) => !isPresence(one)).at(-1);
  if (row?.kind === 'leaves') return row.event;
  if (row?.kind === 'joined') return row.notes.at(-1);
  const event = row?.kind === 'event' ? row.event : undefined;
  return event?.type === 'message' || event?.type === 'note' ? event : undefined;
}

/** Of what was carried out together again, with other values, only those are told. */
function changesOf(rows: readonly Row[], labels: Labels): Row[] {
  const before = new Map<string, readonly string[]>();
  return rows.map((row): Row => {
    if (row.kind !== 'joined' || row.notes.some((note) => commandOf(note) === undefined)) return row;
    const [first] = row.notes;
    const shape = [first?.server ?? first?.service, ...row.notes.map(keyed)].join(' ');
    const texts = row.notes.map((note) => labels.note(note));
    const known = before.get(shape);
    before.set(shape, texts);
    const changed = row.notes.filter((_, index) => texts[index] !== known?.[index]);
    const isShorter = changed.length > 0 && row.notes.length - changed.length >= LEFT_OUT;
    return known !== undefined && isShorter ? { ...row, changed } : row;
  });
}

/** What one peer does in a row: notes of its connection together, a request with its response. */
function blocksOf(rows: readonly Row[], labels: Labels): Block[] {
  const blocks: Block[] = [];
  let open: { rows: Row[]; peer: string; parts: Part[]; exchange: string | undefined } | undefined;
  const close = (): void => {
    if (open) {
      const { rows: said, peer, parts } = open;
      const own = [...new Set(parts.flatMap((part) => part.own))];
      blocks.push({ rows: said, peer, signature: parts.map(({ text }) => text).join('\n'), own });
    }
    open = undefined;
  };
  for (const row of rows) {
    const part = partOf(row, labels);
    if (isPresence(row) && open) open.rows.push(row);
    else if (part === undefined) {
      close();
      blocks.push({ rows: [row], peer: '', signature: undefined, own: [] });
    } else {
      // Of several requests that are under way, each response is its own.
      const goesOn = open?.peer === part.peer && open.exchange === part.exchange && !part.begins;
      if (!goesOn) close();
      open ??= { rows: [], peer: part.peer, parts: [], exchange: part.exchange };
      open.rows.push(row);
      open.parts.push(part);
    }
  }
  close();
  return blocks;
}

interface Part {
  readonly peer: string;
  readonly text: string;
  /** Names in it that are made of the peer's. */
  readonly own: readonly string[];
  /** The number of a request and its response. */
  readonly exchange: string | undefined;
  readonly begins: boolean;
}

function partOf(row: Row, labels: Labels): Part | undefined {
  if (row.kind === 'joined') return partOfNotes(row.notes, labels);
  if (row.kind === 'leaves')
    return { peer: row.event.peer, text: `leaves ${row.event.by}`, own: [], exchange: undefined, begins: false };
  if (row.kind !== 'event') return undefined;
  const { event } = row;
  if (event.type === 'note') return partOfNotes([event], labels);
  // What a response brings is told each time.
  if (event.type !== 'message' || event.carries) return undefined;
  if (event.stage !== 'requested' && event.stage !== 'responded') return undefined;
  const { peer, verb, route, body = '', service, server = service } = event;
  const text = [server, event.stage, verb, route, body].join(' ');
  return { peer, text, own: [], exchange: event.id, begins: event.stage === 'requested' };
}

function partOfNotes(notes: readonly EventOf<'note'>[], labels: Labels): Part | undefined {
  const [{ peer, service, server = service } = {}] = notes;
  // What the scenario says is said each time, and what went wrong, too.
  if (peer === undefined || notes.some((note) => !note.statement || signOfNote(note) === '✗')) return undefined;
  const texts = notes.map((note) => `${signOfNote(note)} ${labels.note(without(peer, note))}`);
  const own = notes.flatMap((note) => ownNames(peer, note));
  return { peer, text: [server, ...texts].join(' '), own, exchange: undefined, begins: false };
}

/** The same note of nobody in particular: names that are made of the peer's name lose it; other words stay. */
function without(peer: string, note: EventOf<'note'>): EventOf<'note'> {
  const { statement } = note;
  if (!statement) return note;
  const values = Object.entries(statement.values).map(([name, value]: [string, unknown]) => [
    name,
    isName(value) ? value.replaceAll(peer, '\u0000') : value,
  ]);
  return { ...note, statement: { ...statement, values: Object.fromEntries(values) } as Statement };
}

function ownNames(peer: string, { statement }: EventOf<'note'>): string[] {
  return Object.values(statement?.values ?? {}).filter((value) => isName(value) && value.includes(peer));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && !value.includes(' ');
}
