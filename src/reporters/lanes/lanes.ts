/** The geometry of lanes: which there are in a section, and where each stands. */
import stringWidth from 'fast-string-width';
import { cut } from '../page/text.ts';

/** Who has a lane, by its name on the page; one that serves, and calls others, has one lane. */
export interface Lane {
  readonly name: string;
  readonly isServer: boolean;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  readonly titles: readonly string[];
  /** The column of each lane's line. */
  readonly at: readonly number[];
  /** Columns in all. */
  readonly width: number;
}

/** What is to stand between two lanes, in columns: what it needs at least, and what it would fill. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly least: number;
  readonly full: number;
}

/** Titles are cut to this, and no gap is smaller than a short one. */
const TITLE_COLUMNS = 16;
const LEAST_GAP = 8;
/** Wider gaps would only be harder to read across. */
const MOST_GAP = 56;

/** Undefined where so many lanes, or what is to stand between them, don't fit. */
export function lanesOf(lanes: readonly Lane[], width: number, spans: readonly Span[]): Lanes | undefined {
  if (lanes.length < 2) return undefined;
  const titles = lanes.map(({ name }) => cut(name, TITLE_COLUMNS));
  const gaps = titles.slice(0, -1).map((title) => Math.max(LEAST_GAP, stringWidth(title) + 2));
  const room = width - stringWidth(titles.at(-1) ?? '') - gaps.reduce((sum, gap) => sum + gap, 0);
  if (!fill(gaps, room, spans)) return undefined;
  const at = lanes.map((_, index) => gaps.slice(0, index).reduce((sum, gap) => sum + gap, 0));
  return { lanes, titles, at, width };
}

/** Gives each gap what its arrows need, then what they would fill. False where it can't. */
function fill(gaps: number[], room: number, spans: readonly Span[]): boolean {
  let left = room;
  const widen = ({ from, to }: Span, columns: number): boolean => {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const has = gaps.slice(first, last).reduce((sum, gap) => sum + gap, 0);
    const more = Math.max(0, Math.min(columns - has, left));
    gaps[last - 1] = (gaps[last - 1] ?? 0) + more;
    left -= more;
    return has + more >= columns;
  };
  const length = ({ from, to }: Span): number => Math.abs(from - to);
  const ordered = [...spans].sort((one, other) => length(one) - length(other));
  if (left < 0) return false;
  for (const span of ordered) if (!widen(span, span.least)) return false;
  left = level(gaps, left, spans);
  for (const span of ordered) widen(span, Math.min(span.full, MOST_GAP));
  return true;
}

/** Column by column to the smallest of those gaps that would fill more; returns what nobody wants. */
function level(gaps: number[], room: number, spans: readonly Span[]): number {
  const wanted = gaps.map((_, gap) =>
    Math.min(MOST_GAP, Math.max(0, ...spans.filter((span) => isOf(gap, span)).map(({ full }) => full))),
  );
  for (let left = room; left > 0; left--) {
    const open = wanted.flatMap((most, gap) => ((gaps[gap] ?? 0) < most ? [gap] : []));
    const [first, ...others] = open;
    if (first === undefined) return left;
    const smallest = others.reduce((one, other) => ((gaps[other] ?? 0) < (gaps[one] ?? 0) ? other : one), first);
    gaps[smallest] = (gaps[smallest] ?? 0) + 1;
  }
  return 0;
}

/** Whether nothing but that gap is between its ends. */
function isOf(gap: number, { from, to }: Span): boolean {
  return Math.min(from, to) === gap && Math.abs(from - to) === 1;
}

export function laneOf(lanes: readonly Lane[], name: string): number {
  return lanes.findIndex((lane) => lane.name === name);
}

/** The line of titles. */
export function headOf({ titles, at }: Lanes): string {
  return titles.reduce((line, title, index) => {
    const gap = (at[index] ?? 0) - stringWidth(line);
    return `${line}${' '.repeat(Math.max(index === 0 ? 0 : 1, gap))}${title}`;
  }, '');
}

/**
 * Who has a lane in a section, in this order: the peers of a server as they joined, with the server behind the first of
 * them, which is the one that usually sends.
 *
 * @param acts peers and the servers that they act at, in the order in which they do
 * @param joined all peers in the order in which they joined
 */
export function orderOf(acts: readonly { peer?: string; server: string }[], joined: readonly string[]): Lane[] {
  const servers = new Set(acts.map((act) => act.server));
  const lanes: Lane[] = [];
  const add = (name: string): void => {
    if (!lanes.some((lane) => lane.name === name)) lanes.push({ name, isServer: servers.has(name) });
  };
  const rank = (peer: string): number => (joined.includes(peer) ? joined.indexOf(peer) : joined.length);
  for (const server of servers) {
    const peers = acts.flatMap((act) => (act.server === server && act.peer !== undefined ? [act.peer] : []));
    const [first, ...others] = [...new Set(peers)].sort((one, other) => rank(one) - rank(other));
    if (first !== undefined) add(first);
    add(server);
    for (const other of others) add(other);
  }
  return lanes;
}
