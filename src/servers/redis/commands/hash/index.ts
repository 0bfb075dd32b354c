/** Hashes. Commands from https://redis.io/docs/latest/commands/?group=hash */
import { type Group, row } from '../../dispatch/table.ts';
import {
  hdel,
  hexists,
  hget,
  hgetall,
  hincrby,
  hincrbyfloat,
  hkeys,
  hlen,
  hmget,
  hmset,
  hrandfield,
  hscan,
  hset,
  hsetnx,
  hstrlen,
  hvals,
} from './hashes.ts';

const group: Group = {
  name: 'hash',
  rows: [
    row('hdel', -3, 'write fast @hash', 'RW delete@1', hdel),
    row('hexists', 3, 'readonly fast @hash', 'RO@1', hexists),
    row('hget', 3, 'readonly fast @hash', 'RO access@1', hget),
    row('hgetall', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hgetall),
    row('hincrby', 4, 'write denyoom fast @hash', 'RW access update@1', hincrby),
    row('hincrbyfloat', 4, 'write denyoom fast @hash', 'RW access update@1', hincrbyfloat),
    row('hkeys', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hkeys),
    row('hlen', 2, 'readonly fast @hash', 'RO@1', hlen),
    row('hmget', -3, 'readonly fast @hash', 'RO access@1', hmget),
    row('hmset', -4, 'write denyoom fast @hash', 'RW update@1', hmset),
    row('hrandfield', -2, 'readonly @hash ~nondeterministic_output', 'RO access@1', hrandfield),
    row('hscan', -3, 'readonly @hash ~nondeterministic_output', 'RO access@1', hscan),
    row('hset', -4, 'write denyoom fast @hash', 'RW update@1', hset),
    row('hsetnx', 4, 'write denyoom fast @hash', 'RW insert@1', hsetnx),
    row('hstrlen', 3, 'readonly fast @hash', 'RO@1', hstrlen),
    row('hvals', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hvals),
  ],
};
export default group;
