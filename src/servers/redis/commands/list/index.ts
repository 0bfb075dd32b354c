/** Lists. Commands from https://redis.io/docs/latest/commands/?group=list */
import { type Group, row } from '../../dispatch/table.ts';
import { lindex, linsert, llen, lpos, lrange, lrem, lset, ltrim } from './lists.ts';
import { blmove, brpoplpush, lmove, rpoplpush } from './move.ts';
import { lpush, lpushx, rpush, rpushx } from './push.ts';
import { blmpop, blpop, brpop, lmpop, lpop, rpop } from './take.ts';

const group: Group = {
  name: 'list',
  rows: [
    row('blmove', 6, 'write denyoom blocking @list', 'RW access delete@1; RW insert@2', blmove),
    row('blmpop', -5, 'write blocking @list', 'RW access delete@2#0,1,1', blmpop),
    row('blpop', -3, 'write blocking @list', 'RW access delete@1:-2,1,0', blpop),
    row('brpop', -3, 'write blocking @list', 'RW access delete@1:-2,1,0', brpop),
    row('brpoplpush', 4, 'write denyoom blocking @list', 'RW access delete@1; RW insert@2', brpoplpush),
    row('lindex', 3, 'readonly @list', 'RO access@1', lindex),
    row('linsert', 5, 'write denyoom @list', 'RW insert@1', linsert),
    row('llen', 2, 'readonly fast @list', 'RO@1', llen),
    row('lmove', 5, 'write denyoom @list', 'RW access delete@1; RW insert@2', lmove),
    row('lmpop', -4, 'write @list', 'RW access delete@1#0,1,1', lmpop),
    row('lpop', -2, 'write fast @list', 'RW access delete@1', lpop),
    row('lpos', -3, 'readonly @list', 'RO access@1', lpos),
    row('lpush', -3, 'write denyoom fast @list', 'RW insert@1', lpush),
    row('lpushx', -3, 'write denyoom fast @list', 'RW insert@1', lpushx),
    row('lrange', 4, 'readonly @list', 'RO access@1', lrange),
    row('lrem', 4, 'write @list', 'RW delete@1', lrem),
    row('lset', 4, 'write denyoom @list', 'RW update@1', lset),
    row('ltrim', 4, 'write @list', 'RW delete@1', ltrim),
    row('rpop', -2, 'write fast @list', 'RW access delete@1', rpop),
    row('rpoplpush', 3, 'write denyoom @list', 'RW access delete@1; RW insert@2', rpoplpush),
    row('rpush', -3, 'write denyoom fast @list', 'RW insert@1', rpush),
    row('rpushx', -3, 'write denyoom fast @list', 'RW insert@1', rpushx),
  ],
};
export default group;
