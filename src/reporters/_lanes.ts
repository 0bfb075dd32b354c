/** The geometry of lanes: where each stands, and how an arrow runs between two of them. */
import stringWidth from 'fast-string-width';

export interface Lanes {
  readonly titles: readonly string[];
  /** The column of each lane's line. */
  readonly at: readonly number[];
  /** The lane of the server. */
  readonly server: number;
  /** Columns in all. */
  readonly width: number;
  /** The lane of a peer. */
  of(peer: string): number;
}

type Paint = (text: string) => string;

/** Narrower lanes could not hold a verb, a number and an arrow. */
const LEAST_SPACING = 16;
const MOST_SPACING = 34;
/** A shorter piece of a message's body would tell nothing. */
const LEAST_DETAIL = 8;
/** What follows the last lane's line: the rest of its title. */
const LAST_COLUMNS = 10;

/** The server stands after the first peer, which is the one that usually publishes. Undefined where lanes don't fit. */
export function lanesOf(peers: readonly string[], server: string, width: number): Lanes | undefined {
  const [first, ...others] = peers;
  if (first === undefined) return undefined;
  const titles = [first, server, ...others];
  const spacing = Math.min(MOST_SPACING, Math.floor((width - LAST_COLUMNS) / (titles.length - 1)));
  if (spacing < LEAST_SPACING) return undefined;
  const at = titles.map((_, index) => index * spacing);
  return {
    titles: titles.map((title, index) => cut(title, Math.min(spacing - 2, width - at[index]!))),
    at,
    server: 1,
    width,
    of: (peer) => (peer === first ? 0 : 2 + others.indexOf(peer)),
  };
}

/**
 * The lifelines, with an arrow from one lane to another that bears a label, and as much of the detail as there is room
 * for.
 */
export function arrowBetween(
  lanes: Lanes,
  from: number,
  to: number,
  label: string,
  detail: string,
  paint: Paint,
): string {
  const [left, right] = from < to ? [from, to] : [to, from];
  const inside = lanes.at[right]! - lanes.at[left]! - 1;
  const room = inside - 5;
  const forDetail = room - stringWidth(label) - 1;
  const shown = detail !== '' && forDetail >= LEAST_DETAIL ? `${label} ${cut(detail, forDetail)}` : cut(label, room);
  const shaft = '─'.repeat(inside - stringWidth(shown) - 3);
  const arrow = from < to ? ` ${shown} ${shaft}▶` : `◀${shaft} ${shown} `;
  return lifelines(lanes, 0, left + 1) + paint(arrow) + lifelines(lanes, right, lanes.at.length);
}

/** The lifelines, with a text that begins right of one lane, or as far left as it must to fit. */
export function mark(lanes: Lanes, lane: number, text: string, paint: Paint): string {
  const start = Math.max(0, Math.min(lanes.at[lane]! + 2, lanes.width - stringWidth(text)));
  const before = lanes.at.filter((column) => column < start - 1).length;
  const head = lifelines(lanes, 0, before, start);
  const shown = cut(text, lanes.width - start);
  const end = start + stringWidth(shown);
  const after = lanes.at.findIndex((column) => column > end);
  const tail = after === -1 ? '' : ' '.repeat(lanes.at[after]! - end) + lifelines(lanes, after, lanes.at.length);
  return head + paint(shown) + tail;
}

/** The lines of lanes `from` up to, not including, `to`; padded up to column `end` where one is given. */
function lifelines(lanes: Lanes, from: number, to: number, end?: number): string {
  let text = '';
  const origin = lanes.at[from] ?? 0;
  for (let lane = from; lane < to; lane++) {
    text = text.padEnd(lanes.at[lane]! - origin) + (lane === lanes.server ? '┃' : '│');
  }
  return end === undefined ? text : text.padEnd(end - (from === 0 ? 0 : origin));
}

function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let shown = '';
  for (const character of text) {
    if (stringWidth(shown + character) > columns - 1) break;
    shown += character;
  }
  return `${shown}…`;
}
