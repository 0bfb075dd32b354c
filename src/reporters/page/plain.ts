/** A line for each row, without lanes: who, in which direction, what. */
import stringWidth from 'fast-string-width';
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Look } from '../reporter.ts';
import { type Words, wordsIn } from '../words/words.ts';
import { hexLines } from './hex.ts';
import { type Palette, REMARK, signOf, signOfNote } from './palette.ts';
import type { Labels } from './rows/labels.ts';
import { firstToLast } from './rows/naming.ts';
import type { Ids, Row, Who } from './rows/rows.ts';
import type { Servers } from './servers.ts';
import { hang, ms, pad } from './text.ts';

/** The columns before a line hold the time. */
export const TIME_COLUMNS = 10;
/** A sign with a blank on each side stands behind a name. */
const SIGN_COLUMNS = 3;
/** Names that are longer don't make the column of names wider. */
const MOST_NAME_COLUMNS = 24;

/** Keeps the column of names as wide as the longest name so far, and tells the connections of a peer apart. */
export class Names {
  #width = 8;
  /** The connections of each peer at each service, in the order in which they first spoke. */
  readonly #connections = new Map<string, number[]>();

  /** `isShown` is whether the page tells of it. */
  meet(event: TraceEvent, isShown: boolean): void {
    if (event.type === 'peer') this.#fit(event.peer);
    if (event.type !== 'frame') return;
    const key = `${event.server ?? event.service} ${event.peer}`;
    const known = this.#connections.get(key) ?? [];
    if (known.includes(event.connection)) return;
    this.#connections.set(key, [...known, event.connection]);
    if (known.length > 0 && isShown) this.#fit(this.ofFrame(event));
  }

  get columns(): number {
    return this.#width;
  }

  /** `worker-1`, and `worker-1 (2)` once it has connected anew. */
  ofFrame({ service, server, peer, connection }: EventOf<'frame'>): string {
    const index = this.#connections.get(`${server ?? service} ${peer}`)?.indexOf(connection) ?? 0;
    return index > 0 ? `${peer} (${index + 1})` : peer;
  }

  #fit(name: string): void {
    this.#width = Math.max(this.#width, Math.min(MOST_NAME_COLUMNS, stringWidth(name)));
  }
}

export interface PlainOptions {
  readonly look: Look;
  readonly palette: Palette;
  readonly labels: Labels;
  readonly servers: Servers;
  readonly names: Names;
  /** Whether lines are broken at the page's width: a line of a log is not. */
  readonly wraps: boolean;
}

/** A line without lanes: what stands before the text, and the text. */
interface Line {
  readonly at: number | undefined;
  readonly head: string;
  readonly text: string;
  readonly paint: (text: string) => string;
  /** The text from here on is painted in this way. */
  readonly tail?: { readonly text: string; readonly paint: (text: string) => string };
}

export class Plain {
  readonly #options: PlainOptions;
  readonly #words: Words;

  constructor(options: PlainOptions) {
    this.#options = options;
    this.#words = wordsIn(options.look.language);
  }

  /** `namesOf` says of which messages a frame tells. */
  lines(row: Row, namesOf: (frame: EventOf<'frame'>) => readonly string[]): string[] {
    const line = this.#line(row);
    if (line) return this.#set(line);
    return row.kind === 'event' && row.event.type === 'frame' ? this.#frame(row.event, namesOf(row.event)) : [];
  }

