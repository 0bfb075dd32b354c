/** Whether a server lets a channel have what it asks of a queue. */
import type { Binding } from '../../../protocols/amqp/index.ts';
import type { SeenBroker } from '../broker.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { during, isBefore, type Lasting, type Order, type Span, wasMissing } from '../span.ts';
import { type SeenChannel, SeenConsumer } from './channel.ts';

/** Whether an exclusive queue is kept from others: 405. https://www.rabbitmq.com/docs/queues#exclusive-queues */
export function isLocked(queue: SeenQueue | undefined, { connection }: SeenChannel, span: Span): Order {
  const owner = queue?.traits.exclusiveTo;
  return !queue?.isInSight || owner === undefined || owner === connection ? 'no' : during(queue, span);
}

/** Whether a queue of that name is not there, or is kept from this channel. */
export function isDenied(broker: SeenBroker, name: string, channel: SeenChannel, span: Span): Order {
  const queue = broker.topology.queueThen(name, span);
  return anyOf(isLacking(broker, queue, span), isLocked(queue, channel, span));
}

/** Whether what is to be bound is not there: 404. AMQP 0-9-1 §1.7.2.3 (queue.bind, not-found) */
export function lacksAnEnd(broker: SeenBroker, binding: Binding, channel: SeenChannel, span: Span): Order {
  const { exchange, destination, destinationType } = binding;
  const { topology } = broker;
  const to =
    destinationType === 'queue'
      ? isDenied(broker, destination, channel, span)
      : isLacking(broker, topology.at(destination, span), span);
  return anyOf(isLacking(broker, topology.at(exchange, span), span), to);
}

function isLacking({ own }: SeenBroker, one: Lasting | undefined, span: Span): Order {
  return one || own ? wasMissing(one, span) : 'maybe';
}

/** Whether a quorum queue gives nothing to basic.get: it has a single active consumer. 405 */
export function givesToConsumersOnly(queue: SeenQueue | undefined, span: Span): Order {
  return queue?.traits.isQuorum && queue.traits.isSingleActive ? during(queue, span) : 'no';
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
    // With a single active consumer, none can be the only one.
    if (isExclusive && queue?.isInSight && queue.traits.isSingleActive) return during(queue, span);
    const now = rivals();
    if (now.some((one) => isBefore(one.request.span, span) === 'yes' && staysUntil(one, span))) return 'yes';
    return asked || now.length > 0 ? 'maybe' : 'no';
  };
}

/** Whether a consumer is surely there until then: on the same channel it is, unless what is asked then is not read. */
function staysUntil(one: SeenConsumer, { by }: Span): boolean {
  return one.channel === by ? !one.isLeaving : one.stays;
}

/** Whether any of several reasons to refuse holds. */
export function anyOf(...reasons: readonly Order[]): Order {
  if (reasons.includes('yes')) return 'yes';
  return reasons.includes('maybe') ? 'maybe' : 'no';
}
