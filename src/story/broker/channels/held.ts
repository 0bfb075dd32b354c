/** What channels hold, and what becomes of it when they hold it no more. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { backPerhaps, routeDoubt, unanswered } from '../queues/doubts.ts';
import { type Home, isAtLimit, SeenEntry } from '../queues/entry.ts';
import { during, isBefore, partOf, type Span } from '../span.ts';
import type { Held, SeenChannel } from './channel.ts';
import { type LateReturn, tellRequeued } from './late-return.ts';

/** What a channel held goes back to its queues, in the order in which it was delivered; told by `late` where that is given. */
export function release(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  held: readonly Held[],
  span: Span,
  why: Statement,
  late?: LateReturn,
): void {
  const touched = new Map<Home, number>();
  const how = why.code === 'RECOVERED' ? 'given back' : 'left behind';
  for (const [index, { entry, consumer, tag, mayNeedNoAck, isOfEither }] of held.entries()) {
    channel.unacked.delete(tag);
    if (consumer) consumer.unacked--;
    const { queue } = entry;
    if (isOfEither) {
      backToEither(broker, at, entry, partOf(span, index));
      continue;
    }
    if (backToNext(broker, at, entry, partOf(span, index))) continue;
    if (queue.why) {
      // It may have been given to others who were lost at the same time.
      queue.mayGoToLost(entry, at.at, channel);
      // Or to others before it went, which is seen later.
      if (queue.gone && isBefore(queue.gone, span) !== 'yes' && !queue.isQuietFor(entry)) {
        queue.putBack(entry, partOf(span, index), how);
        broker.changed(queue);
      } else if (mayHaveLeftBefore(at, entry, span, late?.mayBeEarlier)) broker.departures.eitherWay(at, entry);
      else broker.wentWithQueue(at, entry);
      continue;
    }
    if (queue === broker.elsewhere) {
      broker.leave(entry, { kind: 'unknown', reason: { code: 'OUT_OF_SIGHT_QUEUE', values: { queue: queue.name } } });
      continue;
    }
    const isUnused = queue.mayBeUnused(at.at) || queue.wasPerhapsUnused(entry.came.atMs ?? 0);
    if (mayNeedNoAck || queue.mayHaveGone || queue.mayGoWithConsumers || isUnused) {
      broker.perhapsBack(entry, partOf(span, index), backPerhaps(queue, isUnused, mayNeedNoAck));
      continue;
    }
    if (late && isAtLimit(entry)) {
      late.addLimited(entry, partOf(span, index));
      continue;
    }
    if (late) late.add(entry);
    else tellRequeued(broker, at, entry, why);
    broker.giveBack(at, entry, partOf(span, index), how);
    touched.set(queue, (touched.get(queue) ?? 0) + 1);
  }
  for (const [queue, count] of touched) queue.settleReturned(at, count, broker.departures);
}

/** Whether it may have been back before its queue went, and have left it in its own way. */
function mayHaveLeftBefore({ at }: Sighting, entry: SeenEntry, span: Span, mayBeEarlier = false): boolean {
  const { queue } = entry;
  const { gone } = queue;
  if (!gone || entry.twins) return false;
  // A queue that goes with its consumer goes before what that held is back.
  const isWithThis = !mayBeEarlier && gone.by === span.by && gone.from === span.from;
  const mayHaveLeft = queue.mayHaveLeft(entry, at) || queue.mayHaveBeenEmptied(entry);
  return !isWithThis && isBefore(gone, span) !== 'yes' && mayHaveLeft;
}

/** It came from one of two queues of one name; where the one has gone, it is back in the other one, if anywhere. */
function backToEither(broker: SeenBroker, at: Sighting, entry: SeenEntry, span: Span): void {
  const { message, publication, queue, twins } = entry;
  const other = queue.why ? broker.topology.queue(queue.name) : undefined;
  if (!other) return broker.perhapsBack(entry, span, unanswered(routeDoubt(queue)));
  const again = new SeenEntry(message, publication, other, { ...span, by: undefined }, unanswered(routeDoubt(other)));
  again.delivered = 'yes';
  twins?.join(again);
  broker.enter(again, at);
  broker.leave(entry, undefined);
}

/** It goes back to the queue that took the place of its own, where it may have come from there. Returns whether it may. */
export function backToNext(broker: SeenBroker, at: Sighting, entry: SeenEntry, span: Span): boolean {
  if (!mayBeOfNext(broker, entry)) return false;
  backToEither(broker, at, entry, span);
  return true;
}

/** Its queue went, and another one of its name came, when nothing tells which of the two it had come to. */
function mayBeOfNext({ topology }: SeenBroker, { queue, came, twins }: SeenEntry): boolean {
  if (!queue.gone || isBefore(came, queue.gone) === 'yes') return false;
  // One that it can't be told from may have come to the other one.
  return topology.everNamed(queue.name).some((one) => one !== queue && (twins || during(one, came) !== 'no'));
}

/** It was never published: what was delivered as this one, or as another one, was another one that waits there. */
export function deliveredInstead({ channels }: SeenBroker, entry: SeenEntry): void {
  const other = [...entry.queue.ready.of(entry.publication.key)].find(({ twins }) => twins);
  if (!other) return;
  for (const { unacked } of channels) {
    for (const [tag, held] of unacked) {
      if (held.entry !== entry) continue;
      entry.queue.take(other);
      other.delivered = 'yes';
      unacked.set(tag, { ...held, entry: other });
      return;
    }
  }
  // Somebody is done with it, or with the other one.
  entry.queue.doubt(other, unanswered(routeDoubt(entry.queue)));
}
