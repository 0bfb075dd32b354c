/** Sorted sets. Commands from https://redis.io/docs/latest/commands/?group=sorted-set */
import { type Group, row } from '../../dispatch/table.ts';
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
    row('bzmpop', -5, 'write blocking @sortedset', 'RW access delete@2#0,1,1', bzmpop),
    row('bzpopmax', -3, 'write blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmax),
    row('bzpopmin', -3, 'write blocking fast @sortedset', 'RW access delete@1:-2,1,0', bzpopmin),
    row('zadd', -4, 'write denyoom fast @sortedset', 'RW update@1', zadd),
    row('zcard', 2, 'readonly fast @sortedset', 'RO@1', zcard),
    row('zcount', 4, 'readonly fast @sortedset', 'RO access@1', zcount),
    row('zdiff', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zdiff),
    row('zdiffstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zdiffstore),
    row('zincrby', 4, 'write denyoom fast @sortedset', 'RW access update@1', zincrby),
    row('zinter', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zinter),
    row('zintercard', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zintercard),
    row('zinterstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zinterstore),
    row('zlexcount', 4, 'readonly fast @sortedset', 'RO access@1', zlexcount),
    row('zmpop', -4, 'write @sortedset', 'RW access delete@1#0,1,1', zmpop),
    row('zmscore', -3, 'readonly fast @sortedset', 'RO access@1', zmscore),
    row('zpopmax', -2, 'write fast @sortedset', 'RW access delete@1', zpopmax),
    row('zpopmin', -2, 'write fast @sortedset', 'RW access delete@1', zpopmin),
    row('zrandmember', -2, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zrandmember),
    row('zrange', -4, 'readonly @sortedset', 'RO access@1', zrange),
    row('zrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrangebylex),
    row('zrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrangebyscore),
    row('zrangestore', -5, 'write denyoom @sortedset', 'OW update@1; RO access@2', zrangestore),
    row('zrank', -3, 'readonly fast @sortedset', 'RO access@1', zrank),
    row('zrem', -3, 'write fast @sortedset', 'RW delete@1', zrem),
    row('zremrangebylex', 4, 'write @sortedset', 'RW delete@1', zremrangebylex),
    row('zremrangebyrank', 4, 'write @sortedset', 'RW delete@1', zremrangebyrank),
    row('zremrangebyscore', 4, 'write @sortedset', 'RW delete@1', zremrangebyscore),
    row('zrevrange', -4, 'readonly @sortedset', 'RO access@1', zrevrange),
    row('zrevrangebylex', -4, 'readonly @sortedset', 'RO access@1', zrevrangebylex),
    row('zrevrangebyscore', -4, 'readonly @sortedset', 'RO access@1', zrevrangebyscore),
    row('zrevrank', -3, 'readonly fast @sortedset', 'RO access@1', zrevrank),
    row('zscan', -3, 'readonly @sortedset ~nondeterministic_output', 'RO access@1', zscan),
    row('zscore', 3, 'readonly fast @sortedset', 'RO access@1', zscore),
    row('zunion', -3, 'readonly @sortedset', 'RO access@1#0,1,1', zunion),
    row('zunionstore', -4, 'write denyoom @sortedset', 'OW update@1; RO access@2#0,1,1', zunionstore),
  ],
};
export default group;
