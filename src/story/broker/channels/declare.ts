/** Exchanges, queues and bindings that clients ask for: they count from then on, until the request is undone. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Binding, FieldTable } from '../../../protocols/amqp/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { purgedPerhaps } from '../queues/doubts.ts';
import { SeenQueue } from '../queues/queue.ts';
import { UNKNOWN_RULES } from '../queues/rules.ts';
import { type DeclaredQueue, isEquivalent, readTraits } from '../queues/traits.ts';
import { ALWAYS, during, isBefore, type Lasting, type Order, type Span } from '../span.ts';
import { mayMakeToo, unmake as unmakePart } from '../topology/meanwhile.ts';
import { isSame, REPLY_TO, type SeenExchange } from '../topology/topology.ts';
import { isDenied, lacksAnEnd } from './access.ts';
import type { SeenChannel } from './channel.ts';
import { endAll } from './emptied.ts';
import { mayEnd, perhapsGone } from './ends.ts';
import { type Request, request } from './request.ts';

/** A queue that is declared under a name that the client chose; one that is there already stays as it is. */
export function declareQueue(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  method: string,
  name: string,
  declared: DeclaredQueue,
): Request {
  const span = channel.span(at);
  const known = broker.topology.queue(name);
  const made = known ? undefined : broker.makeQueue(at, name, declared, span);
  const queue = known ?? made;
  known?.alsoMade.set(span, declared);
  // It may be there earlier than was thought.
  if (known && isBefore(known.made, span) !== 'yes') broker.topology.generation++;
  return request(method, span, {
    names: [name],
    endsSession: true,
    refused: () => {
      // What was there before may not have gone.
      const there =
        known ?? broker.topology.everNamed(name).findLast((one) => one !== made && during(one, span) !== 'no');
      return there ? refuses(broker, there, declared, span) : 'no';
    },
    done: (doneAt) => {
      if (!queue) return;
      const isAnother = known?.declared !== undefined && !isEquivalent(known.declared, declared);
      const isReplaced = isAnother && queue.mayBeUnused(doneAt.at);
      queue.used(doneAt.at, span);
      if (isReplaced) broker.becomes(queue, declared);
      if (queue.made.to !== Number.POSITIVE_INFINITY) queue.alsoMade.delete(span);
    },
    undone: (undoneAt) => {
      // It may also have made the queue anew.
      for (const one of broker.topology.everNamed(name)) {
        if (one === queue || one.made === span) unmake(broker, undoneAt, one, span);
      }
    },
  });
}

/** A queue is not declared again as something else. https://www.rabbitmq.com/docs/queues#property-equivalence */
function refuses(broker: SeenBroker, queue: SeenQueue, asked: DeclaredQueue, span: Span): Order {
  const { declared: known } = queue;
  if (!broker.own || !known) return 'maybe';
  if (isEquivalent(known, asked)) return 'no';
  const there = during(queue, span);
  return there === 'yes' && queue.mayBeUnused(broker.nowMs) ? 'maybe' : there;
}

/** The same time, of which nobody's requests tell more. */
function byAnyone(span: Span): Span {
  const same = { by: undefined, from: span.from, atMs: span.atMs };
  return Object.defineProperty(same as unknown as Span, 'to', { get: () => span.to, set: () => {} });
}

/** The end of what was never made: before it began. */
function never({ from }: Span): Span {
  return { by: undefined, from, to: from };
}

/** It was not made by this declaration: by the next one, or never. */
function unmake(broker: SeenBroker, at: Sighting, queue: SeenQueue, by: Span): void {
  if (queue.made !== by) return void queue.alsoMade.delete(by);
  for (const [next, declared] of queue.alsoMade) {
    if (!queue.declared || !isEquivalent(queue.declared, declared)) continue;
    queue.alsoMade.delete(next);
    queue.made = next;
    broker.topology.generation++;
    return;
  }
  broker.removeQueue(at, queue, never(queue.made), { code: 'UNROUTABLE_NO_QUEUE', values: { queue: queue.name } });
}

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
  const going = queue
    ? undefined
    : topology.everNamed(name).findLast(({ gone }) => gone?.to === Number.POSITIVE_INFINITY);
  if (going?.gone) topology.removeQueue(going, byAnyone(going.gone));
  // A queue that goes only if it is unused or empty may stay, and so may one whose deletion may stand behind an error.
  const mayStay = isConditional || channel.pending.mayFailAt !== undefined;
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
    done: (doneAt) => {
      broker.awaited.delete(mayDelete);
      decided();
      // What it took with it shows that this one did it; so does what the other has not done.
      const isFirst = going && !going.why && (!going.gone || (count ?? 0) > 0);
      const deleted = isFirst ? going : queue;
      if (!deleted) return;
      if (!ended) {
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
      if (ended && !queue?.why) topology.revive(ended);
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

export interface DeclaredExchange {
  readonly name: string;
  readonly type: SeenExchange['type'];
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

export function declareExchange(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  declared: DeclaredExchange,
): Request {
  const span = channel.span(at);
  const { topology } = broker;
  const { name, type, durable, autoDelete } = declared;
  const given = declared.arguments['alternate-exchange'];
  const alternate = typeof given === 'string' ? given : undefined;
  const asked: SeenExchange = {
    name,
    type,
    durable,
    autoDelete,
    alternate,
    made: span,
    alsoMade: new Map(),
    gone: undefined,
  };
  const known = topology.exchange(name);
  if (known && mayMakeToo(known, span)) topology.generation++;
  const made = known ? undefined : asked;
  if (made) topology.addExchange(made);
  const over = topology.meanwhile.makes(asked);
  return request('exchange.declare', span, {
    names: [name],
    done: over,
    undone: () => {
      over();
      if (known) unmakePart(known, span);
      else if (asked.alsoMade.size > 0) unmakePart(asked, span);
      else topology.removeExchange(asked, never(span));
    },
    lost: (lostAt) => broker.late.add(lostAt.at, over),
  });
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
  const over = topology.meanwhile.ends(span, (one) => 'name' in one && one.name === name);
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

export function bind(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  method: string,
  binding: Binding,
): Request {
  const span = channel.span(at);
  const bound = broker.topology.bind(binding, span);
  const over = broker.topology.meanwhile.makes({ ...binding, made: span, alsoMade: new Map(), gone: undefined });
  return request(method, span, {
    names: [binding.exchange, binding.destination],
    endsSession: true,
    refused: () => lacksAnEnd(broker, binding, channel, span),
    done: over,
    undone: () => {
      over();
      unmakePart(bound, span);
      broker.topology.generation++;
    },
    lost: (lostAt) => broker.late.add(lostAt.at, over),
  });
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

/** Where a channel gets direct replies: it is no queue of the broker, and keeps nothing. */
export function replyQueue(at: Sighting): SeenQueue {
  const traits = readTraits(
    { durable: false, autoDelete: false, exclusiveTo: undefined, arguments: {} },
    UNKNOWN_RULES,
  );
  return new SeenQueue(REPLY_TO, traits, ALWAYS, false, at.at);
}
