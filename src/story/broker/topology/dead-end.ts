/** Why nothing takes what died in a queue, where that has a dead-letter exchange. https://www.rabbitmq.com/docs/dlx */
import type { Statement } from '../../../core/statements/index.ts';
import { nearest } from '../../../core/text/suggest.ts';
import type { Publication } from '../messages/publication.ts';
import { type Span, wasMissing } from '../span.ts';
import type { Route } from './route.ts';
import type { SeenTopology } from './topology.ts';
import { whyNobody } from './why.ts';

/** Where the way of a dead message ends without a queue. */
export interface DeadEnd {
  /** What became of it, told of the queue that it died in. */
  readonly reason: Statement;
  /** Why nothing took it there; undefined where that is not sure. */
  readonly why: Statement | undefined;
  /** Whether it got as far as an exchange. */
  readonly isPublished: boolean;
}

/** `own` tells whether everything that happens at the broker is seen: else others may have declared and bound. */
export function deadEnd(
  world: { readonly topology: SeenTopology; readonly own: boolean },
  queue: string,
  dead: Publication,
  route: Route,
  span: Span,
): DeadEnd {
  const { topology, own } = world;
  const { exchange, routingKey: to } = dead;
  const nowhere: Statement = { code: 'DEAD_LETTER_NOWHERE', values: { queue, exchange } };
  if (!own || route.queues.size > 0) return { reason: nowhere, why: undefined, isPublished: false };
  if (exchange === '') {
    const near = nearest(to, topology.queueNames(span));
    const values = { queue, to, ...(near === undefined ? {} : { nearest: near }) };
    const reason: Statement = { code: 'DEAD_LETTER_NO_QUEUE', values };
    return { reason, why: reason, isPublished: false };
  }
  const missing = wasMissing(topology.at(exchange, span), span);
  if (missing === 'no') {
    return { reason: nowhere, why: whyNobody(world, dead, route, span).reason, isPublished: true };
  }
  const reason: Statement =
    missing === 'yes' ? { code: 'DEAD_LETTER_NO_EXCHANGE', values: { queue, exchange } } : nowhere;
  return { reason, why: reason, isPublished: false };
}

/** It would come back to a queue for ever, so the broker drops it. https://www.rabbitmq.com/docs/dlx#routing */
export function inCycle(queue: string, to: string): DeadEnd {
  const reason: Statement = { code: 'DEAD_LETTER_CYCLE', values: { queue, to } };
  return { reason, why: undefined, isPublished: false };
}
