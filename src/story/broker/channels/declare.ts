import type { Binding, FieldTable } from '../../../protocols/amqp/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { RefusalDoubt, routeDoubt, unanswered } from '../queues/doubts.ts';
import { SeenQueue } from '../queues/queue.ts';
import { REPLY_TO } from '../queues/reply-to.ts';
import { UNKNOWN_RULES } from '../queues/rules.ts';
import { type DeclaredQueue, isEquivalent, readTraits } from '../queues/traits.ts';
import { ALWAYS, during, isBefore, type Order, type Span } from '../span.ts';
import type { SeenExchange } from '../topology/exchange.ts';
import { mayMakeToo, unmake as unmakePart } from '../topology/meanwhile.ts';
import { anyOf, lacksAnEnd } from './access.ts';
import { type SeenChannel, SeenConsumer } from './channel.ts';
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
    isDeclaration: true,
    refused: () => {
      // What was there before may not have gone.
      const others = broker.topology.everNamed(name).filter((one) => one.made !== span && during(one, span) !== 'no');
      return anyOf(...others.map((one) => refuses(broker, one, declared, span)));
    },
    done: (doneAt) => {
      if (!queue) return;
      if (broker.own) othersAreGone(broker, doneAt, queue, declared);
      const isAnother = known?.declared !== undefined && !isEquivalent(known.declared, declared);
      const isReplaced = isAnother && queue.mayBeUnused(doneAt.at);
      queue.used(doneAt.at, span);
      if (isReplaced) broker.becomes(queue, declared);
      else if (isAnother && broker.own) madeAs(broker, doneAt, queue, declared, span);
      // What is to delete it may come first, and then this makes it anew.
      if (queue.made.to !== Number.POSITIVE_INFINITY && queue.mayEnd.size === 0) queue.alsoMade.delete(span);
    },
    undone: (undoneAt) => {
      // It may also have made the queue anew.
      for (const one of broker.topology.everNamed(name)) {
        if (one === queue || one.made === span) unmake(broker, undoneAt, one, span);
      }
    },
  });
}

/** What was declared otherwise under its name would have been found, and this refused. */
function othersAreGone(broker: SeenBroker, at: Sighting, queue: SeenQueue, asked: DeclaredQueue): void {
  for (const one of broker.topology.everNamed(queue.name)) {
    const isFormer = one !== queue && one.declared !== undefined && !isEquivalent(one.declared, asked);
    if (!isFormer || !one.gone || one.gone.to <= at.seq) continue;
    one.gone = { ...one.gone, to: at.seq };
    broker.topology.generation++;
    broker.changed(one);
  }
}

/** A queue is not declared again as something else. https://www.rabbitmq.com/docs/queues#property-equivalence */
function refuses(broker: SeenBroker, queue: SeenQueue, asked: DeclaredQueue, span: Span): Order {
  const { declared: known } = queue;
  if (!broker.own || !known) return 'maybe';
  if (isEquivalent(known, asked)) return 'no';
  const there = during(queue, span);
  const wasUnused = queue.mayBeUnused(broker.nowMs) || queue.wasPerhapsUnused(span.atMs ?? 0);
  if (there !== 'yes') return there;
  return queue.perhapsGone || wasUnused || hasPerhapsLostAll(queue, span) ? 'maybe' : there;
}

/** Whether it may have gone with its last consumer: those who are there now may have come to another one after that. */
function hasPerhapsLostAll({ traits, takers, losesTakers }: SeenQueue, { by }: Span): boolean {
  if (!traits.autoDelete) return false;
  // Whether they have ended may depend on what is declared as this queue.
  return losesTakers.ask(false, () => [...takers].some((one) => one.channel !== by && one.mayHaveEnded === true));
}

/**
 * It was declared as something else, which the server agreed to: so it had gone before, if anything can have ended it, or
 * it was not made as it was thought.
 */
