/** Quorum queues (https://www.rabbitmq.com/docs/quorum-queues), on a cluster of one. */
import { notImplemented, preconditionFailed, resourceLocked } from '../../refusal.ts';
import { COMMON_ARGUMENTS } from '../arguments.ts';
import type { QueueKind, QueueProperties } from './kind.ts';

export const quorum: QueueKind = {
  name: 'quorum',
  moduleName: 'rabbit_quorum_queue',
  arguments: [
    ...COMMON_ARGUMENTS,
    'x-dead-letter-strategy',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
    'x-queue-leader-locator',
  ],
  canBeServerNamed: false,

  checkProperties(title, properties) {
    const wrong = unfit(properties);
    if (wrong !== undefined) throw preconditionFailed(`invalid property '${wrong}' for ${title}`);
  },

  checkGet({ title, options }) {
    if (!options.isSingleActive) return;
    throw resourceLocked(
      `cannot obtain access to locked ${title}. basic.get operations are not supported by quorum queues with single ` +
        'active consumer',
    );
  },

  checkConsume({ title }, { hasGlobalPrefetch }) {
    if (hasGlobalPrefetch) throw notImplemented(`${title} does not support global qos`);
  },

  checkDelete(title, { ifUnused, ifEmpty }) {
    if (!ifUnused && !ifEmpty) return;
    throw notImplemented(
      `cannot delete ${title}. queue.delete operations with ${ifUnused ? 'if-unused' : 'if-empty'} flag set are not ` +
        'supported by quorum queues',
    );
  },

  /** Every message is written down, whatever its delivery mode says. */
  survivesRestart: () => true,

  /** Behind what came back before, in front of what was never given out; too often, and it is dead-lettered. */
  takeBack(entry, backlog, { deliveryLimit }) {
    entry.returns += 1;
    if (deliveryLimit !== undefined && entry.returns > deliveryLimit) return 'delivery_limit';
    backlog.giveBack(entry);
    return undefined;
  },
};

/** What such a queue can't be, as RabbitMQ calls it. */
function unfit({ isAutoDelete, isExclusive, isDurable }: QueueProperties): string | undefined {
  if (isAutoDelete) return 'auto-delete';
  if (isExclusive) return 'exclusive-owner';
  return isDurable ? undefined : 'non-durable';
}
