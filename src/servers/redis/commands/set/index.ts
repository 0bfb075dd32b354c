/** Sets. Commands from https://redis.io/docs/latest/commands/?group=set */
import { type Group, row } from '../../dispatch/table.ts';
import { sdiff, sdiffstore, sinter, sintercard, sinterstore, sunion, sunionstore } from './algebra.ts';
import { sadd, scard, sismember, smembers, smismember, smove, spop, srandmember, srem, sscan } from './sets.ts';

const group: Group = {
  name: 'set',
  rows: [
    row('sadd', -3, 'write denyoom fast @set', 'RW insert@1', sadd),
    row('scard', 2, 'readonly fast @set', 'RO@1', scard),
    row('sdiff', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sdiff),
    row('sdiffstore', -3, 'write denyoom @set', 'OW update@1; RO access@2:-1,1,0', sdiffstore),
    row('sinter', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sinter),
    row('sintercard', -3, 'readonly @set', 'RO access@1#0,1,1', sintercard),
    row('sinterstore', -3, 'write denyoom @set', 'OW update@1; RO access@2:-1,1,0', sinterstore),
    row('sismember', 3, 'readonly fast @set', 'RO@1', sismember),
    row('smembers', 2, 'readonly @set ~nondeterministic_output_order', 'RO access@1', smembers),
    row('smismember', -3, 'readonly fast @set', 'RO access@1', smismember),
    row('smove', 4, 'write fast @set', 'RW access delete@1; RW insert@2', smove),
    row('spop', -2, 'write fast @set ~nondeterministic_output', 'RW access delete@1', spop),
    row('srandmember', -2, 'readonly @set ~nondeterministic_output', 'RO access@1', srandmember),
    row('srem', -3, 'write fast @set', 'RW delete@1', srem),
    row('sscan', -3, 'readonly @set ~nondeterministic_output', 'RO access@1', sscan),
    row('sunion', -2, 'readonly @set ~nondeterministic_output_order', 'RO access@1:-1,1,0', sunion),
    row('sunionstore', -3, 'write denyoom @set', 'OW update@1; RO access@2:-1,1,0', sunionstore),
  ],
};
export default group;