  #line(row: Row): Line | undefined {
    const { palette, labels, servers } = this.#options;
    switch (row.kind) {
      case 'event':
        if (row.event.type === 'message') return this.#message(row.event);
        return row.event.type === 'note' ? this.#note(row.event) : undefined;
      case 'joined': {
        const [first, ...others] = row.notes;
        if (!first) return undefined;
        if (others.length === 0) return this.#note(first);
        return {
          at: first.at,
          head: this.#head(first.peer ?? '', '•'),
          text: textOfJoined(row, labels, this.#words),
          paint: palette.dim,
        };
      }
      case 'leaves':
        return {
          at: row.event.at,
          head: this.#head(row.event.peer, '•'),
          text: labels.unsaid(row.event, servers.of(row.event)),
          paint: palette.dim,
        };
      case 'same':
        return { at: row.last.at, head: '', text: this.#words.same(row.who.map(named)), paint: palette.dim };
      case 'repeated':
        return {
          at: row.last.at,
          head: this.#head(row.peer, '•'),
          text: textOfRepeated(row.ids, this.#words),
          paint: palette.dim,
        };
    }
  }

  /** An arrow is something that was on the wire; what is concluded has a sign of its own, and is the server's doing. */
  #message(event: EventOf<'message'>): Line {
    const { palette, labels, servers } = this.#options;
    const { at, peer, from, basis, latencyMs, stage } = event;
    const why = labels.why(event);
    const paint = palette.stage(stage);
    if (basis === 'concluded') {
      const head = `${this.#head(servers.of(event), signOf(stage))}`;
      const text = labels.concluded(event);
      return {
        at,
        head,
        text,
        paint,
        ...(why === '' ? {} : { tail: { text: `: ${why}`, paint: palette.why(stage) } }),
      };
    }
    // Where lanes tell of a time, it is when something was; a log tells how long it took, too.
    const isArrival = !this.#options.wraps && from === 'server' && latencyMs !== undefined && stage !== 'confirmed';
    const after = isArrival ? `  +${latencyMs.toFixed(1)} ms` : '';
    const head = this.#head(peer, `${from === 'client' ? '→' : '←'} ${servers.of(event)} `);
    const text = labels.seen(event, Number.POSITIVE_INFINITY);
    const tail = why === '' ? { text: after, paint: palette.dim } : { text: `: ${why}`, paint: palette.why(stage) };
    return { at, head, text, paint, ...(tail.text === '' ? {} : { tail }) };
  }

  #note(note: EventOf<'note'>): Line {
    const { palette, labels } = this.#options;
    const sign = signOfNote(note);
    const head = note.peer === undefined ? `${sign} ` : this.#head(note.peer, sign);
    // A remark is about what happened, and happens at no time; in a log each line has one.
    const at = sign === REMARK && this.#options.wraps ? undefined : note.at;
    return { at, head, text: labels.note(note), paint: palette.note(note) };
  }

  #head(name: string, sign: string): string {
    return `${pad(name, this.#options.names.columns)} ${sign} `;
  }

  #set({ at, head, text, paint, tail }: Line): string[] {
    const { look, palette, wraps } = this.#options;
    const start = at === undefined ? ' '.repeat(TIME_COLUMNS) + head : `${palette.dim(ms(at))}  ${head}`;
    const told = `${text}${tail?.text ?? ''}`;
    // What goes on below stands in one column, whichever server it is about.
    const indent = TIME_COLUMNS + Math.min(stringWidth(head), this.#options.names.columns + SIGN_COLUMNS);
    const columns = look.width;
    const [first = '', ...more] = wraps ? hang(`${' '.repeat(TIME_COLUMNS)}${head}${told}`, columns, indent) : [told];
    const shown = wraps ? first.slice(TIME_COLUMNS + head.length) : first;
    if (!tail || !shown.startsWith(text))
      return [start + paint(shown), ...more.map((line) => (tail?.paint ?? paint)(line))];
    return [start + paint(text) + tail.paint(shown.slice(text.length)), ...more.map((line) => tail.paint(line))];
  }

  #frame(event: EventOf<'frame'>, names: readonly string[]): string[] {
    const { palette, names: column } = this.#options;
    const { at, from, name, summary, sizeBytes, bytes, bytesWithheld } = event;
    const of = names.length === 0 ? '' : `${names.join(', ')} `;
    const start = `${palette.dim(ms(at))}  ${pad(column.ofFrame(event), column.columns)} ${from === 'client' ? '→' : '←'}`;
    const head = `${start} ${of}${palette.bold(name)} ${summary === '' ? '' : `${summary} `}${palette.dim(`${sizeBytes} B`)}`;
    if (bytesWithheld) return [head, palette.dim(`${' '.repeat(TIME_COLUMNS)}${this.#words.withheld}`)];
    if (bytes === undefined) return [head];
    return [head, ...hexLines(bytes, sizeBytes, this.#words.moreBytes).map((line) => palette.dim(line))];
  }
}

/** What was said at a goodbye, or carried out by EXEC; of the latter what differs from the last time, where there was one. */
export function textOfJoined(
  { notes, changed }: Extract<Row, { kind: 'joined' }>,
  labels: Labels,
  { sameWith }: Words,
): string {
  // Of several connections that are closed at once it is said once.
  const text = [...new Set((changed ?? notes).map((note) => labels.note(note)))].join(' · ');
  return changed === undefined ? text : sameWith(text);
}

/** How often it was done again, and with which numbers where they have any. */
export function textOfRepeated(ids: readonly Ids[], { repeated }: Words): string {
  const numbers = firstToLast(ids.flat());
  return numbers === '' ? repeated(ids.length) : `${repeated(ids.length)} (${numbers})`;
}

/** `bob (#5)`: somebody who did the same. */
function named({ peer, ids }: Who): string {
  return ids.length === 0 ? peer : `${peer} (${firstToLast(ids)})`;
}
