import { contract } from './_contract.ts';

export default [
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
  ),
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
  ),
  contract(
    'what comes though no replies are wanted',
    `
  @a! CLIENT REPLY OFF
  @a! PING
  SUBSCRIBE a b
  @a<
  @b PUBLISH a hello
  @a<
  UNSUBSCRIBE b
  UNSUBSCRIBE a
  PSUBSCRIBE p*
  PUNSUBSCRIBE
  SSUBSCRIBE s
  SUNSUBSCRIBE s
  @a! NOTHING
  CLIENT REPLY ON
  @c! CLIENT REPLY SKIP
  @c SUBSCRIBE a
  @c RESET
  @c! CLIENT REPLY SKIP
  @c! RESET
  @c PING
  @d! CLIENT REPLY SKIP
  @d! CLIENT REPLY SKIP
  @d! PING
  @d ECHO heard
  @d! CLIENT REPLY SKIP
  @d! BLPOP nothing 0.01
  @d ECHO heard
  @e MULTI
  @e CLIENT REPLY SKIP
  @e PING
  @e! EXEC
  @e! PING
  @e ECHO heard
  @f! CLIENT REPLY OFF
  @f! MONITOR
  @b PING
  @f CLIENT REPLY ON
  @g MULTI
  @g CLIENT REPLY SKIP
  @g CLIENT REPLY SKIP
  @g ECHO heard
  @g DISCARD
  `,
  ),
];
