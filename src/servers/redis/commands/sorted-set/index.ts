/** Sorted sets. Commands from https://redis.io/docs/latest/commands/?group=sorted-set */
import type { Group } from '../../dispatch/command.ts';
import { zadd, zincrby } from './add.ts';
import { zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore } from './algebra.ts';
import {
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
} from './range.ts';
import {
  zcard,
  zcount,
  zlexcount,
  zmscore,
  zrandmember,
  zrank,
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrank,
  zscan,
  zscore,
} from './sorted-sets.ts';
import { bzmpop, bzpopmax, bzpopmin, zmpop, zpopmax, zpopmin } from './take.ts';

const group: Group = {
  name: 'sorted-set',
  rows: [
    ['bzmpop', -5, 'write blocking @sortedset', 'RW access delete@2#0,1,1', bzmpop],
    ['bzpopmax', -3, 'write noscript blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmax],
    ['bzpopmin', -3, 'write noscript blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmin],
    ['zadd', -4, 'write denyoom fast @sortedset', 'RW update@1', zadd],
    ['zcard', 2, 'readonly fast @sortedset', 'RO@1', zcard],
    ['zcount', 4, 'readonly fast @sortedset', 'RO access@1', zcount],
    ['zdiff', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zdiff],
    ['zdiffstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zdiffstore],
    ['zincrby', 4, 'write denyoom fast @sortedset', 'RW access update@1', zincrby],
    ['zinter', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zinter],
    ['zintercard', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zintercard],
    ['zinterstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zinterstore],
    ['zlexcount', 4, 'readonly fast @sortedset', 'RO access@1', zlexcount],
    ['zmpop', -4, 'write @sortedset', 'RW access delete@1#0,1,1', zmpop],
    ['zmscore', -3, 'readonly fast @sortedset', 'RO access@1', zmscore],
    ['zpopmax', -2, 'write fast @sortedset', 'RW access delete@1', zpopmax],
    ['zpopmin', -2, 'write fast @sortedset', 'RW access delete@1', zpopmin],
    ['zrandmember', -2, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zrandmember],
    ['zrange', -4, 'readonly @sortedset', 'RO access@1', zrange],
    ['zrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrangebylex],
    ['zrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrangebyscore],
    ['zrangestore', -5, 'write denyoom @sortedset', 'OW update@1; RO access@2', zrangestore],
    ['zrank', 3, 'readonly fast @sortedset', 'RO access@1', zrank],
    ['zrem', -3, 'write fast @sortedset', 'RW delete@1', zrem],
    ['zremrangebylex', 4, 'write @sortedset', 'RW delete@1', zremrangebylex],
    ['zremrangebyrank', 4, 'write @sortedset', 'RW delete@1', zremrangebyrank],
    ['zremrangebyscore', 4, 'write @sortedset', 'RW delete@1', zremrangebyscore],
    ['zrevrange', -4, 'readonly @sortedset', 'RO access@1', zrevrange],
    ['zrevrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrevrangebylex],
    ['zrevrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrevrangebyscore],
    ['zrevrank', 3, 'readonly fast @sortedset', 'RO access@1', zrevrank],
    ['zscan', -3, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zscan],
    ['zscore', 3, 'readonly fast @sortedset', 'RO access@1', zscore],
    ['zunion', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zunion],
    ['zunionstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zunionstore],
  ],
};
export default group;
