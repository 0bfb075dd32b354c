import { contract } from './_contract.ts';

export default [
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
  ~modules HELLO
  ~modules HELLO 3 SETNAME me
  HELLO 2 FOO
  ~modules HELLO 2
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
  ),
  contract(
    'what the server tells of itself',
    `
  ~type INFO
  ~type INFO server
  INFO nothing
  ~shape LASTSAVE
  ~type MODULE LIST
  ACL LIST
  ACL GETUSER default
  ACL GETUSER nobody
  ~sorted ACL CAT
  ~sorted ACL CAT transaction
  ACL CAT nothing
  ACL LOG
  ACL LOG RESET
  ACL LOG abc
  ~shape ACL GENPASS
  ~shape ACL GENPASS 5
  ACL GENPASS 0
  ~shape COMMAND COUNT
  ~type COMMAND DOCS
  ~type COMMAND
  COMMAND LIST FILTERBY MODULE none
  ~sorted COMMAND LIST FILTERBY PATTERN hge*l
  ~sorted COMMAND LIST FILTERBY ACLCAT transaction
  COMMAND LIST FILTERBY FOO bar
  COMMAND GETKEYSANDFLAGS SET a 1
  COMMAND GETKEYSANDFLAGS SET a 1 NX get
  COMMAND GETKEYSANDFLAGS BITFIELD a GET u8 0
  COMMAND GETKEYSANDFLAGS BITFIELD a get u8 0 set u8 0 1
  ~type LATENCY DOCTOR
  LATENCY GRAPH x
  ~shape LATENCY HISTOGRAM get
  LATENCY HISTOGRAM nothing
  ~type MEMORY DOCTOR
  ~type MEMORY MALLOC-STATS
  MEMORY PURGE
  ~type MEMORY STATS
  SET k v
  ~shape MEMORY USAGE k
  ~refused DEBUG OBJECT k
  CONFIG REWRITE
  ROLE
  ~shape SLOWLOG GET 0
  LOLWUT VERSION 1 x
  PFSELFTEST
  `,
  ),
  contract(
    'what programs set at their start',
    `
  CONFIG SET save "900 1 300 10"
  CONFIG GET save
  CONFIG SET save 900
  CONFIG SET save "soon 1"
  CONFIG SET save "0 1"
  CONFIG SET save ""
  CONFIG SET appendonly maybe
  CONFIG SET appendonly no
  CONFIG SET appendfsync always
  CONFIG GET appendfsync
  CONFIG SET appendfsync never
  CONFIG SET stop-writes-on-bgsave-error no
  CONFIG GET stop-writes-on-bgsave-error
  CONFIG SET activerehashing no
  CONFIG SET maxmemory-policy allkeys-lru
  CONFIG SET maxmemory-samples 10
  CONFIG SET notify-keyspace-events Ex
  CONFIG SET timeout 300
  CONFIG GET timeout
  CONFIG SET timeout -1
  CONFIG SET tcp-keepalive 60
  CONFIG GET tcp-keepalive
  CONFIG SET tcp-keepalive often
  CONFIG SET tcp-keepalive -1
  CONFIG SET list-max-listpack-size 128
  CONFIG GET list-max-listpack-size
  CONFIG GET list-max-ziplist-size
  CONFIG SET list-max-ziplist-size -2
  CONFIG SET list-compress-depth 1
  CONFIG GET list-compress-depth
  CONFIG SET hash-max-ziplist-entries 512
  CONFIG SET hash-max-listpack-entries -1
  CONFIG SET hash-max-listpack-value 64
  CONFIG SET set-max-intset-entries 512
  CONFIG SET set-max-listpack-entries 128
  CONFIG GET set-max-listpack-entries
  CONFIG SET set-max-listpack-value 64
  CONFIG GET set-max-listpack-value
  CONFIG SET zset-max-listpack-entries 128
  CONFIG SET zset-max-ziplist-value 64
  CONFIG SET lua-time-limit 4000
  CONFIG GET busy-reply-threshold
  CONFIG SET latency-monitor-threshold 100
  CONFIG GET latency-monitor-threshold
  CONFIG SET slowlog-log-slower-than 20000
  CONFIG SET slowlog-max-len 64
  CONFIG SET save "" timeout 1 appendonly maybe
  CONFIG GET timeout
  `,
  ),
  contract(
    'help',
    `
  ~type ACL HELP
  ~type CLIENT HELP
  ~type COMMAND HELP
  ~type CONFIG HELP
  ~type FUNCTION HELP
  ~type LATENCY HELP
  ~type MEMORY HELP
  ~type MODULE HELP
  ~type OBJECT HELP
  ~type PUBSUB HELP
  ~type SCRIPT HELP
  ~type SLOWLOG HELP
  ~type XGROUP HELP
  ~type XINFO HELP
  `,
  ),
  contract(
    'monitors',
    `
  FUNCTION LOAD "#!lua name=l\\nredis.register_function('f', function() return redis.call('get', 'a') end)"
  @c PING
  @b MONITOR
  PING
  ~shown @b<
  GET "a b\\n"
  ~shown @b<
  MULTI
  ~shown @b<
  INCR a
  EVAL "return redis.call('get', KEYS[1])" 1 a
  EXEC
  ~shown @b<
  ~shown @b<
  ~shown @b<
  ~shown @b<
  EVAL "return redis.call('get', KEYS[1])" 1 a
  ~shown @b<
  ~shown @b<
  EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
  ~shown @b<
  FCALL f 0
  ~shown @b<
  ~shown @b<
  FCALL nothing 0
  ~shown @b<
  SELECT 3
  ~shown @b<
  AUTH someone secret
  ~shown @b<
  AUTH secret
  ~shown @b<
  HELLO 2 SETNAME auth AUTH someone secret
  ~shown @b<
  CONFIG SET maxmemory 0
  SLOWLOG LEN
  FUNCTION DELETE l
  ~shown @b<
  GET
  NOTHING
  RESET
  ~shown @b<
  @c QUIT
  ~shown @b<
  @b PING
  ~shown @b<
  @b SELECT 2
  ~shown @b<
  @b GET a
  @b SET a 1
  @b PUBLISH a 1
  @b EVAL "return 1" 0
  @b MULTI
  ~shown @b<
  @b GET a
  @b EXEC
  ~shown @b<
  @b CLIENT SETNAME me
  ~shown @b<
  @b RESET
  @b PING
  @b GET a
  `,
  ),
  contract(
    'leaving',
    `
  @b SET a 1
  @b QUIT
  GET a
  `,
  ),
  contract(
    'no cluster',
    `
  CLUSTER INFO
  ASKING
  READONLY
  READWRITE
  `,
  ),
  contract(
    'what is refused',
    `
  ~refused CLIENT TRACKING on
  ~refused DUMP k
  ~refused RESTORE k 0 x
  ~refused MIGRATE 127.0.0.1 1 k 0 10
  ~refused FUNCTION DUMP
  ~refused FUNCTION RESTORE x
  ~refused ACL SETUSER x
  ~refused ACL DELUSER x
  ~refused ACL DRYRUN default get k
  ~refused ACL LOAD
  ~refused ACL SAVE
  ~refused BGSAVE
  ~refused BGREWRITEAOF
  ~refused SAVE
  ~refused SHUTDOWN
  ~refused REPLICAOF NO ONE
  ~refused SLAVEOF NO ONE
  ~refused REPLCONF x y
  ~refused PSYNC x 1
  ~refused SYNC
  ~refused FAILOVER
  ~refused MODULE LOAD x
  ~refused MODULE LOADEX x
  ~refused MODULE UNLOAD x
  PING
  `,
  ),
  contract(
    'a pause of less than nothing, and MONITOR twice',
    `
  CLIENT PAUSE -1
  CLIENT PAUSE x
  CLIENT PAUSE 1.5
  @m MONITOR
  @m! MONITOR
  PING
  ~shown @m<
  `,
  ),
];
