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
];
