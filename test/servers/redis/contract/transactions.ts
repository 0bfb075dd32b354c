import { contract } from './_contract.ts';

export default [
  contract(
    'transactions',
    `
  MULTI
  SET a 1
  INCR a
  LPUSH a x
  GET a
  EXEC
  MULTI
  FOO
  SET a 5
  EXEC
  GET a
  MULTI
  SET a
  EXEC
  MULTI
  MULTI
  WATCH a
  SET a 7
  EXEC
  GET a
  EXEC
  DISCARD
  MULTI
  SET a 9
  DISCARD
  GET a
  WATCH a
  SET a 10
  MULTI
  SET a 11
  EXEC
  GET a
  WATCH a
  @b SET a 12
  MULTI
  SET a 13
  EXEC
  GET a
  WATCH a
  @b SET a 12
  UNWATCH
  MULTI
  SET a 14
  EXEC
  WATCH new
  @b SET new 1
  @b DEL new
  MULTI
  PING
  EXEC
  WATCH a b
  @b FLUSHALL
  MULTI
  PING
  EXEC
  WATCH gone
  @b FLUSHALL
  MULTI
  PING
  EXEC
  WATCH
  MULTI
  SELECT 1
  SET indb1 x
  EXEC
  GET indb1
  SELECT 0
  MULTI
  PUBLISH c m
  SUBSCRIBE ch
  EXEC
  UNSUBSCRIBE ch
  RESET
  MULTI
  RESET
  EXEC
  WATCH k
  MULTI
  INCR k
  EXEC
  MULTI
  EXEC
  EXEC x
  `,
  ),
  contract(
    'transactions without memory',
    `
  RPUSH q 1 2
  CONFIG SET maxmemory 1
  MULTI
  LPOP q
  EXEC
  MULTI
  LLEN q
  PING
  DISCARD
  MULTI
  RPUSH q 3
  EXEC
  MULTI
  WATCH q
  DISCARD
  MULTI
  SET
  NOSUCH
  RESET
  MULTI
  PUBLISH c x
  EXEC
  LPOP q
  CONFIG SET maxmemory 0
  MULTI
  RPUSH q 9
  CONFIG SET maxmemory 1
  EXEC
  CONFIG SET maxmemory 0
  `,
  ),
  contract(
    'clients that are paused',
    `
  FUNCTION LOAD "#!lua name=l\\nredis.register_function('f', function() return 1 end)\\nredis.register_function{function_name='r', callback=function() return redis.call('get', 'k') end, flags={'no-writes'}}"
  SET k v
  SET e v PX 30
  @p CLIENT PAUSE 100000 WRITE
  GET k
  EVAL_RO "return 1" 0
  EVAL "#!lua flags=no-writes\\nreturn redis.call('get', 'k')" 0
  FCALL r 0
  FCALL_RO r 0
  MULTI
  GET k
  EVAL_RO "return 1" 0
  FCALL r 0
  EXEC
  @b! EVAL "return 1" 0
  @c! FCALL f 0
  @d MULTI
  @d! SET k w
  @d! EXEC
  @e MULTI
  @e! EVAL "return 1" 0
  @e! EXEC
  @f! PUBLISH a b
  @g! PFCOUNT nothing
  @h! EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
  @j! EVAL "#!lua\\nreturn 1" 0
  @q SUBSCRIBE q
  @s BLPOP
  @s XREAD BLOCK 40 STREAMS nothing 0
  DBSIZE
  EXISTS e
  GET e
  KEYS *
  RANDOMKEY
  @p CLIENT UNPAUSE
  @b<
  @c<
  @d<
  @d<
  @e<
  @e<
  @f<
  @g<
  @h<
  @j<
  EXISTS e
  GET k
  `,
  ),
];
