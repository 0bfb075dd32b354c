import { contract } from './_contract.ts';

export default [
  contract(
    'sets',
    `
  SADD s a b c
  SADD s a d
  SCARD s
  SCARD no
  SISMEMBER s a
  SISMEMBER s x
  SISMEMBER no x
  SMISMEMBER s a x b
  SMISMEMBER no a b
  ~sorted SMEMBERS s
  SMEMBERS no
  SREM s a x
  SREM no a
  SADD i 3 1 2 -5
  SMEMBERS i
  OBJECT ENCODING i
  SADD i x
  OBJECT ENCODING i
  SADD j 1 2 3 4
  SADD k 3 4 5
  SINTER j k
  SUNION j k
  SDIFF j k
  SDIFF k j
  SINTER j no
  SUNION j no
  SDIFF no j
  SINTERSTORE d j k
  SMEMBERS d
  SUNIONSTORE d j k
  SMEMBERS d
  SDIFFSTORE d j k
  SMEMBERS d
  SINTERSTORE d j no
  EXISTS d
  SINTERCARD 2 j k
  SINTERCARD 2 j k LIMIT 1
  SINTERCARD 2 j k LIMIT 0
  SINTERCARD 2 j k LIMIT -1
  SINTERCARD 0 j k
  SINTERCARD 3 j k
  SINTERCARD a j k
  SINTERCARD 2 j k FOO
  SMOVE j k 1
  SMOVE j k 99
  SMOVE no k 1
  SMOVE j j 2
  SMOVE j new 2
  SMEMBERS k
  SMEMBERS j
  SMEMBERS new
  SADD one x
  SPOP one
  EXISTS one
  SPOP one
  SPOP one 3
  SPOP one -1
  SADD two a b
  ~sorted SPOP two 10
  SPOP two a
  SPOP two 1 2
  SADD r a
  SRANDMEMBER r
  SRANDMEMBER r 3
  SRANDMEMBER r -3
  SRANDMEMBER r 0
  SRANDMEMBER no
  SRANDMEMBER no 3
  SRANDMEMBER r x
  ~deep SSCAN s 0
  SSCAN k 0
  SSCAN k 0 MATCH 3*
  SSCAN no 0
  SSCAN k a
  SET str x
  SADD str a
  SINTER s str
  SINTER no str
  SUNIONSTORE str j
  TYPE str
  SET str x
  SMOVE s str b
  SMEMBERS str
  SPOP str
  SRANDMEMBER str
  `,
  ),
  contract(
    'encodings',
    `
  SADD s a
  OBJECT ENCODING s
  SADD s 12345678901234567890123456789012345678901234567890123456789012345
  OBJECT ENCODING s
  SADD t 1 2 3
  OBJECT ENCODING t
  SADD t x
  OBJECT ENCODING t
  ~sorted SMEMBERS t
  SREM t x
  OBJECT ENCODING t
  CONFIG SET set-max-intset-entries 2
  SADD u 1 2 3
  OBJECT ENCODING u
  SUNIONSTORE v s t
  ~deep SSCAN u 0
  `,
  ),
];
