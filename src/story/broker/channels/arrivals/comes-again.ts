/** A message is delivered again that nobody was seen to give back: who may have done so, the likeliest first. */
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Match } from '../../queues/entry.ts';
import type { Wanted } from '../../queues/find.ts';
import { dropsHead } from '../../queues/limit.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Held, SeenChannel } from '../channel.ts';
import { handedOutBefore, mayComeUnseen, recoveredPerhaps, releaseHeld, unreadAcks } from './given-back.ts';

/** @param holds whether what somebody holds looks like what is delivered */
export function comesAgain(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  queue: SeenQueue,
  wanted: Wanted,
  holds: (held: Held) => boolean,
): Match | undefined {
  unreadAcks(broker, holds, (pending, one) => pending.isBehindError(one));
  const before = handedOutBefore(broker, channel, holds);
  if (before) return before;
  // Somebody who is about to end may have been handed it, which is seen later.
  const unseen = broker.own && mayComeUnseen(broker, queue, channel) ? notHandedOut(queue, wanted) : undefined;
  const back = (): Match | undefined => {
    const match = queue.find(wanted);
    // What came back to a full queue may be gone already.
    const also = unseen && dropsHead(queue) ? [unseen.entry, ...unseen.among] : [];
    return match && { ...match, among: [...match.among, ...also] };
  };
  if (releaseHeld(broker, at, channel, holds, true)) return back();
  if (unseen) return unseen;
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
