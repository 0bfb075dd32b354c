/** Strings. Commands from https://redis.io/docs/latest/commands/?group=string */
import { type Group, row } from '../../dispatch/table.ts';
import { decr, decrby, incr, incrby, incrbyfloat } from './counters.ts';
import { lcs } from './lcs.ts';
import { get, getdel, getex, getset, mget, mset, msetnx, psetex, set, setex, setnx } from './strings.ts';
import { append, getrange, setrange, strlen } from './substrings.ts';

const group: Group = {
  name: 'string',
  rows: [
    row('append', 3, 'write denyoom fast @string', 'RW insert@1', append),
    row('decr', 2, 'write denyoom fast @string', 'RW access update@1', decr),
    row('decrby', 3, 'write denyoom fast @string', 'RW access update@1', decrby),
    row('get', 2, 'readonly fast @string', 'RO access@1', get),
    row('getdel', 2, 'write fast @string', 'RW access delete@1', getdel),
    row('getex', -2, 'write fast @string', 'RW access update@1', getex),
    row('getrange', 4, 'readonly @string', 'RO access@1', getrange),
    row('getset', 3, 'write denyoom fast @string', 'RW access update@1', getset),
    row('incr', 2, 'write denyoom fast @string', 'RW access update@1', incr),
    row('incrby', 3, 'write denyoom fast @string', 'RW access update@1', incrby),
    row('incrbyfloat', 3, 'write denyoom fast @string', 'RW access update@1', incrbyfloat),
    row('lcs', -3, 'readonly @string', 'RO access@1:1,1,0', lcs),
    row('mget', -2, 'readonly fast @string ~request_policy:multi_shard', 'RO access@1:-1,1,0', mget),
    row(
      'mset',
      -3,
      'write denyoom @string ~request_policy:multi_shard ~response_policy:all_succeeded',
      'OW update@1:-1,2,0',
      mset,
    ),
    row('msetnx', -3, 'write denyoom @string', 'OW insert@1:-1,2,0', msetnx),
    row('psetex', 4, 'write denyoom @string', 'OW update@1', psetex),
    row('set', -3, 'write denyoom @string', 'RW access update variable_flags@1', set),
    row('setex', 4, 'write denyoom @string', 'OW update@1', setex),
    row('setnx', 3, 'write denyoom fast @string', 'OW insert@1', setnx),
    row('setrange', 4, 'write denyoom @string', 'RW update@1', setrange),
    row('strlen', 2, 'readonly fast @string', 'RO@1', strlen),
    row('substr', 4, 'readonly @string', 'RO access@1', getrange),
  ],
};
export default group;
