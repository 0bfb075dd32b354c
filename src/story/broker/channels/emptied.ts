/** What a queue held when it was emptied or deleted, as far as the count in the server's answer tells. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { expiringInto } from '../inflow.ts';
import { purgedPerhaps, routeDoubt, unanswered } from '../queues/doubts.ts';
import { isThen, type SeenEntry } from '../queues/entry.ts';
import { dropsHead, heads } from '../queues/limit.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { isBefore, type Span } from '../span.ts';
import { isEnding } from './ending.ts';
import { mayBeAnother } from './moves.ts';

/**
 * A queue is emptied, or goes, with what it holds. Of more messages than the server counted the first are on their way
 * to consumers; of messages that may have come before or after, the count tells.
 */
export function endAll(
  broker: SeenBroker,
  at: Sighting,
  queue: SeenQueue,
  span: Span,
  count: number | undefined,
  why: Statement,
  verb = 'delete',
): void {
  // What was not expected there when it was published may be counted, too.
  broker.unproven.lookAgainAtAll(at, broker.topology.generation);
  if (queue.mayBeUnused(at.at)) queue.doubtUse();
  const isCounted = count !== undefined && queue.isInSight && countSentOn(broker, at, queue, span, count);
  const there = thereThen(queue, span);
  // A count that was told before may have shown that this took it.
  for (const entry of there) if (!entry.twins && entry.doubt?.by === span) entry.doubt = entry.doubt.further;
  const sure = there.filter((entry) => !entry.doubt && isThen(entry, span) === 'yes');
  const isSure = sure.length === there.length;
  // What died elsewhere may be counted, too.
  const mayBeMore = queue.mayHaveTakenMore(span) || mayBeBack(broker, queue);
  const isExact = isCounted || (broker.departures.mayBring(at, queue) === 0 && !mayBeMore);
  // Others may have taken them before.
  if (!queue.isInSight) {
    for (const entry of sure) broker.departures.absent(at, entry);
    return broker.changed(queue);
  }
  const step = { reason: why, from: 'client', verb } as const;
  const first = isExact && queue.isQuiet && count !== undefined ? firstOf(queue, there, sure, count, at.at) : undefined;
  if (first) {
    for (const entry of first) broker.departures.end(at, entry, step);
    return broker.changed(queue);
  }
  if (count === undefined) {
    // Who reads a stream takes nothing out.
    if (queue.isQuiet || queue.traits.isStream) broker.departures.endTogether(at, queue, sure, step);
  } else if (isExact && count === there.length) {
    const isOnly = !mayBeAnother(broker.topology, queue, span);
    for (const entry of there) {
      // Every one of them was counted.
      if (isOnly) entry.doubt = undefined;
      broker.departures.end(at, entry, step);
    }
  }
  // What is missing from the count was on its way to somebody: the first.
  else if (isExact && isSure && count < there.length) {
    const { isQuiet, overflowDoubt } = queue;
    const first = notCounted(queue, there, there.length - count, at.at);
    const alone = isQuiet ? there.filter((entry) => first.has(entry) && queue.mayHaveLeft(entry, at.at)) : [];
    for (const entry of there) if (!first.has(entry)) broker.departures.end(at, entry, step);
    // Where nobody can have been given it, it left by itself.
    for (const entry of alone) if (entry.isReady) broker.departures.eitherWay(at, entry);
    // What was not counted did not go with the queue.
    for (const entry of first) if (entry.isReady) queue.doubt(entry, overflowDoubt ?? unanswered(routeDoubt(queue)));
  } else if (queue.isQuiet && count >= sure.length) broker.departures.endTogether(at, queue, sure, step);
  // A queue that is gone is swept; of one that stays it is not sure which of these it still holds.
  const isKnown = isSure && isExact && count !== undefined;
  if (count !== 0 && verb === 'purge' && !isKnown)
    for (const entry of there) if (entry.isReady) queue.doubt(entry, purgedPerhaps(queue, span));
  broker.changed(queue);
}

