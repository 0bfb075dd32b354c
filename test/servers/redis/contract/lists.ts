import { contract } from './_contract.ts';

export default [
  contract(
    'lists',
    `
  LPUSH l a b c
  RPUSH l d e
  LPUSHX no a
  RPUSHX no a
  LPUSHX l z
  RPUSHX l y
  LRANGE l 0 -1
  LRANGE l 1 2
  LRANGE l -2 -1
  LRANGE l 5 1
  LRANGE l 100 200
  LRANGE l -100 1
  LRANGE no 0 -1
  LRANGE l a 1
  LLEN l
  LLEN no
  LINDEX l 0
  LINDEX l -1
  LINDEX l 100
  LINDEX l abc
  LINDEX no 0
  LSET l 0 A
  LSET l -1 Z
  LSET l 100 x
  LSET no 0 x
  LSET l x x
  LINSERT l BEFORE a x
  LINSERT l AFTER a y
  LINSERT l AFTER nothere y
  LINSERT l FOO a y
  LINSERT no BEFORE a y
  LRANGE l 0 -1
  RPUSH r a b a c a d a
  LREM r 2 a
  LRANGE r 0 -1
  LREM r -1 a
  LRANGE r 0 -1
  LREM r 0 a
  LREM r x a
  LREM no 0 a
  LRANGE r 0 -1
  LPOP l
  RPOP l
  LPOP l 2
  RPOP l 2
  LPOP l 0
  LPOP no
  LPOP no 0
  LPOP no 2
  LPOP l -1
  LPOP l a
  LPOP l 1 2
  LPOP l 100
  EXISTS l
  RPUSH t 1 2 3 4 5 6 7 8
  LTRIM t 1 -2
  LRANGE t 0 -1
  LTRIM t 5 1
  EXISTS t
  LTRIM no 0 1
  LTRIM t a b
  RPUSH p a b c 1 2 3 c c
  LPOS p c
  LPOS p c RANK 2
  LPOS p c RANK -1
  LPOS p c COUNT 2
  LPOS p c COUNT 0
  LPOS p c COUNT 2 RANK -1
  LPOS p x
  LPOS p x COUNT 2
  LPOS p c MAXLEN 2
  LPOS p c RANK 0
  LPOS p c COUNT -1
  LPOS p c MAXLEN -1
  LPOS p c FOO 1
  LPOS p c RANK
  LPOS no c
  LPOS no c COUNT 1
  LMOVE p q LEFT RIGHT
  LMOVE p q RIGHT LEFT
  LMOVE p p LEFT RIGHT
  LMOVE no q LEFT RIGHT
  LMOVE p q UP RIGHT
  RPOPLPUSH p q
  RPOPLPUSH no q
  LRANGE q 0 -1
  LRANGE p 0 -1
  LMPOP 2 no p LEFT
  LMPOP 2 no p RIGHT COUNT 2
  LMPOP 1 no LEFT
  LMPOP 0 p LEFT
  LMPOP 1 p LEFT COUNT 0
  LMPOP 1 p FOO
  LMPOP 3 p LEFT
  LMPOP a p LEFT
  LMPOP 1 p LEFT COUNT 1 COUNT 2
  SET s x
  LPUSH s a
  LRANGE s 0 1
  LPOP s
  LMOVE p s LEFT LEFT
  LMOVE s p LEFT LEFT
  LINDEX s 0
  LMPOP 1 s LEFT
  OBJECT ENCODING q
  TYPE q
  BLPOP q 0
  BLPOP no q 1
  BLPOP no s 1
  BLPOP no 0.01
  BLPOP no -1
  BLPOP no abc
  BRPOP no 0.01
  BLMOVE no q LEFT LEFT 0.01
  BRPOPLPUSH no q 0.01
  BLMPOP 0.01 1 no LEFT
  BLMPOP 0.01 1 p LEFT
  MULTI
  BLPOP nothere 0
  BLMOVE nothere q LEFT LEFT 0
  BLMPOP 0 1 nothere LEFT
  EXEC
  `,
  ),
  contract(
    'blocking lists',
    `
  @b> BLPOP q 0
  @c> BRPOP q 0
  RPUSH q 1 2 3
  @b<
  @c<
  LRANGE q 0 -1
  DEL q
  @b> BLMOVE q dest LEFT RIGHT 0
  @c> BLPOP dest 0
  RPUSH q x
  @b<
  @c<
  EXISTS q dest
  @b> BLPOP q 0
  MULTI
  RPUSH q 1
  DEL q
  EXEC
  RPUSH q 2
  @b<
  @b> BLPOP q1 q2 0
  MULTI
  RPUSH q2 b
  RPUSH q1 a
  EXEC
  @b<
  @b> BLPOP str 0
  SET str x
  DEL str
  RPUSH str y
  @b<
  @b> BLMPOP 0 2 m1 m2 LEFT COUNT 10
  RPUSH m2 a b c
  @b<
  @b> BRPOPLPUSH src dst 0
  SET dst x
  RPUSH src v
  @b<
  LRANGE src 0 -1
  @b> BLPOP rn 0
  RPUSH other v
  RENAME other rn
  @b<
  @b> BLPOP so 0
  RPUSH unsorted 3 1 2
  SORT unsorted STORE so
  @b<
  @b> BLPOP never 0
  `,
  ),
  contract(
    'encodings, and what a blocked client gets',
    `
  RPUSH l a
  OBJECT ENCODING l
  SET big x
  SETRANGE big 8300 x
  EVAL "return redis.call('rpush', 'l', redis.call('get', 'big'))" 0
  OBJECT ENCODING l
  RPOP l
  STRLEN big
  LLEN l
  LRANGE l 0 -1
  @b> BLMPOP 0 2 x y LEFT COUNT 5
  MULTI
  RPUSH y 1 2
  RPUSH x 3 4
  EXEC
  @b<
  DEL x y
  @b> BLPOP x y 0
  MULTI
  SET x text
  RPUSH y 9
  EXEC
  @b<
  TYPE x
  @c> BLMOVE from to LEFT LEFT 0
  SET to text
  RPUSH from a
  @c<
  `,
  ),
];
