/** Hashes. Commands from https://redis.io/docs/latest/commands/?group=hash */
import type { Group } from '../../dispatch/command.ts';
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
    ['hdel', -3, 'write fast @hash', 'RW delete@1', hdel],
    ['hexists', 3, 'readonly fast @hash', 'RO@1', hexists],
    ['hget', 3, 'readonly fast @hash', 'RO access@1', hget],
    ['hgetall', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hgetall],
    ['hincrby', 4, 'write denyoom fast @hash', 'RW access update@1', hincrby],
    ['hincrbyfloat', 4, 'write denyoom fast @hash', 'RW access update@1', hincrbyfloat],
    ['hkeys', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hkeys],
    ['hlen', 2, 'readonly fast @hash', 'RO@1', hlen],
    ['hmget', -3, 'readonly fast @hash', 'RO access@1', hmget],
    ['hmset', -4, 'write denyoom fast @hash', 'RW update@1', hmset],
    ['hrandfield', -2, 'readonly @hash ~nondeterministic_output', 'RO access@1', hrandfield],
    ['hscan', -3, 'readonly @hash ~nondeterministic_output', 'RO access@1', hscan],
    ['hset', -4, 'write denyoom fast @hash', 'RW update@1', hset],
    ['hsetnx', 4, 'write denyoom fast @hash', 'RW insert@1', hsetnx],
    ['hstrlen', 3, 'readonly fast @hash', 'RO@1', hstrlen],
    ['hvals', 2, 'readonly @hash ~nondeterministic_output_order', 'RO access@1', hvals],
  ],
};
export default group;
