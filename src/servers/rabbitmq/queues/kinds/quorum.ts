/** Quorum queues (https://www.rabbitmq.com/docs/quorum-queues), on a cluster of one. */

import type { BrokerTraits } from '../../differences.ts';
import { notImplemented, preconditionFailed, resourceLocked } from '../../refusal.ts';
import { COMMON_ARGUMENTS } from '../arguments.ts';
import { type Lanes, ONE_LANE } from '../backlog.ts';
import { readOptions } from '../options.ts';
import type { QueueKind, QueueProperties } from './kind.ts';

/** How often a message may come back where nobody says otherwise. */
const DEFAULT_LIMIT = 20;
/** One that refuses what comes does so once it holds more than its limit, until it holds no more than this part of it. */
const RESUMES_AT = 0.8;
/** Two lanes: of each three messages two come from the urgent one. */
const HIGH_AND_NORMAL: Lanes = { count: 2, of: (priority) => (priority > 4 ? 0 : 1), turn: 2 };

export const quorum = (traits: BrokerTraits): QueueKind => ({
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
  isLog: false,
  checkReturn() {},
  checkPurge() {},
  checkArguments() {},

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

  /**
   * Behind what came back before, in front of what was never given out; too often, and it is dead-lettered. Without a
   * limit, what a client gives back is written anew, behind all others.
   */
  takeBack(entry, backlog, { deliveryLimit }, how) {
    entry.returns += 1;
    if (deliveryLimit !== undefined && entry.returns > deliveryLimit) return 'delivery_limit';
    if (deliveryLimit !== undefined || how === 'left behind') backlog.giveBack(entry);
    else backlog.push(entry);
    return undefined;
  },

  refuses(
    { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY },
    held,
    _body,
    isRefusing,
  ) {
    const share = isRefusing ? RESUMES_AT : 1;
    return held.length > Math.trunc(maxLength * share) || held.sizeBytes > Math.trunc(maxLengthBytes * share);
  },

  refusesDead: false,
  tellsRejected: traits.rejectedIsDelivered,
  hearsRejected: true,
  handsOutAfterCancel: true,
  looksFirst: true,
  handsOutFirst: true,

  readOptions(args) {
    const options = readOptions(args);
    if (!traits.deliveryLimitByDefault) return options;
    const { deliveryLimit = DEFAULT_LIMIT } = options;
    return { ...options, deliveryLimit: deliveryLimit < 0 ? undefined : deliveryLimit };
  },

  lanes: () => (traits.highAndNormalPriority ? HIGH_AND_NORMAL : ONE_LANE),

  countToTell({ returns, message }, asked) {
    if (returns === 0 && message.wasRejected) return 1;
    return returns > 0 || (asked === 'get' && traits.countsBeforeReturns) ? returns : undefined;
  },
});

/** What such a queue, or a stream, can't be, as RabbitMQ calls it. */
export function unfit({ isAutoDelete, isExclusive, isDurable }: QueueProperties): string | undefined {
  if (isAutoDelete) return 'auto-delete';
  if (isExclusive) return 'exclusive-owner';
  return isDurable ? undefined : 'non-durable';
}
