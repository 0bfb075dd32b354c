/** Draws the rows of a section in lanes: who acts in it has one, and whoever is away has no lifeline. */

import stringWidth from 'fast-string-width';
import type { EventOf, Side } from '../../core/events.ts';
import { wrap } from '../../core/text/columns.ts';
import type { Drawing, Parts } from '../page/page.ts';
import { isSaid, signOf, signOfNote } from '../page/palette.ts';
import { TIME_COLUMNS, textOfJoined, textOfRepeated } from '../page/plain.ts';
import { firstToLast } from '../page/rows/naming.ts';
import { isEnd } from '../page/rows/presence.ts';
import type { Row, Who } from '../page/rows/rows.ts';
import { brokenAtParts, cut, leastColumns, ms } from '../page/text.ts';
import { wordsIn } from '../words/words.ts';
import { ARROW_COLUMNS, arrow, below, type Canvas, mark, markBeside, marks, roomBetween } from './draw.ts';
import { headOf, type Lane, type Lanes, laneOf, lanesOf, orderOf, type Span } from './lanes.ts';

/** A longer label goes on below its arrow rather than that there are no lanes. */
const MOST_LABEL = 28;
/** In less room an arrow would hold single words of what has several lines. */
const LEAST_ROOM = 20;

/** Somebody does something at a server; where it is traffic, with what an arrow of it would hold. */
interface Act {
  readonly peer?: string;
  readonly server: string;
  readonly least?: number;
  /** With the place where it goes, where that decides what becomes of it. */
  readonly place?: number;
  readonly full?: number;
}

