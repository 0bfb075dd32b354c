/** A message arrives at a client: what that shows, and what follows. */
import { type Among, REACHED, type SeenMessage, type Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import { unite } from '../../messages/twins.ts';
import { RefusalDoubt, unanswered } from '../../queues/doubts.ts';
import { type Doubt, type Match, SeenEntry } from '../../queues/entry.ts';
import { lookedFor } from '../../queues/expiry.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import { ALWAYS } from '../../span.ts';
import { type SeenChannel, SeenConsumer } from '../channel.ts';
import { isEnding } from '../ending.ts';
import { isRecovering } from '../recovery.ts';
import type { Taking } from '../taking.ts';
import type { Arrival } from './arrival.ts';
import { find, findFor, inAnyOf } from './find.ts';
import { doneReading, readFrom } from './log.ts';
import { comesAsIfAgain } from './ways.ts';

/**
 * Finds the message, tells its arrival by `tell`, and holds it until it is settled where acks are asked for. What was
 * published out of sight is a message from outside.
 */
export function arrive(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  arrival: Arrival,
  tell: (entry: SeenEntry, among?: Among) => void,
): void {
  const [first] = arrival.takings;
  if (first) channel.pending.carriedOutBefore(at, first.request);
  if (first?.queue?.traits.isStream) {
    const look = () =>
      find(broker, at, channel, arrival, first, first.queue) ?? fromOutside(broker, at, arrival, first.queue);
    const read = readFrom(at, first.queue, arrival.publication, look, tell);
    if (first.noAck) doneReading(broker, read);
    else channel.reading.set(arrival.tag, read);
    return;
  }
  // Who needs no ack gives nothing back.
  const overtaken = first?.noAck ? undefined : overtakenAt(broker, channel, first, arrival);
  if (overtaken) return tell(overtaken);
  const { taking = first, match: found, mayNeedNoAck = false } = findFor(broker, at, channel, arrival) ?? {};
  const source = taking?.queue;
  const late = found ? undefined : seenLate(broker, taking, channel, arrival);
  // It went back, and on to somebody else or out of its queue, before this was seen.
  if (late) return tell(late.entry, late.among);
  const match = found ?? fromOutside(broker, at, arrival, source);
  const { entry, among } = match;
  // Whichever of them it is, it is back.
  if (among.every(({ lateReturn }) => lateReturn === entry.lateReturn)) entry.lateReturn?.tell(at);
  if (match.isHeldElsewhere) {
    unite([entry, ...among]);
    return tell(entry);
  }
  const consumer = taking instanceof SeenConsumer ? taking : undefined;
  if (consumer) channel.pending.carriedOut(at, consumer.request, false);
  const { queue } = entry;
  if (among.length > 0) mayBeAnyOf(match);
  if (!entry.twins) {
    entry.origin?.proven(at);
    if (entry.returned) entry.returned.to = Math.min(entry.returned.to, at.seq);
  }
  entry.doubt = undefined;
  if (taking && !arrival.redelivered) queue.waited(match, taking.request.span);
  queue.skipped(at, match, channel, broker.departures);
  queue.passed(entry);
  if (entry.delivered === 'no') {
    if (taking) queue.standsFirst(entry, channel, taking.request.span, at.at);
    entry.handed = { by: channel, tag: arrival.tag };
  }
  tell(entry);
  if (among.length === 0) broker.departures.wasNowhereElse(entry);
  // Who was handed it before has given it back, which is seen later.
  if (arrival.redelivered && entry.delivered !== 'yes' && !comesAsIfAgain(entry)) {
    broker.unseen.overtaken(entry);
    if (entry.delivered === 'no') entry.returns++;
    else entry.unseenReturns++;
  }
  queue.take(entry, at.seq);
  lookedFor(queue);
  // Of those that can't be told apart, another one may be the one that was given before.
  const isAsExpected = entry.delivered === (arrival.redelivered ? 'yes' : 'no');
  entry.delivered = entry.twins && !isAsExpected ? 'maybe' : 'yes';
  entry.takenOn = channel;
  broker.changed(queue);
  if (taking?.noAck && !mayNeedNoAck) return broker.leave(entry, REACHED);
  channel.forgetHeld();
  const held = { entry, tag: arrival.tag, consumer, mayNeedNoAck, isOfEither: match.isOfEither === true };
  channel.hold(held, at);
  if (isRecovering(channel)) (arrival.redelivered ? channel.perhapsRecovered : channel.recovered).add(held);
}

/** It is one of several: what is not sure of it is not sure of any of them. */
function mayBeAnyOf({ entry, among }: Match): void {
  unite([entry, ...among]);
  // If one of them was delivered before, each of those that stay may be that one.
  const mayHaveBeen = among.some(({ delivered }) => delivered !== entry.delivered);
  for (const one of mayHaveBeen ? among : []) one.delivered = 'maybe';
  // If one of them may not be there, each of those that stay may be that one.
  const doubt = [entry, ...among].find((one) => one.doubt)?.doubt ?? entry.queue.absenceOf([entry, ...among]);
  for (const one of doubt ? among : []) {
    // Its own confirm tells of a message that may have been this one.
    const own = one.doubt instanceof RefusalDoubt ? undefined : one.doubt;
    one.doubt = undefined;
    one.queue.doubt(one, unanswered(own ?? (doubt as Doubt)));
  }
}

/** What was delivered again elsewhere before this was seen: whoever gave it back has ended, or is about to. */
function overtakenAt(
  broker: SeenBroker,
  channel: SeenChannel,
  taking: Taking | undefined,
  { publication: { key }, redelivered }: Arrival,
): SeenEntry | undefined {
  const entry = redelivered ? undefined : inAnyOf(taking, (queue) => broker.unseen.awaitsFirst(queue, key));
  if (!entry || !isEnding(broker, channel)) return undefined;
  broker.unseen.forget(entry);
  return entry;
}

/** What is delivered here of which it was seen before what came of it. On a server of one's own, there is nothing else. */
function seenLate(
  { unseen, own }: SeenBroker,
  taking: Taking | undefined,
  channel: SeenChannel,
  { publication: { key }, redelivered }: Arrival,
): { readonly entry: SeenEntry; readonly among?: Among | undefined } | undefined {
  const expected = inAnyOf(taking, (queue) => unseen.seen(queue, key, redelivered));
  if (expected) return { entry: expected, among: expected.twins };
  const [entry, ...others] = own ? unseen.left(taking?.queue, key, channel) : [];
  return entry && { entry, among: others.length > 0 ? new Set(others.map(({ message }) => message)) : entry.twins };
}

function fromOutside(
  broker: SeenBroker,
  at: Sighting,
  { publication, content, redelivered }: Arrival,
  queue: SeenQueue | undefined,
): Match {
  if (broker.own) broker.contradiction(at, `a message arrives that nobody was seen to publish`);
  // What others published may have come to another queue before.
  const place = queue ?? broker.elsewhere;
  const foreign = (): SeenMessage => broker.ledger.foreign(at, content);
  const message = broker.strangers.cameTo(place, publication.key, foreign);
  const entry = new SeenEntry(message, publication, place, ALWAYS, undefined);
  if (redelivered) entry.delivered = 'yes';
  broker.enter(entry, at);
  return { entry, among: [] };
}
