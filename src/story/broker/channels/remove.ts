/** Queues, exchanges and bindings that clients delete or empty: they count as gone from then on, until the request is undone. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Binding } from '../../../protocols/amqp/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { purgedPerhaps } from '../queues/doubts.ts';
import { isThen, type SeenEntry } from '../queues/entry.ts';
import type { SeenQueue } from '../queues/queue.ts';
import type { Taker } from '../queues/taker.ts';
import { byAnyone, during, isBefore, type Lasting, type Order, type Span } from '../span.ts';
import { type Bound, isSame } from '../topology/exchange.ts';
import type { SeenTopology } from '../topology/topology.ts';
import { isDenied, isLocked } from './access.ts';
import type { SeenChannel } from './channel.ts';
import { never } from './declare.ts';
import { endAll } from './emptied.ts';
import { mayEnd, perhapsGone } from './ends.ts';
import { type Request, request } from './request.ts';
import { Taking } from './taking.ts';

export function deleteQueue(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  name: string,
  isConditional: boolean,
  method = 'queue.delete',
) {
  const span = channel.span(at);
  const { topology } = broker;
  const queue = topology.queue(name);
  const why: Statement = { code: 'QUEUE_DELETED', values: { queue: name } };
  // Of two who ask for that, either may be the one who deletes it: so it may go before what the other asked before.
  const going = queue ? undefined : topology.everNamed(name).findLast(isDeleting);
  if (going?.gone) topology.removeQueue(going, byAnyone(going.gone));
  const isThere = (): boolean => queue !== undefined && during(queue, span) === 'yes';
  // A queue that goes only if it is unused or empty may stay, and so may one whose deletion may stand behind an error, or
  // come before the queue does.
  const isKept = (): Order => isLocked(queue, channel, span);
  const mayStay = isConditional || channel.pending.mayFailAt !== undefined || !isThere() || isKept() !== 'no';
  const ended = queue && !mayStay ? topology.removeQueue(queue, span) : undefined;
  const decided = queue && mayStay ? mayEnd(topology, queue, span) : () => {};
  const next = ended && queue && broker.remade(at, queue, span);
  const forgetNext = (then: Sighting): void => {
    if (next)
      broker.removeQueue(then, next, never(next.made), { code: 'UNROUTABLE_NO_QUEUE', values: { queue: name } });
  };
  const mayDelete = (other: SeenQueue): void => {
    if (isBefore(span, other.made) !== 'yes') perhapsGone(broker, other, why);
  };
  broker.awaited.set(mayDelete, name);
  let count: number | undefined;
  const one = request(method, span, {
    names: [name],
    endsSession: true,
    refused: isKept,
    done: (doneAt) => {
      broker.awaited.delete(mayDelete);
      // It was seen to have gone by the only deletion that there was: it was declared anew, as something else.
      const isDone = queue?.why?.code === 'QUEUE_DELETED' && queue.mayEnd.size === 1 && queue.mayEnd.has(span);
      decided();
      if (isDone) return;
      const other = count === 0 && ended && queue ? deletedBy(broker, queue, channel, span) : undefined;
      if (other && queue && ended) {
        if (queue.alsoDeleted) staysOrWent(broker, doneAt, channel, queue, ended, why);
        else topology.removeQueue(queue, other);
        return;
      }
      const deleted = queueOf(topology, name, { span, count, queue, going });
      const open = topology.everNamed(name).findLast((one) => one !== deleted && isDeleting(one));
      if (open) open.alsoDeleted = { span, count };
      if (!deleted) return;
      // Nothing tells whether it was unused or empty, or there at all.
      const isUnsure = !isThere() || (isConditional && count === undefined);
      if (!ended && deleted === queue && isUnsure && !count) return perhapsGone(broker, queue, why);
      if (deleted.gone !== span) {
        topology.removeQueue(deleted, span);
        broker.remade(doneAt, deleted, span);
      }
      deleted.why = why;
      endAll(broker, doneAt, deleted, span, count, why);
    },
    undone: (undoneAt) => {
      broker.awaited.delete(mayDelete);
      decided();
      forgetNext(undoneAt);
      if (ended && queue && !queue.why) staysOrWent(broker, undoneAt, channel, queue, ended, why);
    },
    lost: (lostAt) => {
      broker.awaitLate(lostAt, name, mayDelete);
      decided();
      if (!queue) return;
      forgetNext(lostAt);
      // Its bindings may be gone as well: that is what an end says that nothing ever proves. So it is for the queue itself
      // where one may have come in its place.
      if (ended && !topology.queue(name)) topology.revive([queue]);
      perhapsGone(broker, queue, why);
    },
  });
  return { request: one, answer: (messages: number) => (count = messages) };
}

/** What is known of a deletion that was carried out. */
interface Deletion {
  readonly span: Span;
  readonly count: number | undefined;
  /** The queue that had the name when it was asked for. */
  readonly queue: SeenQueue | undefined;
  /** The queue that somebody else was about to delete then, where there was no other. */
  readonly going: SeenQueue | undefined;
}

