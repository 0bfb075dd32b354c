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

/** Narrower lanes could not hold a name, a verb and an arrow. */
const LEAST_GAP = 16;
/** Wider ones would only be harder to read across. */
const MOST_GAP = 56;
/** What follows the last lane's line: the rest of its title. */
const LAST_COLUMNS = 10;

/** Undefined where so many lanes don't fit. */
export function lanesOf(lanes: readonly Lane[], width: number, spans: readonly Span[]): Lanes | undefined {
  if (lanes.length < 2) return undefined;
  const room = width - LAST_COLUMNS - (lanes.length - 1) * LEAST_GAP;
  if (room < 0) return undefined;
  const gaps = gapsOf(lanes, room, spans);
  const at = lanes.map((_, index) => gaps.slice(0, index).reduce((sum, gap) => sum + gap, 0));
  const titles = lanes.map(({ name }, index) => cut(name, gaps[index] ? gaps[index] - 2 : width - (at[index] ?? 0)));
  return { lanes, titles, at, width };
}

/** Each gap gets what its titles and arrows need, the modest ones first; then what they would fill. */
function gapsOf(lanes: readonly Lane[], room: number, spans: readonly Span[]): number[] {
  const gaps = lanes.slice(1).map(() => LEAST_GAP);
  let left = room;
  const widen = (span: Span, columns: number): void => {
    const [first, last] = [Math.min(span.from, span.to), Math.max(span.from, span.to)];
    const has = gaps.slice(first, last).reduce((sum, gap) => sum + gap, 0);
    const most = Math.max(...gaps.slice(first, last).map((gap) => MOST_GAP - gap), 0);
    const more = Math.max(0, Math.min(columns - has, left, most));
    gaps[last - 1] = (gaps[last - 1] ?? 0) + more;
    left -= more;
  };
  const titles = gaps.map((_, index) => {
    const columns = stringWidth(lanes[index]?.name ?? '') + 2;
    return { from: index, to: index + 1, least: columns, full: columns };
  });
  const length = ({ from, to }: Span): number => Math.abs(from - to);
  const needs = [...titles, ...spans].sort((one, other) => length(one) - length(other) || one.least - other.least);
  for (const span of needs) widen(span, span.least);
  const wants = [...spans].sort((one, other) => length(one) - length(other) || one.full - other.full);
  for (const span of wants) widen(span, span.full);
  return gaps;
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
