/** HyperLogLog. Commands from https://redis.io/docs/latest/commands/?group=hyperloglog */
import type { Group } from '../../dispatch/command.ts';
import { pfadd, pfcount, pfdebug, pfmerge, pfselftest } from './hyperloglogs.ts';

const group: Group = {
  name: 'hyperloglog',
  rows: [
    ['pfadd', -2, 'write denyoom fast @hyperloglog', 'RW insert@1', pfadd],
    ['pfcount', -2, 'readonly @hyperloglog', 'RW access@1:-1,1,0', pfcount],
    ['pfdebug', 3, 'write denyoom admin @hyperloglog', 'RW access@2', pfdebug],
    ['pfmerge', -2, 'write denyoom @hyperloglog', 'RW access insert@1; RO access@2:-1,1,0', pfmerge],
    ['pfselftest', 1, 'admin @hyperloglog', '', pfselftest],
  ],
};
export default group;