/** The queue that a deletion has ended. */
function queueOf(topology: SeenTopology, name: string, { span, count, queue, going }: Deletion): SeenQueue | undefined {
  // What it took with it shows that this one did it; so does what the other has not done.
  if (going && !going.why && (!going.gone || (count ?? 0) > 0)) return going;
  const own = topology.everNamed(name).find((one) => one.gone === span && !one.why);
  if (own) return own;
  // One that would have come in its place never came where another deletion did not happen.
  return queue?.why && queue.gone !== span ? topology.queue(name) : queue;
}

/** A deletion was not carried out: the queue is there as before, unless somebody else has deleted it meanwhile, or is to. */
function staysOrWent(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  queue: SeenQueue,
  ended: readonly Lasting[],
  why: Statement,
): void {
  const { alsoDeleted } = queue;
  const gone = (alsoDeleted ?? otherDeletion(broker, queue, channel))?.span;
  if (!gone) return broker.topology.revive(ended);
  for (const one of ended) one.gone = gone;
  broker.topology.generation++;
  if (!alsoDeleted) return void broker.remade(at, queue, gone);
  queue.why = why;
  endAll(broker, at, queue, gone, alsoDeleted.count, why);
}

/** Whether somebody is about to delete it, or not to. */
function isDeleting({ gone, why }: SeenQueue): boolean {
  return gone?.to === Number.POSITIVE_INFINITY && !why;
}

/** What else asks for that, and is not answered. */
function otherDeletion({ channels }: SeenBroker, { name }: SeenQueue, channel: SeenChannel): Request | undefined {
  const others = [...channels].filter((one) => one !== channel).flatMap(({ pending }) => pending.all);
  return others.find(({ method, names }) => method === 'queue.delete' && names.includes(name));
}

/** Who else asked for that, and did it: there was something in the queue that this one did not find. */
function deletedBy(broker: SeenBroker, queue: SeenQueue, channel: SeenChannel, span: Span): Span | undefined {
  const other = (queue.alsoDeleted ?? otherDeletion(broker, queue, channel))?.span;
  if (!other) return undefined;
  const mayTake = (taker: Taker, entry: SeenEntry): boolean => {
    const isLater = taker instanceof Taking && isBefore(other, taker.request.span) === 'yes';
    return taker.room > 0 && !isLater && !taker.hasSeen(entry.returned ?? entry.came);
  };
  const held = [...queue.ready].some((entry) => {
    const wasThere = !entry.doubt && isThen(entry, span) === 'yes';
    return wasThere && ![...queue.takers].some((taker) => mayTake(taker, entry));
  });
  return held ? other : undefined;
}

