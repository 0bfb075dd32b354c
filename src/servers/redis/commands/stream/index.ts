/** Streams. Commands from https://redis.io/docs/latest/commands/?group=stream */
import type { Group } from '../../dispatch/command.ts';
import { xadd } from './add.ts';
import {
  xgroupCreate,
  xgroupCreateconsumer,
  xgroupDelconsumer,
  xgroupDestroy,
  xgroupHelp,
  xgroupSetid,
} from './groups.ts';
import { xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream } from './info.ts';
import { xack, xautoclaim, xclaim, xpending } from './pending.ts';
import { xread, xreadgroup } from './read.ts';
import { xdel, xlen, xrange, xrevrange, xsetid } from './streams.ts';
import { xtrim } from './trim.ts';

const group: Group = {
  name: 'stream',
  rows: [
    ['xack', -4, 'write fast @stream', 'RW update@1', xack],
    ['xadd', -5, 'write denyoom fast @stream ~nondeterministic_output', 'RW update@1', xadd],
    ['xautoclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW delete@1', xautoclaim],
    ['xclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW update@1', xclaim],
    ['xdel', -3, 'write fast @stream', 'RW delete@1', xdel],
    ['xgroup', -2, '', '', undefined],
    ['xgroup|create', -5, 'write denyoom @stream', 'RW insert@2', xgroupCreate],
    ['xgroup|createconsumer', 5, 'write denyoom @stream', 'RW insert@2', xgroupCreateconsumer],
    ['xgroup|delconsumer', 5, 'write @stream', 'RW delete@2', xgroupDelconsumer],
    ['xgroup|destroy', 4, 'write @stream', 'RW delete@2', xgroupDestroy],
    ['xgroup|help', 2, 'loading stale @stream', '', xgroupHelp],
    ['xgroup|setid', -5, 'write @stream', 'RW update@2', xgroupSetid],
    ['xinfo', -2, '', '', undefined],
    ['xinfo|consumers', 4, 'readonly @stream ~nondeterministic_output', 'RO access@2', xinfoConsumers],
    ['xinfo|groups', 3, 'readonly @stream', 'RO access@2', xinfoGroups],
    ['xinfo|help', 2, 'loading stale @stream', '', xinfoHelp],
    ['xinfo|stream', -3, 'readonly @stream', 'RO access@2', xinfoStream],
    ['xlen', 2, 'readonly fast @stream', 'RO@1', xlen],
    ['xpending', -3, 'readonly @stream ~nondeterministic_output', 'RO access@1', xpending],
    ['xrange', -4, 'readonly @stream', 'RO access@1', xrange],
    ['xread', -4, 'readonly blocking @stream', 'RO access@STREAMS,1:-1,1,2', xread],
    ['xreadgroup', -7, 'write blocking @stream', 'RO access@STREAMS,4:-1,1,2', xreadgroup],
    ['xrevrange', -4, 'readonly @stream', 'RO access@1', xrevrange],
    ['xsetid', -3, 'write denyoom fast @stream', 'RW update@1', xsetid],
    ['xtrim', -4, 'write @stream ~nondeterministic_output', 'RW delete@1', xtrim],
  ],
};
export default group;
