/** Publish and subscribe. Commands from https://redis.io/docs/latest/commands/?group=pubsub */
import { type Group, row } from '../../dispatch/table.ts';
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
    row('psubscribe', -2, 'pubsub noscript loading stale +while_subscribed', '', psubscribe),
    row('publish', 3, 'pubsub loading stale fast +may_replicate', '', publish),
    row('pubsub', -2, '', '', undefined),
    row('pubsub|channels', -2, 'pubsub loading stale', '', pubsubChannels),
    row('pubsub|help', 2, 'loading stale', '', pubsubHelp),
    row('pubsub|numpat', 2, 'pubsub loading stale', '', pubsubNumpat),
    row('pubsub|numsub', -2, 'pubsub loading stale', '', pubsubNumsub),
    row('pubsub|shardchannels', -2, 'pubsub loading stale', '', pubsubShardchannels),
    row('pubsub|shardnumsub', -2, 'pubsub loading stale', '', pubsubShardnumsub),
    row('punsubscribe', -1, 'pubsub noscript loading stale +while_subscribed', '', punsubscribe),
    row('spublish', 3, 'pubsub loading stale fast +may_replicate', 'not_key@1', spublish),
    row('ssubscribe', -2, 'pubsub noscript loading stale +while_subscribed', 'not_key@1:-1,1,0', ssubscribe),
    row('subscribe', -2, 'pubsub noscript loading stale +while_subscribed', '', subscribe),
    row('sunsubscribe', -1, 'pubsub noscript loading stale +while_subscribed', 'not_key@1:-1,1,0', sunsubscribe),
    row('unsubscribe', -1, 'pubsub noscript loading stale +while_subscribed', '', unsubscribe),
  ],
};
export default group;
