/** Classic queues, the ones that a declaration without x-queue-type makes (https://www.rabbitmq.com/docs/classic-queues). */
import type { BrokerTraits } from '../../differences.ts';
import { COMMON_ARGUMENTS } from '../arguments.ts';
import { readOptions } from '../options.ts';
import type { QueueKind } from './kind.ts';

export const classic = ({ leaderOfClassicQueues, handsOutAfterCancel }: BrokerTraits): QueueKind => ({
  name: 'classic',
  moduleName: 'rabbit_classic_queue',
  arguments: [
    ...COMMON_ARGUMENTS,
    'x-max-priority',
    'x-queue-mode',
    'x-queue-version',
    'x-queue-master-locator',
    ...(leaderOfClassicQueues ? ['x-queue-leader-locator'] : []),
  ],
  canBeServerNamed: true,
  isLog: false,
  checkProperties() {},
  checkGet() {},
  checkReturn() {},
  checkConsume() {},
  checkPurge() {},
  checkArguments() {},
  checkDelete() {},
  survivesRestart: ({ isPersistent }) => isPersistent,
  /** To its old place. */
  takeBack(entry, backlog) {
    backlog.restore(entry);
    return undefined;
  },
  refuses: ({ maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY }, held, bodyBytes) =>
    held.length + 1 > maxLength || held.sizeBytes + bodyBytes > maxLengthBytes,
  refusesDead: true,
  tellsRejected: false,
  hearsRejected: false,
  handsOutAfterCancel,
  looksFirst: false,
  handsOutFirst: false,
  readOptions,
  lanes: ({ maxPriority }) => ({
    count: maxPriority + 1,
    of: (priority) => maxPriority - Math.min(priority, maxPriority),
  }),
  countToTell: () => undefined,
});
