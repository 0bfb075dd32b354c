/** What stands in lanes: lifelines, arrows between them, and marks on them. */

import stringWidth from 'fast-string-width';
import { wrap } from '../../core/text/columns.ts';
import { cut } from '../page/text.ts';
import type { Lanes } from './lanes.ts';

export type Paint = (text: string) => string;

/** What a row is drawn on: the lanes, and who is there at that moment. */
export interface Canvas {
  readonly lanes: Lanes;
  /** Whether the lane has a lifeline now: an absent peer has none. */
  readonly isHere: (lane: number) => boolean;
  readonly dim: Paint;
}

/** A narrower place would break a text into single words. */
const LEAST_ROOM = 30;
/** Further away from its lane a mark would not be seen to belong there. */
const MOST_SHIFT = 20;

/** What of an arrow is no label. */
export const ARROW_COLUMNS = 6;

/** How many columns a label has in an arrow between two lanes. */
export function roomBetween({ at }: Lanes, from: number, to: number): number {
  return Math.abs((at[to] ?? 0) - (at[from] ?? 0)) - ARROW_COLUMNS;
}

/** The lifelines, with an arrow from one lane to another that bears a label. */
export function arrow(canvas: Canvas, from: number, to: number, label: string, paint: Paint): string {
  const { at } = canvas.lanes;
  const [left, right] = from < to ? [from, to] : [to, from];
  const start = (at[left] ?? 0) + 1;
  const shaft = '─'.repeat(Math.max(0, (at[right] ?? 0) - start - stringWidth(label) - 3));
  const text = from < to ? ` ${label} ${shaft}▶` : `◀${shaft} ${label} `;
  return overlay(canvas, [{ start, text }], paint);
}

/** An event of a peer: its sign on the peer's lane, its text beside it, on the side where there is room. */
export function mark(canvas: Canvas, lane: number, sign: string, text: string, paint: Paint): string[] {
  const { at, width, titles } = canvas.lanes;
  const column = at[lane] ?? 0;
  const columns = stringWidth(text) + 2;
  if (column + columns <= width) {
    // A lifeline right behind it would be read as its last letter, one right before it as its first.
    const gap = at.includes(column + columns) ? ' ' : '';
    return [overlay(canvas, [{ start: column, text: `${sign} ${text}${gap}` }], paint)];
  }
  if (columns <= column + 1) {
    // On its left it stands below other lanes, too: with the name nobody takes it for theirs.
    const named = `${titles[lane]}: ${text}`;
    const shown = stringWidth(named) + 2 <= column + 1 ? named : text;
    const start = column - 1 - stringWidth(shown);
    const isNextToLine = at.includes(start - 1);
    const segment = isNextToLine
      ? { start: start - 1, text: ` ${shown} ${sign}` }
      : { start, text: `${shown} ${sign}` };
    return [overlay(canvas, [segment], paint)];
  }
  if (width - column >= LEAST_ROOM) return block(canvas, column, `${sign} ${text}`, paint);
  return block(canvas, 0, `${titles[lane]} ${sign} ${text}`, paint);
}

/** The same event of several peers, on the lane of each; told once where there is no room beside each. */
export function marks(canvas: Canvas, lanes: readonly number[], sign: string, text: string, paint: Paint): string[] {
  const { at, width } = canvas.lanes;
  const [only, ...further] = lanes;
  if (only !== undefined && further.length === 0) return mark(canvas, only, sign, text, paint);
  const [first = 0, ...others] = [...lanes].sort((one, other) => one - other).map((lane) => at[lane] ?? 0);
  const columns = stringWidth(text) + 2;
  const hasRoom = (column: number): boolean => columns < (at.find((other) => other > column) ?? width) - column;
  if ([first, ...others].every(hasRoom)) {
    const segments = [first, ...others].map((start) => ({ start, text: `${sign} ${text}` }));
    return [overlay(canvas, segments, paint)];
  }
  const rest = others.map((start) => ({ start, text: sign }));
  const start = Math.max(0, first + 1 - columns);
  return [overlay(canvas, [{ start, text: `${text} ${sign}` }, ...rest], paint)];
}

/** What follows at a server: beside its lane, or a little further left where that spares a line. */
export function markBeside(canvas: Canvas, lane: number, text: string, paint: Paint): string[] {
  const { at, width } = canvas.lanes;
  const beside = (at[lane] ?? 0) + 2;
  const shifted = Math.min(beside, width - stringWidth(text));
  if (shifted >= Math.max(0, beside - MOST_SHIFT)) return block(canvas, shifted, text, paint);
  return block(canvas, width - beside >= LEAST_ROOM ? beside : Math.max(0, width - LEAST_ROOM * 2), text, paint);
}

/** A text that goes on below an arrow, at the end where it begins. */
export function below(canvas: Canvas, from: number, to: number, text: string, paint: Paint): string {
  const { at } = canvas.lanes;
  const column = at[from] ?? 0;
  const start = from < to ? column + 2 : column - 1 - stringWidth(text);
  return overlay(canvas, [{ start, text }], paint);
}

/** A text from a column on, over as many lines as it needs; the further ones are indented. */
function block(canvas: Canvas, start: number, text: string, paint: Paint): string[] {
  const room = canvas.lanes.width - start;
  return wrap(text, room - 2, room).map((line, index) =>
    overlay(
      canvas,
      [{ start: index === 0 ? start : start + 2, text: cut(line, index === 0 ? room : room - 2) }],
      paint,
    ),
  );
}

/** The lifelines, with texts over them, from left to right. */
function overlay(canvas: Canvas, segments: readonly Segment[], paint: Paint): string {
  const { at } = canvas.lanes;
  let line = '';
  let width = 0;
  for (const { start, text } of segments) {
    const first = at.filter((column) => column < width).length;
    const between = lifelines(canvas, first, at.filter((column) => column < start).length, width);
    line += between.text + ' '.repeat(Math.max(0, start - width - between.width)) + paint(text);
    width = start + stringWidth(text);
  }
  return line + lifelines(canvas, at.filter((column) => column < width).length, at.length, width).text;
}

interface Segment {
  readonly start: number;
  readonly text: string;
}

/** The lines of lanes `from` up to, not including, `to`, beginning at column `origin`. */
function lifelines(
  { lanes, isHere, dim }: Canvas,
  from: number,
  to: number,
  origin: number,
): { readonly text: string; readonly width: number } {
  let text = '';
  let width = 0;
  for (let lane = from; lane < to; lane++) {
    const gap = Math.max(0, (lanes.at[lane] ?? 0) - origin - width);
    const isServer = lanes.lanes[lane]?.isServer ?? false;
    text += `${' '.repeat(gap)}${isHere(lane) ? dim(isServer ? '┃' : '│') : ' '}`;
    width += gap + 1;
  }
  return { text, width };
}
