/** A run as the page needs it: rows that are worded in each language already, with the events behind them. */
import type { TraceEvent } from '../../core/events.ts';
import { LANGUAGES, type Language } from '../../core/language.ts';
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
  /** The letters of the layers in which it stands. */
  readonly layers: string;
  /** It belongs to a handshake or a goodbye. */
  readonly handshake: boolean;
  readonly row: Omit<Row, 'text'> & { readonly text: InEach<string> };
  readonly event: TraceEvent;
}

/** What the page gets of a run. */
export interface RunView {
  readonly language: Language;
  readonly title: InEach<string>;
  readonly participants: Diagram['participants'];
  readonly lines: readonly Line[];
  /** Its first and its last event, and its tables. */
  readonly start: TraceEvent | undefined;
  readonly end: TraceEvent | undefined;
  readonly tables: readonly TraceEvent[];
}

export class View {
  readonly #look: Look;
  readonly #diagrams: readonly (readonly [Language, Diagram])[];
  readonly #lines: Line[] = [];
  readonly #tables: TraceEvent[] = [];
  #start: TraceEvent | undefined;
  #end: TraceEvent | undefined;

  constructor(look: Look) {
    this.#look = look;
    this.#diagrams = LANGUAGES.map((language) => [language, new Diagram({ ...look, language }, 0)]);
  }

  add(event: TraceEvent): void {
    if (event.type === 'run-start') this.#start = event;
    if (event.type === 'run-end') this.#end = event;
    if (event.type === 'table') this.#tables.push(event);
    const rows = this.#diagrams.map(([language, diagram]) => [language, diagram.rowOf(diagram.meet(event))] as const);
    const row = rows[0]?.[1];
    const letters = this.#lettersOf(event, true);
    if (!row || letters === '') return;
    const text = Object.fromEntries(rows.map(([language, one]) => [language, one?.text ?? ''])) as InEach<string>;
    const handshake = this.#lettersOf(event, false) === '';
    this.#lines.push({ layers: letters, handshake, row: { ...row, text }, event });
  }

  run(): RunView {
    const title = Object.fromEntries(this.#diagrams.map(([language, { title: said }]) => [language, said]));
    return {
      language: this.#look.language,
      title: title as InEach<string>,
      participants: this.#diagrams[0]?.[1].participants ?? [],
      lines: this.#lines,
      start: this.#start,
      end: this.#end,
      tables: this.#tables,
    };
  }

  #lettersOf(event: TraceEvent, handshakes: boolean): string {
    const shown = LETTERS.filter(([layer]) => shows({ ...this.#look, layer, handshakes }, event));
    return shown.map(([, letter]) => letter).join('');
  }
}
