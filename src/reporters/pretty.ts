/** Lanes: every peer has a column, time runs down, and messages are arrows between a peer and its server. */
import stringWidth from 'fast-string-width';
import { wrap } from '../core/columns.ts';
import type { EventOf, TraceEvent } from '../core/events.ts';
import { arrowBetween, type Lanes, lanesOf, mark } from './_lanes.ts';
import { shows } from './_layers.ts';
import {
  commonLines,
  labelOf,
  ms,
  noteText,
  type Palette,
  Paragraphs,
  paletteOf,
  serverOf,
  signOf,
  whyOf,
} from './_phrases.ts';
import { Wording } from './_wording.ts';
import { eventLines, Names } from './lines.ts';
import { framesOf, type Look, type Reporter } from './reporter.ts';

const pretty: Reporter = {
  name: 'pretty',
  title: 'lanes in the terminal',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    const page = new Page(look);
    const paragraphs = new Paragraphs();
    const wording = new Wording(look);
    return (event) => paragraphs.text(page.write(wording.apply(event)));
  },
};
export default pretty;

/** The columns before the first lane hold the time. */
const TIME_COLUMNS = 10;

class Page {
  readonly #look: Look;
  readonly #palette: Palette;
  readonly #names = new Names();
  /** Who speaks with each server, by the server's title. */
  readonly #peers = new Map<string, string[]>();
  /** The server whose lanes are drawn, and how many peers it had when its head was written. */
  #drawn: { server: string; count: number } | undefined;

  constructor(look: Look) {
    this.#look = look;
    this.#palette = paletteOf(look);
  }

  write(event: TraceEvent): string[] {
    this.#names.meet(event);
    if (event.type === 'peer') {
      const server = serverOf(event);
      this.#peers.set(server, [...(this.#peers.get(server) ?? []), event.peer]);
    }
    if (!shows(this.#look, event)) return [];
    // What stands on lines of its own ends the lanes; they are headed again when they go on.
    if (event.type === 'step' || event.type === 'table') this.#drawn = undefined;
    if (event.type === 'message') return this.#inLanes(event, (lanes) => this.#message(event, lanes));
    // Peers join one by one and tell so; only messages are worth a new head.
    const isAtLane = event.type === 'note' && event.peer !== undefined && event.service !== undefined;
    if (isAtLane && this.#drawn?.server === serverOf(event)) {
      return this.#inLanes(event, (lanes) => this.#note(event, lanes));
    }
    return [
      ...eventLines(event, this.#names, this.#palette, this.#look.language),
      ...commonLines(event, this.#look, this.#palette),
    ];
  }

  /** Draws in the lanes of the event's service, under a head where one is due; on plain lines where they don't fit. */
  #inLanes(event: EventOf<'message'> | EventOf<'note'>, draw: (lanes: Lanes) => string[]): string[] {
    const server = serverOf(event);
    const peers = this.#peers.get(server) ?? [];
    const lanes = lanesOf(peers, server, this.#look.width - TIME_COLUMNS);
    // A peer that nobody introduced has no lane: the trace began before this report. A conclusion needs the server's only.
    const hasLane = peers.includes(event.peer!) || (event.type === 'message' && event.basis === 'concluded');
    if (!lanes || !hasLane) return eventLines(event, this.#names, this.#palette, this.#look.language);
    const due = this.#drawn?.server !== server || (event.type === 'message' && this.#drawn.count !== peers.length);
    if (due) this.#drawn = { server, count: peers.length };
    return [...(due ? this.#head(lanes) : []), ...draw(lanes)];
  }

  #head(lanes: Lanes): string[] {
    let line = '      ms'.padEnd(TIME_COLUMNS);
    for (const [index, title] of lanes.titles.entries()) {
      line += ' '.repeat(Math.max(index === 0 ? 0 : 1, TIME_COLUMNS + lanes.at[index]! - stringWidth(line))) + title;
    }
    return ['', this.#palette.bold(line)];
  }

  #message(event: EventOf<'message'>, lanes: Lanes): string[] {
    return event.basis === 'seen' ? this.#arrow(event, lanes) : this.#conclusion(event, lanes);
  }

  /** What was on the wire, between the two who said and heard it. */
  #arrow(event: EventOf<'message'>, lanes: Lanes): string[] {
    const client = lanes.of(event.peer);
    const [from, to] = event.from === 'client' ? [client, lanes.server] : [lanes.server, client];
    const paint = this.#palette.stage(event.stage);
    const arrow = arrowBetween(lanes, from, to, labelOf(event), event.body ?? '', paint);
    return [this.#line(event.at, arrow), ...this.#why(whyOf(event, this.#look.language))];
  }

  /** What nothing on the wire shows: a mark at the server, with its reason beside it where the page is wide enough. */
  #conclusion(event: EventOf<'message'>, lanes: Lanes): string[] {
    const { at, stage, route } = event;
    const paint = this.#palette.stage(stage);
    const { bold } = this.#palette;
    const why = whyOf(event, this.#look.language);
    const what = `${signOf(stage)} ${labelOf(event)}${route === '' ? '' : ` ${route}`}`;
    const room = lanes.width - lanes.at[lanes.server]! - 2;
    const [first, ...more] = wrap(why === '' ? what : `${what}: ${why}`, room - 2);
    const fits = [first!, ...more].every((line) => stringWidth(line) <= room - 2) && first!.startsWith(what);
    if (!fits) return [this.#line(at, mark(lanes, lanes.server, what, paint)), ...this.#why(why)];
    const bright = (text: string): string => paint(text.slice(0, what.length)) + bold(text.slice(what.length));
    return [
      this.#line(at, mark(lanes, lanes.server, first!, bright)),
      ...more.map((line) => ' '.repeat(TIME_COLUMNS) + mark(lanes, lanes.server, `  ${line}`, bold)),
    ];
  }

  #note(event: EventOf<'note'>, lanes: Lanes): string[] {
    const text = `• ${noteText(event, this.#look.language)}`;
    // Nothing of what is said is cut off for the lanes' sake.
    if (stringWidth(text) > lanes.width) return eventLines(event, this.#names, this.#palette, this.#look.language);
    return [this.#line(event.at, mark(lanes, lanes.of(event.peer!), text, this.#palette.note(event)))];
  }

  #why(why: string): string[] {
    if (why === '') return [];
    const room = this.#look.width - TIME_COLUMNS - 7;
    return wrap(`why: ${why}`, Math.max(30, room)).map(
      (line) => `${' '.repeat(TIME_COLUMNS)}     ${this.#palette.bold(line)}`,
    );
  }

  #line(at: number, body: string): string {
    return `${this.#palette.dim(ms(at))}  ${body}`;
  }
}
