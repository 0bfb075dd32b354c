/** Streams, as AMQP 0-9-1 offers them (https://www.rabbitmq.com/docs/streams), on a cluster of one. */

import type { BrokerTraits } from '../../differences.ts';
import { notImplemented, preconditionFailed, Refusal } from '../../refusal.ts';
import { ONE_LANE } from '../backlog.ts';
import { readOptions } from '../options.ts';
import { readOffset } from '../stream-offset.ts';
import type { QueueKind } from './kind.ts';
import { unfit } from './quorum.ts';

export const stream = ({ wordingOfStreams, returnsToStreams }: BrokerTraits): QueueKind => ({
  name: 'stream',
  moduleName: 'rabbit_stream_queue',
  arguments: [
    'x-max-length-bytes',
    'x-max-age',
    'x-stream-max-segment-size-bytes',
    'x-stream-filter-size-bytes',
    'x-initial-cluster-size',
    'x-queue-leader-locator',
    'x-queue-type',
  ],
  canBeServerNamed: false,
  isLog: true,

  checkProperties(title, properties) {
    const wrong = unfit(properties);
    if (wrong !== undefined) throw preconditionFailed(`invalid property '${wrong}' for ${title}`);
  },

  checkArguments(args) {
    const size = args['x-stream-filter-size-bytes'];
    if (!wordingOfStreams || size === undefined) return;
    if (!(Number(size) >= 16 && Number(size) <= 255)) {
      throw preconditionFailed('Invalid value for  x-stream-filter-size-bytes');
    }
  },

  checkGet({ title }) {
    throw notImplemented(`basic.get not supported by stream queues ${title}`);
  },

  checkReturn(title, by) {
    if (returnsToStreams) return;
    // RabbitMQ stumbles over what basic.recover would give back.
    if (by === 'recover') throw new Refusal(541, '');
    throw notImplemented(`basic.nack and basic.reject not supported by stream queues ${title}`);
  },

  checkConsume({ title }, { prefetch, noAck, arguments: args, now }) {
    if (prefetch === 0) {
      const which = wordingOfStreams ? `stream ${title}` : `'${title}'`;
      throw preconditionFailed(`consumer prefetch count is not set for ${which}`);
    }
    if (noAck) {
      const which = wordingOfStreams ? `stream ${title}` : `stream queues ${title}`;
      throw notImplemented(`automatic acknowledgement not supported by ${which}`);
    }
    if (args['x-stream-filter'] !== undefined) {
      throw notImplemented(`filters of streams are not part of the embedded RabbitMQ: ${title}`);
    }
    readOffset(args['x-stream-offset'], title, now);
  },

  checkPurge(title) {
    throw notImplemented(`queue.purge not supported by stream queues ${title}`);
  },

  checkDelete() {},

  survivesRestart: () => true,
  takeBack: () => undefined,
  refuses: () => false,
  refusesDead: false,
  tellsRejected: false,
  hearsRejected: false,
  handsOutAfterCancel: true,
  looksFirst: false,
  handsOutFirst: false,
  readOptions,
  lanes: () => ONE_LANE,
  countToTell: () => undefined,
});