/** Those that may have left before: the first, or, where nobody can have been given any, those that were over by the clock. */
function notCounted(
  queue: SeenQueue,
  there: readonly SeenEntry[],
  count: number,
  atMs: number,
): ReadonlySet<SeenEntry> {
  const overdue = there.filter((entry) => queue.mayHaveExpired(entry, atMs));
  const isByTime = queue.isQuiet && !queue.lost && !dropsHead(queue) && overdue.length >= count;
  return isByTime ? new Set(overdue) : heads(queue, count);
}

/** Whether somebody who may have ended by now, which is seen later, may have given back what was counted. */
function mayBeBack(broker: SeenBroker, queue: SeenQueue): boolean {
  const holders = [...broker.channels].filter(({ held }) => held.some(({ entry }) => entry.queue === queue));
  return holders.some((channel) => isEnding(broker, channel));
}

/** What may have been there by then. */
function thereThen(queue: SeenQueue, span: Span): SeenEntry[] {
  // Of those that can't be told apart each may be another one, which came before.
  const mayBeThere = (entry: SeenEntry): boolean => entry.twins !== undefined || isThen(entry, span) !== 'no';
  return [...queue.ready].filter((entry) => !entry.origin?.isBehindError && mayBeThere(entry));
}

/**
 * What may have died elsewhere, and come by then: of what dies in a known order the count tells how many had. Returns
 * whether it is known of all.
 */
function countSentOn(broker: SeenBroker, at: Sighting, queue: SeenQueue, span: Span, count: number): boolean {
  const { takers, lost, traits, purges } = queue;
  if (takers.size > 0 || lost || purges.size > 0) return false;
  if (traits.maxLength !== undefined || traits.maxLengthBytes !== undefined || queue.hasDeadlines) return false;
  const came: SeenEntry[] = [];
  let sure = 0;
  for (const entry of thereThen(queue, span)) {
    if (isThen(entry, span) !== 'yes') came.push(entry);
    else if (entry.doubt) return false;
    else sure++;
  }
  const dying = expiringInto(broker.topology, at, queue, span);
  const died = count - sure;
  if (!dying || died < 0 || died > came.length + dying.length || !cameInTurn(came, dying)) return false;
  for (const [index, entry] of came.entries()) {
    if (index < died) entry.doubt = undefined;
    else entry.came.after = span;
  }
  for (const [index, entry] of dying.entries()) {
    if (came.length + index >= died) entry.aliveAt = span;
    else {
      entry.sentTo = queue;
      broker.departures.expired(at, entry);
    }
  }
  return true;
}

/** Whether all of these died in one queue, one after the other, and before those that may have died there. */
function cameInTurn(came: readonly SeenEntry[], dying: readonly SeenEntry[]): boolean {
  const by = came[0]?.came.by ?? dying[0]?.queue;
  const inTurn = came.every((entry, index) => {
    const { from } = came[index - 1]?.came ?? { from: 0 };
    const isPlain = !entry.twins && !entry.returned && !entry.origin && entry.publication.deaths.length > 0;
    return isPlain && entry.came.by === by && entry.came.from > from;
  });
  return inTurn && dying.every(({ queue }) => queue === by);
}

/**
 * Those that the server counted, where some may have come only later: what comes in a known order is there up to some
 * message, so the count tells which. Undefined where others may have left by themselves, or where the order is not known.
 */
function firstOf(
  queue: SeenQueue,
  there: readonly SeenEntry[],
  sure: readonly SeenEntry[],
  count: number,
  atMs: number,
): readonly SeenEntry[] | undefined {
  const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes } = queue.traits;
  if (count < sure.length || count >= Math.min(there.length, maxLength) || maxLengthBytes !== undefined)
    return undefined;
  if (queue.purges.size > 0 || queue.lost || queue.takers.size > 0) return undefined;
  const isPlain = ({ doubt, twins, returned }: SeenEntry): boolean => !doubt && !twins && !returned;
  if (!there.every((entry) => isPlain(entry) && !queue.mayHaveExpired(entry, atMs))) return undefined;
  const known = new Set(sure);
  const later = there.filter((entry) => !known.has(entry)).sort((one, other) => one.came.from - other.came.from);
  for (const [index, entry] of later.entries()) {
    const next = later[index + 1];
    if (next && isBefore(entry.came, next.came) !== 'yes') return undefined;
  }
  return [...sure, ...later.slice(0, count - sure.length)];
}
