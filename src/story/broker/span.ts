/**
 * When the server carried something out, as far as the wire shows it: after the frame that asked for it, before the
 * frame that proves it. Times are the numbers of frames in the trace.
 */
export interface Span {
  /** Whose requests are carried out in their order: a channel. Undefined for what nobody asked for. */
  readonly by: object | undefined;
  readonly from: number;
  /** Infinite until something proves it. */
  to: number;
  /** When that was asked for, in ms of the run. */
  readonly atMs?: number | undefined;
  /** When it was proven, in ms of the run; undefined where nothing has proven it. */
  toMs?: number | undefined;
  /** What a count told to have been carried out before it. */
  after?: Span | undefined;
}

/** A server's clock counts whole ms, so that a time of its may be over by so much early. */
export const EARLY_MS = 2;

/** Between things that one request does, one after the other. */
const STEP = 2 ** -20;

/** When a request does one of several things, in their order: proven when the request is. */
export function partOf(span: Span, index: number): Span {
  const part = { by: span.by, from: span.from + index * STEP, atMs: span.atMs };
  Object.defineProperty(part as Span, 'toMs', { get: () => span.toMs, set: () => {} });
  return Object.defineProperty(part as Span, 'to', { get: () => span.to, set: () => {} });
}

/** The same time, of which nobody's requests tell more. */
export function byAnyone(span: Span): Span {
  const same = { by: undefined, from: span.from, atMs: span.atMs };
  return Object.defineProperty(same as unknown as Span, 'to', { get: () => span.to, set: () => {} });
}

/** What was there when the run began. */
export const ALWAYS: Span = { by: undefined, from: 0, to: 0 };

export type Order = 'yes' | 'no' | 'maybe';

/** Whether one thing was carried out before another. */
export function isBefore(one: Span, other: Span): Order {
  if (one.by !== undefined && one.by === other.by && one.from !== other.from)
    return one.from < other.from ? 'yes' : 'no';
  if (one.to <= other.from) return 'yes';
  if (other.to <= one.from) return 'no';
  if (other.after === one || isOverBefore(one, other)) return 'yes';
  return one.after === other || isOverBefore(other, one) ? 'no' : 'maybe';
}

/** Whether it was proven before the other was to happen: of what happens by the clock no frame tells when. */
function isOverBefore({ toMs }: Span, { atMs }: Span): boolean {
  return toMs !== undefined && atMs !== undefined && toMs + EARLY_MS <= atMs;
}

/** Something that is there from one request to another. */
export interface Lasting {
  readonly made: Span;
  /** By what else it may have been made, where that was carried out first. */
  readonly alsoMade?: ReadonlyMap<Span, unknown>;
  gone: Span | undefined;
  /** When what was there before it went: only then it came. */
  readonly afterGone?: Span | undefined;
  /** What may end it, or find that it is to stay. */
  readonly mayEnd?: ReadonlySet<Span>;
}

/** Whether the first of several things was carried out before another one. */
function cameBefore(span: Span, one: Span, others: Iterable<Span> = []): Order {
  let came = isBefore(one, span);
  if (came === 'yes') return came;
  for (const other of others) {
    const order = isBefore(other, span);
    if (order === 'yes') return order;
    if (order === 'maybe') came = order;
  }
  return came;
}

/** Whether something was there when a request was carried out. */
export function during({ made, alsoMade, gone, afterGone, mayEnd }: Lasting, span: Span): Order {
  if (afterGone && (afterGone === span || isBefore(span, afterGone) === 'yes')) return 'no';
  const came = cameBefore(span, made, alsoMade?.keys());
  if (came === 'no') return 'no';
  const went = gone ? isBefore(gone, span) : 'no';
  if (went === 'yes') return 'no';
  if (mayEnd) for (const end of mayEnd) if (isBefore(end, span) !== 'no') return 'maybe';
  return came === 'yes' && went === 'no' ? 'yes' : 'maybe';
}

/** Whether its beginning, and its end, lie before a request, so that for later ones the same is true. */
export function isSettled({ made, gone, mayEnd }: Lasting, { from }: Span): boolean {
  if (mayEnd && mayEnd.size > 0) return false;
  return made.to <= from && (gone === undefined || gone.to <= from);
}

/** Whether something was not there when a request was carried out. */
export function wasMissing(one: Lasting | undefined, span: Span): Order {
  const there = one ? during(one, span) : 'no';
  return there === 'yes' ? 'no' : there === 'no' ? 'yes' : 'maybe';
}
