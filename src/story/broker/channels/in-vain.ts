/** A subscription was given a message after its client had ended it: no frame tells which one it was. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { givenInVain } from '../queues/doubts.ts';
import { isSurelyAhead, isThere, type SeenEntry } from '../queues/entry.ts';
import { mayHaveGone } from '../queues/losses.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { isBefore } from '../span.ts';
import type { SeenConsumer } from './channel.ts';

/**
 * The server says that `consumer` was handed one more message, and kept it from the client. It is the next of its queue
 * where nothing else can have taken that; else it may be any that was there by then.
 *
 * @param tag the number of the delivery: the client holds it until its channel ends, where acks are asked for
 */
export function handedInVain(broker: SeenBroker, at: Sighting, consumer: SeenConsumer, tag: number): void {
  const { channel, noAck, queues } = consumer;
  for (const queue of queues) broker.changed(queue);
  const entry = queues.length === 1 && broker.own ? nextOf(consumer.queue, at, consumer) : undefined;
  if (!entry) {
    for (const queue of queues) doubtAll(queue, consumer);
    return;
  }
  const { queue, message, twins: among } = entry;
  queue.take(entry, at.seq);
  entry.delivered = 'yes';
  entry.takenOn = channel;
  if (!noAck) return channel.hold({ entry, tag, consumer }, at);
  const reason: Statement = { code: 'GIVEN_IN_VAIN', values: { peer: channel.peer } };
  const step = { stage: 'dropped', verb: 'drop', from: 'server', route: queue.name, reason, among } as const;
  broker.ledger.concludeAtServer(at, message, step);
  broker.leave(entry, { kind: 'ended', stage: 'dropped', reason });
}

/** What a queue surely gave out next. */
function nextOf(queue: SeenQueue, at: Sighting, consumer: SeenConsumer): SeenEntry | undefined {
  const [first, second] = queue.ready;
  if (!first || !isThere(first) || first.twins || first.unseenReturns > 0) return undefined;
  if (second && !isSurelyAhead(first, second)) return undefined;
  if (queue.mayHaveLeft(first, at.at) || queue.roomElsewhere(consumer.channel, at.at) > 0) return undefined;
  return mayBeFor(first, consumer) ? first : undefined;
}

/** Whether an entry came before the subscription ended. */
function mayBeFor({ came, returned }: SeenEntry, { ended }: SeenConsumer): boolean {
  return !ended || isBefore(ended, returned ?? came) !== 'yes';
}

function doubtAll(queue: SeenQueue, consumer: SeenConsumer): void {
  const { channel, noAck } = consumer;
  for (const entry of queue.ready) {
    if (!mayBeFor(entry, consumer)) continue;
    if (noAck) queue.doubt(entry, givenInVain(queue, channel.peer));
    else mayHaveGone(queue, entry, channel.peer);
  }
}
