/** Queues that clients empty, exchanges and bindings that they delete: these count as gone from then on, until that is undone. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Binding } from '../../../protocols/amqp/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { purgedPerhaps } from '../queues/doubts.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { during, type Lasting } from '../span.ts';
import { type Bound, isSame } from '../topology/exchange.ts';
import { isDenied } from './access.ts';
import type { SeenChannel } from './channel.ts';
import { endAll } from './emptied.ts';
import { mayEnd } from './ends.ts';
import { type Request, request } from './request.ts';

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
