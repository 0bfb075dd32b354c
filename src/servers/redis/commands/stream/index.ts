/** Streams. Commands from https://redis.io/docs/latest/commands/?group=stream */
import { type Group, row } from '../../dispatch/table.ts';
import { xadd } from './add.ts';
import { xautoclaim, xclaim } from './claim.ts';
import {
  xgroupCreate,
  xgroupCreateconsumer,
  xgroupDelconsumer,
  xgroupDestroy,
  xgroupHelp,
  xgroupSetid,
} from './groups.ts';
import { xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream } from './info.ts';
import { xack, xpending } from './pending.ts';
import { xread, xreadgroup } from './read.ts';
import { xdel, xlen, xrange, xrevrange, xsetid } from './streams.ts';
import { xtrim } from './trim.ts';

const group: Group = {
  name: 'stream',
  rows: [
    row('xack', -4, 'write fast @stream', 'RW update@1', xack),
    row('xadd', -5, 'write denyoom fast @stream ~nondeterministic_output', 'RW update@1', xadd),
    row('xautoclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW delete@1', xautoclaim),
    row('xclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW update@1', xclaim),
    row('xdel', -3, 'write fast @stream', 'RW delete@1', xdel),
    row('xgroup', -2, '', '', undefined),
    row('xgroup|create', -5, 'write denyoom @stream', 'RW insert@2', xgroupCreate),
    row('xgroup|createconsumer', 5, 'write denyoom @stream', 'RW insert@2', xgroupCreateconsumer),
    row('xgroup|delconsumer', 5, 'write @stream', 'RW delete@2', xgroupDelconsumer),
    row('xgroup|destroy', 4, 'write @stream', 'RW delete@2', xgroupDestroy),
    row('xgroup|help', 2, 'loading stale @stream', '', xgroupHelp),
    row('xgroup|setid', -5, 'write @stream', 'RW update@2', xgroupSetid),
    row('xinfo', -2, '', '', undefined),
    row('xinfo|consumers', 4, 'readonly @stream ~nondeterministic_output', 'RO access@2', xinfoConsumers),
    row('xinfo|groups', 3, 'readonly @stream', 'RO access@2', xinfoGroups),
    row('xinfo|help', 2, 'loading stale @stream', '', xinfoHelp),
    row('xinfo|stream', -3, 'readonly @stream', 'RO access@2', xinfoStream),
    row('xlen', 2, 'readonly fast @stream', 'RO@1', xlen),
    row('xpending', -3, 'readonly @stream ~nondeterministic_output', 'RO access@1', xpending),
    row('xrange', -4, 'readonly @stream', 'RO access@1', xrange),
    row('xread', -4, 'readonly blocking @stream', 'RO access incomplete@STREAMS,1:-1,1,2', xread),
    row('xreadgroup', -7, 'write blocking @stream', 'RO access incomplete@STREAMS,4:-1,1,2', xreadgroup),
    row('xrevrange', -4, 'readonly @stream', 'RO access@1', xrevrange),
    row('xsetid', -3, 'write denyoom fast @stream', 'RW update@1', xsetid),
    row('xtrim', -4, 'write @stream ~nondeterministic_output', 'RW delete@1', xtrim),
  ],
};
export default group;
