/** Strings. Commands from https://redis.io/docs/latest/commands/?group=string */
import type { Group } from '../../dispatch/command.ts';
import { decr, decrby, incr, incrby, incrbyfloat } from './counters.ts';
import { lcs } from './lcs.ts';
import { get, getdel, getex, getset, mget, mset, msetnx, psetex, set, setex, setnx } from './strings.ts';
import { append, getrange, setrange, strlen } from './substrings.ts';

const group: Group = {
  name: 'string',
  rows: [
    ['append', 3, 'write denyoom fast @string', 'RW insert@1', append],
    ['decr', 2, 'write denyoom fast @string', 'RW access update@1', decr],
    ['decrby', 3, 'write denyoom fast @string', 'RW access update@1', decrby],
    ['get', 2, 'readonly fast @string', 'RO access@1', get],
    ['getdel', 2, 'write fast @string', 'RW access delete@1', getdel],
    ['getex', -2, 'write fast @string', 'RW access update@1', getex],
    ['getrange', 4, 'readonly @string', 'RO access@1', getrange],
    ['getset', 3, 'write denyoom fast @string', 'RW access update@1', getset],
    ['incr', 2, 'write denyoom fast @string', 'RW access update@1', incr],
    ['incrby', 3, 'write denyoom fast @string', 'RW access update@1', incrby],
    ['incrbyfloat', 3, 'write denyoom fast @string', 'RW access update@1', incrbyfloat],
    ['lcs', -3, 'readonly @string', 'RO access@1:1,1,0', lcs],
    ['mget', -2, 'readonly fast @string ~request_policy:multi_shard', 'RO access@1:-1,1,0', mget],
    [
      'mset',
      -3,
      'write denyoom @string ~request_policy:multi_shard ~response_policy:all_succeeded',
      'OW update@1:-1,2,0',
      mset,
    ],
    [
      'msetnx',
      -3,
      'write denyoom @string ~request_policy:multi_shard ~response_policy:agg_min',
      'OW insert@1:-1,2,0',
      msetnx,
    ],
    ['psetex', 4, 'write denyoom @string', 'OW update@1', psetex],
    ['set', -3, 'write denyoom @string', 'RW access update variable_flags@1', set],
    ['setex', 4, 'write denyoom @string', 'OW update@1', setex],
    ['setnx', 3, 'write denyoom fast @string', 'OW insert@1', setnx],
    ['setrange', 4, 'write denyoom @string', 'RW update@1', setrange],
    ['strlen', 2, 'readonly fast @string', 'RO@1', strlen],
    ['substr', 4, 'readonly @string', 'RO access@1', getrange],
  ],
};
export default group;
