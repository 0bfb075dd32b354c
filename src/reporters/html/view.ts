/**
 * A run as the page needs it: pieces, a line of text each, that come as its events do, worded in each language already.
 * A piece is JSON; the event behind it, where the page may ask for it, follows a tab as JSON of its own, so that the page
 * need not read a hundred thousand of them to show thirty.
 */
import type { EventOf, Stage, TraceEvent } from '../../core/events.ts';
import { LANGUAGES, type Language } from '../../core/language.ts';
import { printableJson } from '../../core/text/printable.ts';
import { Diagram, type Row } from '../diagram/rows.ts';
import { shows } from '../page/layers.ts';
import type { Layer, Look } from '../reporter.ts';

/** The layers that the page offers, by their letters. */
const LETTERS: readonly (readonly [Layer, string])[] = [
  ['story', 's'],
  ['message', 'm'],
  ['frame', 'f'],
];

type InEach<Value> = { readonly [language in Language]: Value };

/** One line of the page. */
interface Line {
  readonly piece: 'line';
  /** The letters of the layers in which it stands. */
  readonly layers: string;
  /** It belongs to a handshake or a goodbye. */
  readonly handshake?: true;
  readonly row: Omit<Row, 'text'> & { readonly text: InEach<string> };
  readonly seq: number;
  readonly type: TraceEvent['type'];
  readonly peer?: string | undefined;
  readonly name?: string | undefined;
  /** What is known of a message without its event. */
  readonly message?: {
    readonly id: string;
    readonly among?: readonly string[];
    readonly stage: Stage;
    readonly seen?: true;
    readonly latencyMs?: number;
    readonly frames: readonly number[];
  };
}

/** What the page gets of a run. `run` begins one; its event is the first of the run. */
export type Piece =
  | {
      readonly piece: 'run';
      readonly language: Language;
      readonly title: InEach<string>;
      readonly servers: InEach<string>;
    }
  /** Those with a lifeline so far, in their order. */
  | { readonly piece: 'who'; readonly participants: Diagram['participants'] }
  | Line
  | { readonly piece: 'table' }
  | { readonly piece: 'end' };

/** A piece as text, without the end of its line. */
export function written(piece: Piece, event?: TraceEvent): string {
  const told = printableJson(piece);
  return event === undefined ? told : `${told}\t${printableJson(event)}`;
}

/** A piece, and the text that tells it. */
export interface PieceText {
  readonly piece: Piece['piece'];
  readonly text: string;
}

/** Turns the events of one run into pieces. */
export class View {
  readonly #look: Look;
  readonly #diagrams: readonly (readonly [Language, Diagram])[];
  #participants = 0;
  #introduced = 0;

  constructor(look: Look) {
    this.#look = look;
    this.#diagrams = LANGUAGES.map((language) => [language, new Diagram({ ...look, language }, 0)]);
  }

  add(event: TraceEvent): PieceText[] {
    const rows = this.#diagrams.map(([language, diagram]) => [language, diagram.rowOf(diagram.meet(event))] as const);
    const of = (piece: Piece, behind?: TraceEvent): PieceText => ({ piece: piece.piece, text: written(piece, behind) });
    if (event.type === 'run-start') {
      const title = this.#inEach((one) => one.title);
      const servers = this.#inEach((one) => one.served.join(', '));
      return [of({ piece: 'run', language: this.#look.language, title, servers }, event)];
    }
    if (event.type === 'run-end') return [of({ piece: 'end' }, event)];
    if (event.type === 'table') return [of({ piece: 'table' }, event)];
    const [, row] = rows[0] ?? [];
    const layers = this.#lettersOf(event, true);
    const told = this.#who(event);
    if (!row || layers === '') return told;
    const text = Object.fromEntries(rows.map(([language, one]) => [language, one?.text ?? ''])) as InEach<string>;
    const line = {
      piece: 'line',
      layers,
      ...(this.#lettersOf(event, false) === '' ? ({ handshake: true } as const) : {}),
      row: { ...row, text },
      seq: event.seq,
      type: event.type,
      peer: 'peer' in event ? event.peer : undefined,
      name: 'name' in event ? event.name : undefined,
      ...(event.type === 'message' ? { message: ofMessage(event) } : {}),
    } as const;
    return [...told, of(line, event)];
  }

  /** Who takes part, where that has changed. */
  #who(event: TraceEvent): PieceText[] {
    if (event.type === 'peer') this.#introduced += 1;
    const participants = this.#diagrams[0]?.[1].participants ?? [];
    const known = participants.length + this.#introduced;
    if (known === this.#participants) return [];
    this.#participants = known;
    return [{ piece: 'who', text: written({ piece: 'who', participants }) }];
  }

  #inEach(of: (diagram: Diagram) => string): InEach<string> {
    return Object.fromEntries(this.#diagrams.map(([language, one]) => [language, of(one)])) as InEach<string>;
  }

  #lettersOf(event: TraceEvent, handshakes: boolean): string {
    const shown = LETTERS.filter(([layer]) => shows({ ...this.#look, layer, handshakes }, event));
    return shown.map(([, letter]) => letter).join('');
  }
}

function ofMessage({ id, among, stage, basis, latencyMs, frames }: EventOf<'message'>): NonNullable<Line['message']> {
  return {
    id,
    ...(among === undefined ? {} : { among }),
    stage,
    ...(basis === 'seen' ? { seen: true } : {}),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    frames,
  };
}
