import { contract, useServers } from './contract.ts';

useServers();

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
  OBJECT IDLETIME only
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
);

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
);

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
);

contract(
  'pub/sub',
  `
  SUBSCRIBE a b
  SUBSCRIBE a
  PSUBSCRIBE n*
  SSUBSCRIBE sh
  PING
  PING hi
  UNSUBSCRIBE a
  UNSUBSCRIBE nothere
  UNSUBSCRIBE b
  PUNSUBSCRIBE
  SUNSUBSCRIBE
  UNSUBSCRIBE
  PUNSUBSCRIBE
  PUBLISH x y
  PUBSUB CHANNELS
  PUBSUB NUMPAT
  PUBSUB NUMSUB a b
  PUBSUB NUMSUB
  PUBSUB SHARDCHANNELS
  PUBSUB SHARDNUMSUB a
  PUBSUB FOO
  @b SUBSCRIBE news
  @b PSUBSCRIBE ne*
  @b SSUBSCRIBE shard
  PUBLISH news hello
  @b<
  @b<
  SPUBLISH shard s
  @b<
  SPUBLISH none s
  PUBSUB CHANNELS
  PUBSUB CHANNELS n*
  PUBSUB CHANNELS x*
  PUBSUB NUMSUB news x
  PUBSUB NUMPAT
  PUBSUB SHARDCHANNELS
  PUBSUB SHARDNUMSUB shard
  PUBLISH
  SUBSCRIBE
  @b RESET
  PUBLISH news x
  `,
);

contract(
  'keyspace notifications',
  `
  CONFIG SET notify-keyspace-events KEA
  CONFIG GET notify-keyspace-events
  @b PSUBSCRIBE __key*@0__:*
  SET a 1
  @b<
  @b<
  DEL a
  @b<
  @b<
  LPUSH l x
  @b<
  @b<
  LPOP l
  @b<
  @b<
  @b<
  @b<
  SET e 1 PX 20
  @b<
  @b<
  @b<
  @b<
  @b<
  @b<
  CONFIG SET notify-keyspace-events xyz
  CONFIG SET notify-keyspace-events Kx$
  CONFIG GET notify-keyspace-events
  CONFIG SET notify-keyspace-events ""
  CONFIG GET notify-keyspace-events
  `,
);

contract(
  'connections and the server',
  `
  CLIENT SETNAME me
  CLIENT GETNAME
  CLIENT SETNAME "a b"
  CLIENT SETNAME ""
  CLIENT GETNAME
  ~shape CLIENT ID
  ~shape CLIENT LIST
  ~shape CLIENT INFO
  CLIENT LIST TYPE foo
  CLIENT LIST ID abc
  CLIENT LIST FOO
  CLIENT KILL 1.2.3.4:5
  CLIENT KILL ID 999999
  CLIENT KILL ID abc
  CLIENT KILL TYPE foo
  CLIENT KILL FOO bar
  CLIENT KILL ADDR 1.2.3.4:5 SKIPME no
  CLIENT NO-EVICT on
  CLIENT NO-EVICT foo
  CLIENT UNBLOCK 99999
  CLIENT UNBLOCK 99999 FOO
  CLIENT PAUSE abc
  CLIENT PAUSE 0 FOO
  CLIENT UNPAUSE
  CLIENT REPLY FOO
  CLIENT GETREDIR
  CLIENT TRACKINGINFO
  CLIENT TRACKING off
  CLIENT CACHING yes
  CLIENT FOO
  CLIENT
  AUTH x
  AUTH default x
  AUTH nobody x
  AUTH a b c
  HELLO 4
  HELLO abc
  ~shape HELLO
  ~shape HELLO 3 SETNAME me
  HELLO 2 FOO
  ~shape HELLO 2
  CONFIG GET maxmemory
  ~pairs CONFIG GET maxmemory-policy hash-max-listpack-entries
  CONFIG GET nothing
  CONFIG SET maxmemory 100mb
  CONFIG GET maxmemory
  CONFIG SET maxmemory 0
  CONFIG SET maxmemory abc
  CONFIG SET nothing x
  CONFIG SET maxmemory-policy foo
  CONFIG SET maxmemory
  CONFIG SET hash-max-listpack-entries abc
  CONFIG SET databases 2
  CONFIG SET maxmemory 1 maxmemory 2
  CONFIG RESETSTAT
  CONFIG FOO
  CONFIG
  ~shape TIME
  ROLE
  ACL WHOAMI
  ACL USERS
  ACL FOO
  SLOWLOG LEN
  SLOWLOG RESET
  SLOWLOG GET -2
  LATENCY LATEST
  LATENCY RESET
  LATENCY HISTORY x
  COMMAND GETKEYS GET a
  COMMAND GETKEYS MSET a 1 b 2
  COMMAND GETKEYS EVAL x 2 a b c
  COMMAND GETKEYS XREAD STREAMS a b 0 0
  COMMAND GETKEYS ZUNION 2 a b
  COMMAND GETKEYS SORT a STORE b
  COMMAND GETKEYS PING
  COMMAND GETKEYS FOO
  COMMAND INFO GET
  COMMAND INFO FOO
  COMMAND FOO
  MEMORY USAGE no
  MEMORY FOO
  DEBUG SLEEP 0
  LOLWUT VERSION 99 X
  READONLY
  REPLICAOF
  SET bin "\\x00\\xff\\r\\n"
  GET bin
  `,
);
