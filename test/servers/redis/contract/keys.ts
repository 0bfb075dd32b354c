import { contract } from './_contract.ts';

export default [
  contract(
    'keys',
    `
  SET a 1
  SET b 2
  EXISTS a b no a
  TYPE a
  TYPE no
  DEL a no
  UNLINK b no
  TOUCH a
  MSET a 1 b 2 c 3
  ~sorted KEYS *
  KEYS a*
  ~sorted KEYS [ab]
  RENAME a z
  RENAME no x
  RENAME z z
  RENAMENX z b
  RENAMENX z y
  RENAMENX no y
  RENAMENX y y
  COPY y y2
  COPY y y2
  COPY y y2 REPLACE
  COPY y y
  COPY y y DB 1
  COPY y q DB 99
  COPY no q
  COPY y q FOO
  MOVE y 2
  MOVE y 2
  MOVE b 0
  MOVE b 99
  MOVE b abc
  SELECT 2
  GET y
  SELECT 16
  SELECT abc
  SELECT 0
  SWAPDB 0 2
  GET y
  SWAPDB 0 2
  SWAPDB 0 99
  SWAPDB a 0
  EXPIRE b 100
  TTL b
  EXPIRE b 100 NX
  EXPIRE b 200 XX
  TTL b
  EXPIRE b 100 GT
  EXPIRE b 300 GT
  EXPIRE b 400 LT
  EXPIRE b 100 LT
  EXPIRE c 100 GT
  EXPIRE c 100 LT
  EXPIRE c 100 NX XX
  EXPIRE c 100 GT LT
  EXPIRE c 100 FOO
  EXPIRE c abc
  EXPIRE c 9223372036854775807
  EXPIRE no 100
  PEXPIRE c 100000
  EXPIREAT c 99999999999
  EXPIRETIME c
  PEXPIREAT c 99999999999123
  PEXPIRETIME c
  PERSIST c
  PERSIST c
  PERSIST no
  TTL c
  PTTL no
  EXPIRE c -1
  EXISTS c
  SET e 1
  EXPIREAT e 1
  EXISTS e
  ~type RANDOMKEY
  DBSIZE
  FLUSHDB
  DBSIZE
  ~type RANDOMKEY
  FLUSHDB FOO
  FLUSHALL ASYNC
  SCAN 0
  SET only 1
  SCAN 0
  SCAN 0 MATCH x*
  SCAN 0 TYPE string
  SCAN 0 TYPE list
  SCAN 0 TYPE foo
  SCAN 0 COUNT 100
  SCAN 0 COUNT 0
  SCAN abc
  SCAN 0 FOO
  OBJECT ENCODING only
  OBJECT REFCOUNT only
  OBJECT ENCODING no
  OBJECT REFCOUNT no
  OBJECT FREQ only
  OBJECT FREQ no
  CONFIG SET maxmemory-policy allkeys-lfu
  SET often x
  OBJECT FREQ often
  GET often
  OBJECT FREQ often
  OBJECT FREQ no
  OBJECT IDLETIME often
  CONFIG SET maxmemory-policy noeviction
  OBJECT FREQ often
  ~shape OBJECT IDLETIME only
  OBJECT FOO only
  OBJECT ENCODING
  OBJECT
  WAIT 0 10
  WAIT a 10
  ECHO hi
  PING
  PING hi
  PING a b
  `,
  ),
  contract(
    'sort',
    `
  RPUSH l 3 1 2 10
  SORT l
  SORT l DESC
  SORT l ALPHA
  SORT l LIMIT 1 2
  SORT l LIMIT 0 0
  SORT l LIMIT -1 2
  SORT l LIMIT 2 100
  MSET w_1 30 w_2 20 w_3 10 w_10 5
  MSET d_1 one d_2 two d_3 three
  SORT l BY w_*
  SORT l BY w_* GET d_*
  SORT l BY w_* GET # GET d_*
  SORT l BY nosort
  SORT l BY nosort DESC
  SORT l BY w_* DESC LIMIT 0 2
  HSET h_1 f x w 3
  HSET h_2 f y w 2
  HSET h_3 f z w 1
  SORT l BY h_*->w GET h_*->f
  SORT l BY h_*->w ALPHA
  SORT l STORE dst
  LRANGE dst 0 -1
  SORT l BY w_* GET d_* STORE dst
  LRANGE dst 0 -1
  SORT no STORE dst
  EXISTS dst
  SORT_RO l
  SORT_RO l STORE x
  RPUSH words b a C B
  SORT words
  SORT words ALPHA
  SORT words ALPHA DESC
  SORT words ALPHA LIMIT 1 2
  SADD s 3 1 2
  SORT s
  SORT s BY nosort
  ZADD z 3 a 1 b 2 c
  SORT z ALPHA
  SORT z BY nosort
  SORT z BY nosort DESC
  SORT z BY nosort LIMIT 1 1
  SET str x
  SORT str
  SORT no
  SORT l FOO
  SORT l BY
  SORT l GET nope
  SORT l BY d_*
  RPUSH fl 1.5 -2 1e3
  SORT fl
  `,
  ),
  contract(
    'newer forms',
    `
  HSET h a 1 b 2
  HSCAN h 0 NOVALUES
  HSCAN h 0 NOVALUES COUNT 5 MATCH a
  SCAN 0 NOVALUES
  WAITAOF 0 0 0
  WAITAOF 1 0 0
  WAITAOF 2 0 0
  WAITAOF 0 -1 0
  WAITAOF 0 0 -1
  CLIENT NO-TOUCH on
  CLIENT NO-TOUCH maybe
  CLIENT NO-TOUCH off
  CLIENT CAPA redirect
  CLIENT KILL MAXAGE 100000
  CLIENT KILL MAXAGE x
  CLIENT KILL ID 1 ID 2
  EXPIRE h 100 NX GT
  EXPIRE no 100 GT
  JSON.GET a
  FT.SEARCH i q
  TS.ADD a 1 1
  BF.ADD a b
  CF.ADD a b
  TOPK.ADD a b
  TDIGEST.CREATE a
  CMS.INITBYDIM a 1 1
  `,
  ),
  contract(
    'scans of what is not there, and of something else',
    `
  HSCAN h 0 FOO
  HSCAN h 0 MATCH
  HSCAN h x FOO
  SSCAN s 0 NOVALUES
  SSCAN s 0 COUNT 0
  ZSCAN z 0 FOO
  SET str x
  HSCAN str 0 FOO
  SSCAN str 0 FOO
  ZSCAN str 0 NOVALUES
  HSCAN str x
  HSCAN h 0 COUNT x
  `,
  ),
];