export function purgeQueue(broker: SeenBroker, at: Sighting, channel: SeenChannel, name: string) {
  const span = channel.span(at);
  const why: Statement = { code: 'QUEUE_PURGED', values: { queue: name } };
  const { topology } = broker;
  const queue = topology.queue(name);
  /** Those that it may empty: one that is to go may still be there, and another one be declared, before the server reads it. */
  const all = new Set<SeenQueue>();
  const mayEmpty = (one: SeenQueue): void => {
    all.add(one);
    one.purges.set(span, undefined);
  };
  for (const one of topology.everNamed(name)) if (during(one, span) !== 'no') mayEmpty(one);
  broker.awaited.set(mayEmpty, name);
  const over = (): void => {
    broker.awaited.delete(mayEmpty);
    for (const one of all) one.purges.delete(span);
  };
  // Somebody else may have declared it before the server read this.
  const found = (): SeenQueue | undefined => queue ?? topology.queueThen(name, span);
  const doubtAll = (one: SeenQueue): void => {
    const doubt = purgedPerhaps(one, span);
    for (const entry of one.ready) one.doubt(entry, doubt);
    if (one.purges.has(span)) one.purges.set(span, doubt);
  };
  const mayEmptyLate = (other: SeenQueue): void => {
    mayEmpty(other);
    doubtAll(other);
  };
  let count: number | undefined;
  const one = request('queue.purge', span, {
    names: [name],
    endsSession: true,
    refused: () => isDenied(broker, name, channel, span),
    done: (doneAt) => {
      over();
      const emptied = found();
      if (emptied) endAll(broker, doneAt, emptied, span, count, why, 'purge');
      if (emptied) emptied.emptied = purgedPerhaps(emptied, span);
      for (const other of all) if (other !== emptied) doubtAll(other);
    },
    undone: over,
    lost: (lostAt) => {
      for (const one of all) doubtAll(one);
      broker.awaited.set(mayEmptyLate, name);
      broker.late.add(lostAt.at, () => {
        broker.awaited.delete(mayEmptyLate);
        over();
      });
    },
  });
  return { request: one, answer: (messages: number) => (count = messages) };
}

export function deleteExchange(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  name: string,
  ifUnused: boolean,
): Request {
  const span = channel.span(at);
  const { topology } = broker;
  const exchange = topology.exchange(name);
  // Somebody else has asked for that, too, and nothing shows yet that the server read it.
  const going = exchange ? undefined : topology.at(name, span);
  const ended = exchange && !ifUnused ? topology.removeExchange(exchange, span) : undefined;
  const decided = exchange && ifUnused ? mayEnd(topology, exchange, span) : () => {};
  // What is bound to it goes with it, and so does what is bound before the server reads this.
  const endsMeanwhile = topology.meanwhile.ends(span, (one) =>
    'name' in one ? one.name === name : isBoundTo(one, name),
  );
  const over = (): void => {
    decided();
    endsMeanwhile();
  };
  return request('exchange.delete', span, {
    names: [name],
    done: () => {
      over();
      const deleted =
        going && (going.gone?.to ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY ? going : exchange;
      if (deleted && !ended) topology.removeExchange(deleted, span);
    },
    undone: () => {
      over();
      // Somebody else may have deleted it since.
      if (ended && exchange?.gone === span) topology.revive(ended);
    },
    lost: (lostAt) => broker.late.add(lostAt.at, over),
  });
}

function isBoundTo({ exchange, destination, destinationType }: Bound, name: string): boolean {
  return exchange === name || (destinationType === 'exchange' && destination === name);
}

export function unbind(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  method: string,
  binding: Binding,
): Request {
  const span = channel.span(at);
  const ended: Lasting[] = broker.topology.unbind(binding, span);
  const over = broker.topology.meanwhile.ends(span, (one) => !('name' in one) && isSame(one, binding));
  return request(method, span, {
    names: [binding.exchange, binding.destination],
    done: over,
    undone: () => {
      over();
      broker.topology.revive(ended);
    },
    lost: (lostAt) => broker.late.add(lostAt.at, over),
  });
}
