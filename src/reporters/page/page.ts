/** A page as it grows: events in, lines out, the same words in lanes and without them. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Look, Report } from '../reporter.ts';
import { Tallies } from './account/tally.ts';
import { Common } from './common.ts';
import { Glossary } from './head/glossary.ts';
import type { Style } from './head/head.ts';
import { shows } from './layers.ts';
import { type Palette, paletteOf } from './palette.ts';
import { Names, Plain } from './plain.ts';
import { folded, rowsOf } from './rows/fold.ts';
import { Labels } from './rows/labels.ts';
import { Presence } from './rows/presence.ts';
import { eventsOf, type Row } from './rows/rows.ts';
import { type Pace, Sections } from './rows/sections.ts';
import { Servers } from './servers.ts';
import { Paragraphs } from './text.ts';
import { Wording } from './wording.ts';

/** What a page is made of. */
export interface Parts {
  readonly look: Look;
  readonly palette: Palette;
  readonly labels: Labels;
  readonly servers: Servers;
  readonly presence: Presence;
}

/** Draws rows between two boundaries of a page in a way of its own. */
export interface Drawing {
  /** What follows is another section. */
  reset(): void;
  /** Undefined where plain lines have to do. `plain` gives the lines of a row that does not fit in. */
  draw(rows: readonly Row[], plain: (row: Row) => string[]): string[] | undefined;
}

export class Page {
  readonly #look: Look;
  readonly #parts: Parts;
  readonly #sections: Sections;
  readonly #wording: Wording;
  readonly #paragraphs = new Paragraphs();
  readonly #names = new Names();
  readonly #tallies = new Tallies();
  readonly #glossary: Glossary;
  readonly #common: Common;
  readonly #plain: Plain;
  readonly #drawing: Drawing | undefined;
  /** Who is there behind all that was released so far. */
  readonly #told = new Presence();

  constructor(look: Look, style: Style, pace: Pace, drawing?: (parts: Parts) => Drawing) {
    this.#look = look;
    this.#sections = new Sections(pace);
    this.#wording = new Wording(look);
    this.#glossary = new Glossary(look);
    const servers = new Servers(look);
    const palette = paletteOf(look);
    this.#parts = { look, palette, labels: new Labels(look.language), servers, presence: new Presence() };
    this.#common = new Common(look, palette, servers, this.#tallies, style);
    this.#plain = new Plain({ ...this.#parts, names: this.#names, wraps: style === 'lanes' });
    this.#drawing = drawing?.(this.#parts);
  }

  readonly report = (told: TraceEvent): string => {
    const event = this.#wording.apply(told);
    this.#names.meet(event, shows(this.#look, event));
    this.#parts.servers.meet(event);
    this.#parts.labels.meet(event);
    this.#tallies.meet(event);
    return this.#paragraphs.text(this.#sections.next(event).flatMap((batch) => this.#draw(batch)));
  };

  /** What was held back for the rest of its section, which does not come. */
  readonly late = (): string => this.#paragraphs.text(this.#sections.late().flatMap((batch) => this.#draw(batch)));

  #draw(batch: readonly TraceEvent[]): string[] {
    const [first] = batch;
    if (first === undefined) return [];
    const lines = batch.length === 1 && shows(this.#look, first) ? this.#common.lines(first) : [];
    if (lines.length > 0) {
      if (first.type === 'step' || first.type === 'table') this.#drawing?.reset();
      return lines;
    }
    const told = batch.filter(
      (event) => event.type === 'connection' || event.type === 'peer' || shows(this.#look, event),
    );
    // Whoever asks for all of it gets each of it.
    const each = rowsOf(told, this.#told);
    const rows = (this.#look.layer ?? 'story') === 'story' ? folded(each, this.#parts.labels) : each;
    const plain = (row: Row): string[] => this.#plain.lines(row, (frame) => namesOf(frame, batch));
    const words = this.#glossary.lines(eventsOf(rows)).map((line) => this.#parts.palette.dim(line));
    const drawn = this.#drawing?.draw(rows, plain);
    return [...words, ...(drawn ?? rows.flatMap((row) => this.#alone(row, plain)))];
  }

  #alone(row: Row, plain: (row: Row) => string[]): string[] {
    if (row.kind === 'event') this.#parts.presence.meet(row.event);
    return plain(row);
  }
}

/** What the messages of a frame are called. */
function namesOf({ seq }: EventOf<'frame'>, batch: readonly TraceEvent[]): string[] {
  const names = batch.flatMap((event) =>
    event.type === 'message' && event.basis === 'seen' && event.frames.includes(seq) ? [event.name ?? event.id] : [],
  );
  return [...new Set(names)].slice(0, 5);
}

/** The page as a report. */
export function reportOf({ report, late }: Page): Report {
  return Object.assign((event: TraceEvent) => report(event), { late });
}
