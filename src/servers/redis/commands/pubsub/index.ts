/** Publish and subscribe. Commands from https://redis.io/docs/latest/commands/?group=pubsub */
import type { Group } from '../../dispatch/command.ts';
import {
  psubscribe,
  publish,
  pubsubChannels,
  pubsubHelp,
  pubsubNumpat,
  pubsubNumsub,
  pubsubShardchannels,
  pubsubShardnumsub,
  punsubscribe,
  spublish,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
} from './pubsub.ts';

const group: Group = {
  name: 'pubsub',
  rows: [
    ['psubscribe', -2, 'pubsub noscript loading stale', '', psubscribe],
    ['publish', 3, 'pubsub loading stale fast', '', publish],
    ['pubsub', -2, '', '', undefined],
    ['pubsub|channels', -2, 'pubsub loading stale', '', pubsubChannels],
    ['pubsub|help', 2, 'loading stale', '', pubsubHelp],
    ['pubsub|numpat', 2, 'pubsub loading stale', '', pubsubNumpat],
    ['pubsub|numsub', -2, 'pubsub loading stale', '', pubsubNumsub],
    ['pubsub|shardchannels', -2, 'pubsub loading stale', '', pubsubShardchannels],
    ['pubsub|shardnumsub', -2, 'pubsub loading stale', '', pubsubShardnumsub],
    ['punsubscribe', -1, 'pubsub noscript loading stale', '', punsubscribe],
    ['spublish', 3, 'pubsub loading stale fast', 'not_key@1', spublish],
    ['ssubscribe', -2, 'pubsub noscript loading stale', 'not_key@1:-1,1,0', ssubscribe],
    ['subscribe', -2, 'pubsub noscript loading stale', '', subscribe],
    ['sunsubscribe', -1, 'pubsub noscript loading stale', 'not_key@1:-1,1,0', sunsubscribe],
    ['unsubscribe', -1, 'pubsub noscript loading stale', '', unsubscribe],
  ],
};
export default group;
