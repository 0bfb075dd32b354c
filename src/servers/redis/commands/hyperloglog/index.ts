/** HyperLogLog. Commands from https://redis.io/docs/latest/commands/?group=hyperloglog */
import { type Group, row } from '../../dispatch/table.ts';
import { pfadd, pfcount, pfdebug, pfmerge, pfselftest } from './hyperloglogs.ts';

const group: Group = {
  name: 'hyperloglog',
  rows: [
    row('pfadd', -2, 'write denyoom fast @hyperloglog', 'RW insert@1', pfadd),
    row('pfcount', -2, 'readonly @hyperloglog +may_replicate', 'RW access@1:-1,1,0', pfcount),
    row('pfdebug', 3, 'write denyoom admin @hyperloglog', 'RW access@2', pfdebug),
    row('pfmerge', -2, 'write denyoom @hyperloglog', 'RW access insert@1; RO access@2:-1,1,0', pfmerge),
    row('pfselftest', 1, 'admin @hyperloglog', '', pfselftest),
  ],
};
export default group;
