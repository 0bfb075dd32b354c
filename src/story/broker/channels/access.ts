/** Whether a server lets a channel have what it asks of a queue. */
import type { SeenQueue } from '../queues/queue.ts';
import { during, isBefore, type Order, type Span } from '../span.ts';
import { type SeenChannel, SeenConsumer } from './channel.ts';

/** Whether an exclusive queue is kept from others: 405. https://www.rabbitmq.com/docs/queues#exclusive-queues */
export function isLocked(queue: SeenQueue | undefined, { connection }: SeenChannel, span: Span): Order {
  const owner = queue?.traits.exclusiveTo;
  return !queue?.isInSight || owner === undefined || owner === connection ? 'no' : during(queue, span);
}

/**
 * Tells, whenever it is called, whether a consumer is refused since another one is there and one of the two is to be the
 * only one: 403. https://www.rabbitmq.com/docs/consumers#exclusivity
 */
export function exclusion(queue: SeenQueue | undefined, isExclusive: boolean, span: Span): () => Order {
  const rivals = (): SeenConsumer[] =>
    [...(queue?.takers ?? [])].filter((one): one is SeenConsumer => {
      if (!(one instanceof SeenConsumer) || one.request.span === span) return false;
      return (isExclusive || one.isExclusive) && isBefore(one.request.span, span) !== 'no';
    });
  // Some of them may be gone when it is asked again.
  const asked = rivals().length > 0;
  return () => {
    const now = rivals();
    if (now.some((one) => one.stays && isBefore(one.request.span, span) === 'yes')) return 'yes';
    return asked || now.length > 0 ? 'maybe' : 'no';
  };
}

/** Whether any of several reasons to refuse holds. */
export function anyOf(...reasons: readonly Order[]): Order {
  if (reasons.includes('yes')) return 'yes';
  return reasons.includes('maybe') ? 'maybe' : 'no';
}
