/** Lists. Commands from https://redis.io/docs/latest/commands/?group=list */
import type { Group } from '../../dispatch/command.ts';
import {
  lindex,
  linsert,
  llen,
  lmove,
  lmpop,
  lpop,
  lpos,
  lrange,
  lrem,
  lset,
  ltrim,
  rpop,
  rpoplpush,
} from './lists.ts';
import { lpush, lpushx, rpush, rpushx } from './push.ts';
import { blmove, blmpop, blpop, brpop, brpoplpush } from './take.ts';

const group: Group = {
  name: 'list',
  rows: [
    ['blmove', 6, 'write denyoom noscript blocking @list', 'RW access delete@1; RW insert@2', blmove],
    ['blmpop', -5, 'write blocking @list', 'RW access delete@2#0,1,1', blmpop],
    ['blpop', -3, 'write noscript blocking @list', 'RW access delete@1:-2,1,0', blpop],
    ['brpop', -3, 'write noscript blocking @list', 'RW access delete@1:-2,1,0', brpop],
    ['brpoplpush', 4, 'write denyoom noscript blocking @list', 'RW access delete@1; RW insert@2', brpoplpush],
    ['lindex', 3, 'readonly @list', 'RO access@1', lindex],
    ['linsert', 5, 'write denyoom @list', 'RW insert@1', linsert],
    ['llen', 2, 'readonly fast @list', 'RO@1', llen],
    ['lmove', 5, 'write denyoom @list', 'RW access delete@1; RW insert@2', lmove],
    ['lmpop', -4, 'write @list', 'RW access delete@1#0,1,1', lmpop],
    ['lpop', -2, 'write fast @list', 'RW access delete@1', lpop],
    ['lpos', -3, 'readonly @list', 'RO access@1', lpos],
    ['lpush', -3, 'write denyoom fast @list', 'RW insert@1', lpush],
    ['lpushx', -3, 'write denyoom fast @list', 'RW insert@1', lpushx],
    ['lrange', 4, 'readonly @list', 'RO access@1', lrange],
    ['lrem', 4, 'write @list', 'RW delete@1', lrem],
    ['lset', 4, 'write denyoom @list', 'RW update@1', lset],
    ['ltrim', 4, 'write @list', 'RW delete@1', ltrim],
    ['rpop', -2, 'write fast @list', 'RW access delete@1', rpop],
    ['rpoplpush', 3, 'write denyoom @list', 'RW access delete@1; RW insert@2', rpoplpush],
    ['rpush', -3, 'write denyoom fast @list', 'RW insert@1', rpush],
    ['rpushx', -3, 'write denyoom fast @list', 'RW insert@1', rpushx],
  ],
};
export default group;
