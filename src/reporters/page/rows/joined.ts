/** What belongs together on a page, though it was several events: one row. */
import type { EventOf, TraceEvent } from '../../../core/events.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { inShort } from './naming.ts';
import { isGoodbye } from './presence.ts';
import { isPresence, type Row } from './rows.ts';

/** Rows in which each is told once: where a message went, what a publisher was told, a goodbye, a transaction. */
export function joined(rows: readonly Row[]): Row[] {
  return saidTogether(confirmedTogether(movedOn(rows)));
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

/** Whether a message leaves its queue, from where it may be moved on: the next event says so. */
export function mayMoveOn(event: TraceEvent): event is EventOf<'message'> {
  if (event.type !== 'message' || event.basis !== 'concluded') return false;
  return event.stage === 'expired' || event.stage === 'dropped';
}

/** Why a message left its queue, if that is what it is dead-lettered for. */
export function reasonToMove(before: TraceEvent, event: TraceEvent): Statement | undefined {
  if (!mayMoveOn(before) || event.type !== 'message' || event.stage !== 'dead-lettered') return undefined;
  return before.id === event.id ? before.reason : undefined;
}

/** What a publisher is told in a row is one arrow, in however many frames it came. */
function confirmedTogether(rows: readonly Row[]): Row[] {
  const told: Row[] = [];
  let confirms: EventOf<'message'>[] = [];
  for (const row of rows) {
    const event = confirmOf(row);
    if (!event) {
      const at = isProven(row, confirms.at(-1)) ? told.findLastIndex((one) => !isPresence(one)) : told.length;
      if (at === told.length && !isPresence(row)) confirms = [];
      told.splice(at, 0, row);
      continue;
    }
    if (confirms[0] && isLike(confirms[0], event)) {
      told.splice(
        told.findLastIndex((one) => !isPresence(one)),
        1,
      );
      confirms.push(event);
    } else confirms = [event];
    told.push({ kind: 'event', event: asOne(event, confirms) });
  }
  return told;
}

function confirmOf(row: Row): EventOf<'message'> | undefined {
  const event = row.kind === 'event' && row.event.type === 'message' ? row.event : undefined;
  const isPlain = event?.reason === undefined && event?.among === undefined;
  return event?.stage === 'confirmed' && event.basis === 'seen' && isPlain ? event : undefined;
}

/** What a confirm proves had happened before the broker said so. */
function isProven(row: Row, confirm: EventOf<'message'> | undefined): boolean {
  const event = row.kind === 'event' && row.event.type === 'message' ? row.event : undefined;
  return event?.basis === 'concluded' && confirm?.at === event.at;
}

function isLike(one: EventOf<'message'>, other: EventOf<'message'>): boolean {
  return one.peer === other.peer && one.service === other.service && one.verb === other.verb;
}

function asOne(last: EventOf<'message'>, all: readonly EventOf<'message'>[]): EventOf<'message'> {
  if (all.length === 1) return last;
  const frames = all.flatMap((one) => one.frames);
  return { ...last, name: inShort(all.map(({ name, id }) => name ?? id)), frames };
}

/** Joins what belongs to one goodbye, and what one EXEC carried out. */
function saidTogether(unjoined: readonly Row[]): Row[] {
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

/** A command and its key, whatever else it is given. */
export function keyed({ statement }: EventOf<'note'>): string {
  if (statement?.code !== 'REDIS_COMMAND') return '';
  const { command, db = 0 } = statement.values;
  return [...command.split(' ').slice(0, 2), db].join(' ');
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
