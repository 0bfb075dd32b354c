/** Keys of any type. Commands from https://redis.io/docs/latest/commands/?group=generic */
import { type Group, row } from '../../dispatch/table.ts';
import { expire, expireat, expiretime, persist, pexpire, pexpireat, pexpiretime, pttl, ttl } from './expire.ts';
import { del, dump, exists, keys, migrate, randomkey, restore, scan, touch, type, wait, waitaof } from './keys.ts';
import { objectEncoding, objectFreq, objectHelp, objectIdletime, objectRefcount } from './object.ts';
import { copy, move, rename, renamenx } from './rename.ts';
import { sort, sortRo } from './sort.ts';

const group: Group = {
  name: 'generic',
  rows: [
    row('copy', -3, 'write denyoom @keyspace', 'RO access@1; OW update@2', copy),
    row('del', -2, 'write @keyspace ~request_policy:multi_shard ~response_policy:agg_sum', 'RM delete@1:-1,1,0', del),
    row('dump', 2, 'readonly @keyspace ~nondeterministic_output', 'RO access@1', dump),
    row(
      'exists',
      -2,
      'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RO@1:-1,1,0',
      exists,
    ),
    row('keys', 2, 'readonly @keyspace @dangerous ~request_policy:all_shards ~nondeterministic_output_order', '', keys),
    row(
      'migrate',
      -6,
      'write @keyspace @dangerous ~nondeterministic_output',
      'RW access delete@3; RW access delete incomplete@KEYS,-2:-1,1,0',
      migrate,
    ),
    row('move', 3, 'write fast @keyspace', 'RW access update@1', move),
    row('object', -2, '', '', undefined),
    row('object|encoding', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectEncoding),
    row('object|freq', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectFreq),
    row('object|help', 2, 'loading stale @keyspace', '', objectHelp),
    row('object|idletime', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectIdletime),
    row('object|refcount', 3, 'readonly @keyspace ~nondeterministic_output', 'RO@2', objectRefcount),
    row(
      'randomkey',
      1,
      'readonly @keyspace ~request_policy:all_shards ~response_policy:special ~nondeterministic_output',
      '',
      randomkey,
    ),
    row('rename', 3, 'write @keyspace', 'RW access delete@1; OW update@2', rename),
    row('renamenx', 3, 'write fast @keyspace', 'RW access delete@1; OW insert@2', renamenx),
    row('restore', -4, 'write denyoom @keyspace @dangerous', 'OW update@1', restore),
    row(
      'scan',
      -2,
      'readonly @keyspace ~nondeterministic_output ~request_policy:special ~response_policy:special',
      '',
      scan,
    ),
    row(
      'touch',
      -2,
      'readonly fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RO@1:-1,1,0',
      touch,
    ),
    row('type', 2, 'readonly fast @keyspace', 'RO@1', type),
    row(
      'unlink',
      -2,
      'write fast @keyspace ~request_policy:multi_shard ~response_policy:agg_sum',
      'RM delete@1:-1,1,0',
      del,
    ),
    row('wait', 3, 'blocking @connection ~request_policy:all_shards ~response_policy:agg_min', '', wait),
    row('waitaof', 4, 'blocking @connection ~request_policy:all_shards ~response_policy:agg_min', '', waitaof),
    row('expire', -3, 'write fast @keyspace', 'RW update@1', expire),
    row('expireat', -3, 'write fast @keyspace', 'RW update@1', expireat),
    row('expiretime', 2, 'readonly fast @keyspace', 'RO access@1', expiretime),
    row('persist', 2, 'write fast @keyspace', 'RW update@1', persist),
    row('pexpire', -3, 'write fast @keyspace', 'RW update@1', pexpire),
    row('pexpireat', -3, 'write fast @keyspace', 'RW update@1', pexpireat),
    row('pexpiretime', 2, 'readonly fast @keyspace', 'RO access@1', pexpiretime),
    row('pttl', 2, 'readonly fast @keyspace ~nondeterministic_output', 'RO access@1', pttl),
    row('ttl', 2, 'readonly fast @keyspace ~nondeterministic_output', 'RO access@1', ttl),
    row(
      'sort',
      -2,
      'write denyoom @set @sortedset @list @dangerous',
      'RO access@1; RO access@?; OW update@?STORE,-2',
      sort,
    ),
    row('sort_ro', -2, 'readonly @set @sortedset @list @dangerous', 'RO access@1; RO access@?', sortRo),
  ],
};
export default group;
