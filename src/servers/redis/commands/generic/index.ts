/** Keys of any type. Commands from https://redis.io/docs/latest/commands/?group=generic */
import type { Group } from '../../dispatch/command.ts';
import { scan } from '../scan.ts';
import { expire, expireat, expiretime, persist, pexpire, pexpireat, pexpiretime, pttl, ttl } from './expire.ts';
import { del, dump, exists, keys, migrate, randomkey, restore, touch, type, wait } from './keys.ts';
import { objectEncoding, objectFreq, objectHelp, objectIdletime, objectRefcount } from './object.ts';
import { copy, move, rename, renamenx } from './rename.ts';
import { sort, sortRo } from './sort.ts';

const group: Group = {
  name: 'generic',
  rows: [
    ['copy', -3, 'write denyoom @keyspace', 'RO access@1; OW update@2', copy],
    ['del', -2, 'write @keyspace ~request_policy:multi_shard ~response_policy:agg_sum', 'RM delete@1:-1,1,0', del],
    ['dump', 2, 'readonly @keyspace ~nondeterministic_output', 'RO access@1', dump],
    [
      'exists',
      -2,
      'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RO@1:-1,1,0',
      exists,
    ],
    ['keys', 2, 'readonly @keyspace @dangerous ~request_policy:all_shards ~nondeterministic_output_order', '', keys],
    [
      'migrate',
      -6,
      'write @keyspace @dangerous ~nondeterministic_output',
      'RW access delete@3; RW access delete incomplete@KEYS,-2:-1,1,0',
      migrate,
    ],
    ['move', 3, 'write fast @keyspace', 'RW access update@1', move],
    ['object', -2, '', '', undefined],
    ['object|encoding', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectEncoding],
    ['object|freq', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectFreq],
    ['object|help', 2, 'loading stale @keyspace', '', objectHelp],
    ['object|idletime', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectIdletime],
    ['object|refcount', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectRefcount],
    ['randomkey', 1, 'readonly @keyspace ~request_policy:all_shards ~nondeterministic_output', '', randomkey],
    ['rename', 3, 'write @keyspace', 'RW access delete@1; OW update@2', rename],
    ['renamenx', 3, 'write fast @keyspace', 'RW access delete@1; OW insert@2', renamenx],
    ['restore', -4, 'write denyoom @keyspace @dangerous', 'OW update@1', restore],
    ['scan', -2, 'readonly @keyspace ~nondeterministic_output ~request_policy:special', '', scan],
    ['touch', -2, 'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum', 'RO@1:-1,1,0', touch],
    ['type', 2, 'readonly fast @keyspace', 'RO@1', type],
    [
      'unlink',
      -2,
      'write fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RM delete@1:-1,1,0',
      del,
    ],
    ['wait', 3, 'noscript @connection ~request_policy:all_shards ~response_policy:agg_min', '', wait],
    ['expire', -3, 'write fast @keyspace', 'RW update@1', expire],
    ['expireat', -3, 'write fast @keyspace', 'RW update@1', expireat],
    ['expiretime', 2, 'readonly fast @keyspace', 'RO access@1', expiretime],
    ['persist', 2, 'write fast @keyspace', 'RW update@1', persist],
    ['pexpire', -3, 'write fast @keyspace', 'RW update@1', pexpire],
    ['pexpireat', -3, 'write fast @keyspace', 'RW update@1', pexpireat],
    ['pexpiretime', 2, 'readonly fast @keyspace', 'RO access@1', pexpiretime],
    ['pttl', 2, 'readonly fast @keyspace ~nondeterministic_output', 'RO access@1', pttl],
    ['ttl', 2, 'readonly fast @keyspace ~nondeterministic_output', 'RO access@1', ttl],
    ['sort', -2, 'write denyoom @set @sortedset @list @dangerous', 'RO access@1; RO access@?; OW update@?', sort],
    ['sort_ro', -2, 'readonly @set @sortedset @list @dangerous', 'RO access@1; RO access@?', sortRo],
  ],
};
export default group;