export class LaneDrawing implements Drawing {
  readonly #parts: Parts;
  /** Who has acted in this section. */
  #acts: Act[] = [];
  #lanes: Lanes | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  reset(): void {
    this.#acts = [];
    this.#lanes = undefined;
  }

  draw(rows: readonly Row[], plain: (row: Row) => string[]): string[] | undefined {
    const { look, presence } = this.#parts;
    for (const row of rows) if (row.kind === 'event' && row.event.type === 'peer') presence.meet(row.event);
    this.#acts.push(...rows.flatMap((row) => this.#actsOf(row)));
    const hasTraffic = rows.some((row) => row.kind === 'event' && row.event.type === 'message');
    if (!this.#lanes && !hasTraffic) return undefined;
    const order = orderOf(this.#acts, presence.joined);
    const isNew = !this.#lanes || !sameLanes(order, this.#lanes.lanes);
    if (isNew) this.#lanes = this.#fitted(order, look.width - TIME_COLUMNS);
    const lanes = this.#lanes;
    if (!lanes) return undefined;
    return [...(isNew ? this.#head(lanes) : []), ...rows.flatMap((row) => this.#row(row, lanes, plain))];
  }

  /** Lanes that show where everything goes, or else at least what it is. */
  #fitted(order: readonly Lane[], width: number): Lanes | undefined {
    return (
      lanesOf(
        order,
        width,
        this.#spans(order, ({ place = 0 }) => place),
      ) ??
      lanesOf(
        order,
        width,
        this.#spans(order, ({ least = 0 }) => least),
      )
    );
  }

  #actsOf(row: Row): Act[] {
    const { servers, labels } = this.#parts;
    if (row.kind === 'leaves') return [{ peer: row.event.peer, server: servers.of(row.event) }];
    if (row.kind === 'same') return row.who.map(({ peer }) => ({ peer, server: servers.of(row.last) }));
    const events = row.kind === 'event' ? [row.event] : row.kind === 'joined' ? row.notes : [];
    return events.flatMap((event): Act[] => {
      if (event.type === 'message') {
        const server = servers.of(event);
        if (event.basis === 'concluded') return [{ server }];
        const full = stringWidth(labels.seen(event, Number.POSITIVE_INFINITY));
        const shortest = labels.shortest(event);
        // It may go on below its arrow, but no word of it is broken.
        const word = event.from === 'client' && event.name === undefined ? labels.withPlace(event) : shortest;
        const least = Math.max(leastColumns(word), Math.min(stringWidth(shortest), MOST_LABEL));
        const place = event.stage === 'published' ? stringWidth(labels.withPlace(event)) : least;
        return [{ peer: event.peer, server, least, place, full }];
      }
      if (event.type !== 'note' || event.peer === undefined || event.service === undefined) return [];
      const full = isSaid(event) ? { full: stringWidth(labels.note(event)) } : {};
      return [{ peer: event.peer, server: servers.of(event), ...full }];
    });
  }

  /** What is to stand between which lanes. */
  #spans(lanes: readonly Lane[], leastOf: (act: Act) => number): Span[] {
    return this.#acts.flatMap((act) => {
      const { peer, server, full } = act;
      if (peer === undefined || full === undefined || peer === server) return [];
      const [from, to] = [laneOf(lanes, peer), laneOf(lanes, server)];
      return [{ from, to, least: leastOf(act) + ARROW_COLUMNS, full: full + ARROW_COLUMNS }];
    });
  }

  #head(lanes: Lanes): string[] {
    return ['', this.#parts.palette.bold('      ms'.padEnd(TIME_COLUMNS) + headOf(lanes))];
  }

  #row(row: Row, lanes: Lanes, plain: (row: Row) => string[]): string[] {
    const { presence, palette } = this.#parts;
    // Whoever does something now is there while it is drawn, even if it is the last thing.
    if (row.kind === 'event' && !(row.event.type === 'note' && isEnd(row.event))) presence.meet(row.event);
    const canvas: Canvas = {
      lanes,
      isHere: (lane) => {
        const { name = '', isServer = true } = lanes.lanes[lane] ?? {};
        return isServer || presence.isHere(name);
      },
      dim: palette.dim,
    };
    const lines = this.#drawn(row, canvas) ?? plain(row);
    const notes =
      row.kind === 'joined' ? row.notes : row.kind === 'event' && row.event.type === 'note' ? [row.event] : [];
    for (const note of notes) presence.meet(note);
    return lines;
  }

  /** Undefined where it is of nobody who has a lane. */
  #drawn(row: Row, canvas: Canvas): string[] | undefined {
    const { labels, palette, look, servers } = this.#parts;
    switch (row.kind) {
      case 'event':
        if (row.event.type === 'note') return this.#note(row.event, canvas);
        if (row.event.type !== 'message') return row.event.type === 'frame' ? undefined : [];
        return row.event.basis === 'seen' ? this.#message(row.event, canvas) : this.#conclusion(row.event, canvas);
      case 'joined': {
        const [first] = row.notes;
        const text = textOfJoined(row, labels, wordsIn(look.language));
        return first && this.#mark(first.at, first.peer, '•', text, palette.dim, canvas);
      }
      case 'leaves':
        return this.#mark(
          row.event.at,
          row.event.peer,
          '•',
          labels.unsaid(row.event, servers.of(row.event)),
          palette.dim,
          canvas,
        );
      case 'same':
        return this.#same(row.last.at, row.who, canvas);
      case 'repeated':
        return this.#mark(
          row.last.at,
          row.peer,
          '•',
          textOfRepeated(row.ids, wordsIn(look.language)),
          palette.dim,
          canvas,
        );
    }
  }

  /** Others did the same: a mark at each of them, in one line unless each did it with numbers of its own. */
  #same(at: number, who: readonly Who[], canvas: Canvas): string[] {
    const { palette, look } = this.#parts;
    const { sameHere } = wordsIn(look.language);
    const lines = who.some(({ ids }) => ids.length > 0)
      ? who.flatMap(({ peer, ids }) =>
          mark(canvas, laneOf(canvas.lanes.lanes, peer), '•', `${sameHere} (${firstToLast(ids)})`, palette.dim),
        )
      : marks(
          canvas,
          who.map(({ peer }) => laneOf(canvas.lanes.lanes, peer)),
          '•',
          sameHere,
          palette.dim,
        );
    return lines.map((line, index) => this.#line(index === 0 ? at : undefined, line));
  }

  /** What was on the wire, between the two who said and heard it. */
  #message(event: EventOf<'message'>, canvas: Canvas): string[] {
    const { labels, servers, palette, look } = this.#parts;
    const server = laneOf(canvas.lanes.lanes, servers.of(event));
    const client = laneOf(canvas.lanes.lanes, event.peer);
    // One that calls itself has nobody to draw an arrow to.
    if (client === server)
      return this.#mark(event.at, event.peer, '•', labels.withPlace(event), palette.dim, canvas) ?? [];
    const room = roomBetween(canvas.lanes, client, server);
    const why = labels.why(event);
    const withWhy = `${labels.brief(event)}: ${why}`;
    const paint = palette.stage(event.stage);
    if (why !== '' && stringWidth(withWhy) <= room) {
      return [this.#arrow(event.at, event.from, client, server, withWhy, paint, canvas)];
    }
    const label = labels.seen(event, room);
    const roomBelow = room + ARROW_COLUMNS - 3;
    const [first = '', ...others] = brokenAtParts(label, roomBelow, room);
    const [from, to] = ends(event.from, client, server);
    const line = this.#arrow(event.at, event.from, client, server, cut(first, room), paint, canvas);
    const more = [...others, ...this.#unsaid(event, label, roomBelow)].map((text) =>
      this.#line(undefined, below(canvas, from, to, cut(text, roomBelow), paint)),
    );
    if (why === '') return [line, ...more];
    const told = markBeside(canvas, server, wordsIn(look.language).why(why), palette.why(event.stage));
    return [line, ...more, ...told.map((one) => this.#line(undefined, one))];
  }

  /** What is said in a message that has no name to know it by goes on below its arrow, where there is no room in it. */
  #unsaid(event: EventOf<'message'>, label: string, room: number): string[] {
    const { labels } = this.#parts;
    if (event.name !== undefined || event.from !== 'client' || event.stage === 'requested') return [];
    const whole = labels.withPlace(event);
    const place = label === labels.brief(event) ? whole.slice(label.length + 1) : '';
    const body = [place, label.length > whole.length ? '' : labels.body(event)].filter((part) => part !== '').join(' ');
    return body === '' ? [] : brokenAtParts(body, room, room);
  }

  /** What nothing on the wire shows: a mark at the server, with its reason beside it. */
  #conclusion(event: EventOf<'message'>, canvas: Canvas): string[] {
    const { labels, servers, palette } = this.#parts;
    const { at, stage } = event;
    const why = labels.why(event);
    const what = `${signOf(stage)} ${labels.concluded(event)}`;
    const paint = why === '' ? palette.stage(stage) : palette.why(stage);
    const server = laneOf(canvas.lanes.lanes, servers.of(event));
    const lines = markBeside(canvas, server, why === '' ? what : `${what}: ${why}`, paint);
    return lines.map((line, index) => this.#line(index === 0 ? at : undefined, line));
  }

  /** What a frame said is an arrow, where there is room for it; everything else is a mark at its peer. */
  #note(note: EventOf<'note'>, canvas: Canvas): string[] | undefined {
    const { labels, palette, servers } = this.#parts;
    const text = labels.note(note);
    const [client, server] = [
      laneOf(canvas.lanes.lanes, note.peer ?? ''),
      laneOf(canvas.lanes.lanes, servers.of(note)),
    ];
    const mark = (): string[] | undefined =>
      this.#mark(note.at, note.peer, signOfNote(note), text, palette.note(note), canvas);
    if (client < 0 || server < 0 || !isSaid(note)) return mark();
    const room = roomBetween(canvas.lanes, client, server);
    const [first = '', ...more] = wrap(text, room + ARROW_COLUMNS - 3, room);
    const isShort = more.length === 0 && stringWidth(first) <= room;
    if (
      (room < LEAST_ROOM && !isShort) ||
      [first, ...more].some((line) => stringWidth(line) > room + ARROW_COLUMNS - 3)
    )
      return mark();
    const paint = palette.note(note);
    return [
      this.#arrow(note.at, note.from ?? 'client', client, server, first, paint, canvas),
      ...more.map((line) => this.#line(undefined, below(canvas, ...ends(note.from, client, server), line, paint))),
    ];
  }

  #arrow(
    at: number,
    by: Side,
    client: number,
    server: number,
    label: string,
    paint: (text: string) => string,
    canvas: Canvas,
  ): string {
    const [from, to] = ends(by, client, server);
    return this.#line(at, arrow(canvas, from, to, label, paint));
  }

  #mark(
    at: number,
    peer: string | undefined,
    sign: string,
    text: string,
    paint: (text: string) => string,
    canvas: Canvas,
  ): string[] | undefined {
    const lane = peer === undefined ? -1 : laneOf(canvas.lanes.lanes, peer);
    if (lane < 0) return undefined;
    return mark(canvas, lane, sign, text, paint).map((line, index) => this.#line(index === 0 ? at : undefined, line));
  }

  #line(at: number | undefined, body: string): string {
    return at === undefined ? ' '.repeat(TIME_COLUMNS) + body : `${this.#parts.palette.dim(ms(at))}  ${body}`;
  }
}

function sameLanes(one: readonly Lane[], other: readonly Lane[]): boolean {
  return one.length === other.length && one.every(({ name }, index) => name === other[index]?.name);
}

function ends(by: Side | undefined, client: number, server: number): [from: number, to: number] {
  return by === 'server' ? [server, client] : [client, server];
}
