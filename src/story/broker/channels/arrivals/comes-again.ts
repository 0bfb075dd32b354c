/** A message is delivered again that nobody was seen to give back: who may have done so, the likeliest first. */
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Match } from '../../queues/entry.ts';
import type { Wanted } from '../../queues/find.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Held, SeenChannel } from '../channel.ts';
import {
  backPerhapsOf,
  handedOutBefore,
  mayComeUnseen,
  recoveredPerhaps,
  releaseHeld,
  unreadAcks,
  unreadBehindErrors,
} from './given-back.ts';

/** @param holds whether what somebody holds looks like what is delivered */
export function comesAgain(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  queue: SeenQueue,
  wanted: Wanted,
  holds: (held: Held) => boolean,
): Match | undefined {
  unreadBehindErrors(broker, holds);
  const before = handedOutBefore(broker, channel, holds);
  if (before) return before;
  // Somebody who is about to end may have been handed it, which is seen later.
  const unseen = broker.own && mayComeUnseen(broker, queue, channel) ? notHandedOut(queue, wanted) : undefined;
  const perhaps = unseen && backPerhapsOf(broker, at, channel, holds);
  if (unseen) return perhaps ? { ...unseen, among: [...unseen.among, ...perhaps] } : unseen;
  const back = (): Match | undefined => queue.find(wanted);
  if (releaseHeld(broker, at, channel, holds, true)) return back();
  if (broker.own) {
    // Nobody holds it who is about to end: so one of those who settled it was refused something before that.
    const isUnread = unreadAcks(broker, holds, (pending, one) => pending.mayBeBehindError(one));
    if (isUnread && releaseHeld(broker, at, channel, holds, true)) return back();
    if (recoveredPerhaps(broker, at, holds)) return back();
  }
  if (releaseHeld(broker, at, channel, holds)) return back();
  // A server that stops ends channels before it has read all, and may hand out what they held to those that still are.
  const isUnread = broker.own && unreadAcks(broker, holds, () => true);
  return isUnread && releaseHeld(broker, at, channel, holds) ? back() : undefined;
}

/** What nobody was seen to be handed. */
export function notHandedOut(queue: SeenQueue, wanted: Wanted): Match | undefined {
  return queue.find({ ...wanted, redelivered: false });
}