function madeAs(broker: SeenBroker, at: Sighting, queue: SeenQueue, declared: DeclaredQueue, span: Span): void {
  const { name, made, mayEnd, traits } = queue;
  // Only who had a consumer goes with the last.
  const wasUsed = queue.hadConsumer || queue.takers.size > 0 || queue.perhapsGone !== undefined;
  const ending = [...queue.takers].filter(({ mayHaveEnded }) => mayHaveEnded);
  const isLeft = traits.autoDelete && wasUsed && (mayEnd.size === 0 || ending.length > 0);
  const why = isLeft ? 'QUEUE_AUTO_DELETE' : mayEnd.size > 0 ? 'QUEUE_DELETED' : undefined;
  if (!why) {
    if (queue.alsoMade.has(span)) becomes(broker, queue, span, declared);
    return;
  }
  const isAsked = mayEnd.size > 0 && ending.every((one) => one instanceof SeenConsumer && one.isLeaving);
  const asked = isAsked ? Math.min(...[...mayEnd].map((end) => end.from)) : 0;
  const from = Math.max(asked, made.to === Number.POSITIVE_INFINITY ? made.from : made.to);
  const gone = { by: undefined, from, to: at.seq };
  broker.removeQueue(at, queue, gone, { code: why, values: { queue: name } });
  const next = broker.topology.queue(name);
  if (!next) return;
  if (next.made !== span && next.alsoMade.has(span)) becomes(broker, next, span, declared);
  next.perhapsGone = undefined;
  broker.meets(next);
}

/** The end of what was never made: before it began. */
export function never({ from }: Span): Span {
  return { by: undefined, from, to: from };
}

/** It was not made by this declaration: by the next one, or never. */
export function unmake(broker: SeenBroker, at: Sighting, queue: SeenQueue, by: Span): void {
  broker.topology.generation++;
  if (queue.made !== by) return void queue.alsoMade.delete(by);
  const all = [...queue.alsoMade];
  const { declared: known } = queue;
  const [next, declared] = all.find(([, one]) => known && isEquivalent(known, one)) ?? all[0] ?? [];
  if (!next || !declared) {
    const why = { code: 'UNROUTABLE_NO_QUEUE', values: { queue: queue.name } } as const;
    return broker.removeQueue(at, queue, never(queue.made), why);
  }
  becomes(broker, queue, next, declared);
}

/** It is made by another declaration than was thought. */
function becomes(broker: SeenBroker, queue: SeenQueue, made: Span, declared: DeclaredQueue): void {
  const { declared: known } = queue;
  queue.alsoMade.delete(made);
  queue.made = made;
  if (known && isEquivalent(known, declared)) return;
  // What has come to it may have been refused, or dropped, as this one has it.
  broker.becomes(queue, declared);
  for (const entry of queue.ready) {
    queue.doubt(entry, unanswered(routeDoubt(queue)));
    if (queue.traits.refuses === 'no' || entry.doubt instanceof RefusalDoubt) continue;
    const refusal = new RefusalDoubt(queue);
    refusal.isUntold = entry.origin?.isConfirming !== true;
    refusal.further = entry.doubt;
    entry.doubt = refusal;
  }
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
    mayEnd: new Set<Span>(),
    gone: undefined,
  };
  const known = topology.exchange(name);
  if (known && mayMakeToo(known, span)) topology.generation++;
  const made = known ? undefined : asked;
  if (made) topology.addExchange(made);
  const over = topology.meanwhile.makes(asked);
  return request('exchange.declare', span, {
    names: [name],
    refused: () => {
      const others = topology.exchangesNamed(name).filter(({ made: by }) => by !== span);
      // Others may have made it, and ended it, where not all is seen.
      return broker.own ? anyOf(...others.map((one) => (isSameKind(one, asked) ? 'no' : during(one, span)))) : 'no';
    },
    done: over,
    undone: () => {
      over();
      if (known) unmakePart(known, span);
      else if (asked.alsoMade.size > 0) unmakePart(asked, span);
      else topology.neverMade(asked, never(span));
    },
    lost: (lostAt) => broker.late.add(lostAt.at, over),
  });
}

/** An exchange is not declared again as something else. https://www.rabbitmq.com/docs/exchanges#property-equivalence */
function isSameKind(one: SeenExchange, other: SeenExchange): boolean {
  const { type, durable, autoDelete, alternate } = one;
  const isAlike = type === other.type && alternate === other.alternate;
  return isAlike && durable === other.durable && autoDelete === other.autoDelete;
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

/** Where a channel gets direct replies: it is no queue of the broker, and keeps nothing. */
export function replyQueue(at: Sighting): SeenQueue {
  const traits = readTraits(
    { durable: false, autoDelete: false, exclusiveTo: undefined, arguments: {} },
    UNKNOWN_RULES,
  );
  return new SeenQueue(REPLY_TO, traits, ALWAYS, false, at.at);
}
