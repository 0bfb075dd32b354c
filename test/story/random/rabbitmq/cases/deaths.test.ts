/** Times to live, delivery limits, dead letters. */
import { holds } from './holds.ts';

holds([
  [
    'a client takes at once what expires at once',
    `queue q1 maxPriority=2
     c1/1: publish key=q1 "a" priority=2 ttl=0 header=h2
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 …
     c3/1: publish key=q1 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what died at once in a queue without time came to another by its dead-letter exchange',
    `queue q1
     queue q2 ttl=0 dlx=x1
     exchange x1 type=headers
     exchange x2 type=direct
     bind q2 to x1 by k1
     bind q1 to x1 by #
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: publish exchange=x1 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a message that died twice unseen is the same message',
    `queue q1 ttl=0 dlx=x1
     queue q2 ttl=0 dlx=x1
     queue q3
     exchange x1 type=fanout
     bind q2 to x1 by k1
     bind q3 to x1 by k2
     c2/1: consume queue=q3 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'only what surely stands first expires',
    `queue q1
     queue q2
     exchange x1 type=direct
     exchange x2 type=headers
     bind q2 to x2 by k1
     c1/1: publish key=q1 "b" ttl=0 bcc=q2
     c3/1: publish key=q1 "a" …
     c3/1: publish exchange=x2 key=q1 "a" …
     c3/1: consume queue=q1 tag=t1 ✓
       5 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'what is rejected goes where it finds a queue when that is read',
    `queue q1 dlx=x1
     queue q2
     exchange x1 type=fanout
     c1/1: publish key=q1 "a" ✓
     c1/1: get queue=q1 ✓
     c1/1: reject nth=0
     c2/1: bind exchange=x1 queue=q2 key=k1 …
       the server reads 1 of c1
     c2/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have been dropped from a queue with a time to live is not sent on as expired',
    `queue q1 maxLength=1 ttl=1000000 dlx=x2 exclusive
     queue q2 maxLength=2 dlx=x2
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q1 to x2 by #
     bind q2 to x2 by #
     c2/1: publish key=q1 "a" bcc=q2 ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is sent on to a queue with a time to live expires there, whichever of two it is',
    `queue q1 dlx= dlk=q2
     queue q2 ttl=0
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c3/1: reject nth=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died and came here is one that could come here',
    `queue q1 dlx= maxLength=1
     queue q2 ttl=0
     c3/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" cc=q2 ✓
     c2/1: consume queue=q2 tag=t1 ✓
     c1/1: publish key=q2 "a" bcc=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a copy that was sent here by a further key, too, is another than one that was not',
    `queue q1 ttl=0 dlx=
     queue q2
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q2 tag=t2 ✓
     c3/1: publish key=q1 "a" cc=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died at a time that is not known lives on from the earliest',
    `queue q1 dlx=
     queue q2 ttl=10
     c2/1: consume queue=q1 tag=t1
     c1/1: publish key=q1 "a" ttl=0 cc=q2 …
     c1/1: consume queue=q1 tag=t1 exclusive …
     c2/1: get queue=q2 ✓
       15 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'that a copy found no queue is not what became of a message that was in another',
    `queue q1
     exchange x1 type=direct
     exchange x2 type=fanout alternate=x1
     bind q1 to x1 by k1
     s2: SUBSCRIBE id=2 destination=/exchange/x2/k2 ack=client-individual ✓
     c1/1: publish exchange=x2 key=k1 "a" ✓
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes to the head of a queue expires there',
    `queue q1 dlx=
     queue q2
     c2/1: publish key=q1 "a" ttl=0 bcc=q2 ✓
     c2/1: get queue=q2 ✓
       25 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'what stood behind an error did not die',
    `queue q1 ttl=0 dlx= dlk=q2
     c2/1: confirms ✓
     s2: SEND destination=/queue/q2 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
     s1: SEND destination=/queue/q1 "a" …
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike the one that died is the one that could come here',
    `queue q1 ttl=0 dlx=
     queue q2
     c2/1: consume queue=q1 tag=t1
     c3/1: consume queue=q2 tag=t2 …
     c1/1: publish key=q1 "a" bcc=q2 …
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died first came first, though nothing had shown that it died',
    `queue q1 ttl=0 dlx=
     queue q2
     c1/1: publish key=q1 "a" cc=q2 ✓
     c3/1: publish key=q1 "a" cc=q2 ✓
     c3/1: get queue=q1 ✓
     c2/1: get queue=q2 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died elsewhere may stand before what is over',
    `queue q1 dlx=
     queue q2
     c1/2: publish key=q1 "a" ttl=0 cc=q2 ✓
     c1/2: consume queue=q1 tag=t1 ✓
       15 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'nothing expires before it is back',
    `queue q1
     c3/1: publish key=q1 "a" ttl=10 ✓
     c3/1: get queue=q1 ✓
     c3/1: requeue nth=1
       25 ms pass
     c1/1: confirms …
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is known to have died later may have died before others',
    `queue q1 maxLength=1 dlx=x1
     queue q2
     exchange x1 type=headers
     exchange x2 type=headers
     bind q2 to x1 by q1
     bind q1 to x2 by *
     c1/2: publish key=q1 "a" ✓
     c1/1: publish key=q1 "b" ✓
     c3/1: consume queue=q1 tag=t2
     c1/1: publish exchange=x2 key=q1 "b" ✓
     c1/1: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what dies when somebody listens is not what died before that',
    `queue q1 ttl=0 dlx=x1
     exchange x1 type=headers alternate=x2
     exchange x2 type=direct
     c3/2: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/exchange/x2/q1 ✓
     c3/2: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'nor what was purged where it had come to',
    `queue q1
     queue q2 ttl=0 dlx= dlk=q3
     queue q3
     c3/1: publish key=q2 "a" ✓
     c2/1: purge queue=q3 ✓
     s1: SUBSCRIBE id=2 destination=/amq/queue/q3 ✓
     c3/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is over goes where it went before somebody unbinds that',
    `queue q1 ttl=20 dlx=x1
     queue q2
     exchange x1 type=fanout
     bind q2 to x1 by k1
     c2/1: confirms ✓
     c1/1: confirms ✓
     c1/1: publish key=q1 "a" ✓
       50 ms pass
     c2/1: unbind exchange=x1 queue=q2 key=k1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that a full queue refused and dead-lettered either may come first',
    `queue q1 maxLength=1 dlx=x2 overflow=reject-publish-dlx
     queue q2
     exchange x1 type=fanout
     exchange x2 type=fanout
     bind q2 to x2 by k1
     c2/1: publish key=q1 "a" ✓
     c2/1: declare queue=q1 ✓
     c1/1: publish key=q1 "b" ✓
     c3/1: publish key=q1 "b" ✓
     c3/1: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue refused before its publisher was lost may have been dead-lettered',
    `queue q1 durable maxLength=1 dlx=x1 overflow=reject-publish-dlx
     queue q2 durable
     exchange x1 type=headers
     bind q2 to x1 by k1
     bind q1 to x1 by k1
     c2/1: publish exchange=x1 key=k2 "a" ✓
     c2/1: publish key=q1 "a" persistent ✓
       restart
     c3/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue refused may be dead-lettered though the queue has room since a restart',
    `queue q1 durable maxLength=1 dlx=x1 overflow=reject-publish-dlx
     queue q2 durable
     exchange x1 type=headers
     bind q2 to x1 by k1
     c1/1: publish key=q1 "a" ✓
     c2/2: publish key=q1 "a" persistent ✓
     c2/2: cancel tag=t2 ✓
       restart
     c3/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a full queue that was deleted may have dropped any of those that look alike before',
    `queue q1
     queue q2
     queue q3 maxLength=2 dlx=x2
     exchange x1 type=headers
     exchange x2 type=headers
     bind q2 to x2 by k2
     c3/1: publish key=q3 "b" ✓
     c3/1: publish key=q3 "a" ✓
     c2/1: publish key=q3 "b" ✓
     c2/1: delete queue=q3 ✓
     c2/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died tells where it had been published to',
    `queue q1
     queue q2 maxLength=1 dlx=x1 overflow=reject-publish-dlx
     exchange x1 type=fanout
     exchange x2 type=headers alternate=x1
     bind q2 to x1 by #
     bind q1 to x1 by k1
     c3/1: publish exchange=x1 key=q1 "a" ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
       cut c3 by client
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a connection held that ends comes back before it has ended, and may die',
    `queue q1 maxLength=1 dlx= dlk=q3
     queue q2
     queue q3
     exchange x1 type=fanout
     bind q1 to x1 by k2
     c3/2: get queue=q1
     c1/1: publish key=q1 "b" ✓
     c3/1: consume queue=q3 tag=t2 ✓
     c2/1: publish exchange=x1 key=k2 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died in several queues is known by all of them',
    `queue q1
     queue q2 ttl=0 dlx=
     queue q3 ttl=0 dlx=x2
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q3 to x2 by k2
     bind q2 to x2 by k2
     c2/1: publish exchange=x2 key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died first for another reason is another message',
    `queue q1 maxLength=2 dlx=x1 overflow=reject-publish-dlx
     queue q2
     exchange x1 type=headers
     bind q2 to x1 by *
     c1/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a"
     c3/1: consume queue=q1 tag=t2 ✓
     c1/2: consume queue=q1 tag=t2 ✓
     c1/2: reject nth=0 ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    "what can't be told apart comes only to where its queue leads",
    `queue q1 maxLength=2 dlx= dlk=q2
     queue q2
     c2/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=2 destination=/queue/q3 ack=client ✓
     s1: UNSUBSCRIBE id=2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=2 destination=/amq/queue/q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a queue had room for is not what was dropped there',
    `queue q1 maxLength=2 dlx=x1
     queue q2 maxLength=2 dlx=x1
     queue q3 durable
     exchange x1 type=headers
     exchange x2 type=headers alternate=x1
     bind q3 to x1 by *
     bind q1 to x1 by #
     c1/1: publish key=q2 "a" ✓
     s2: SUBSCRIBE id=1 destination=/queue/q3 ✓
     s1: SUBSCRIBE id=1 destination=/queue/q3 ✓
     s2: SEND destination=/queue/q3 "a" ✓
     c1/1: publish key=q2 "a" ✓
     c1/1: publish key=q2 "a" ✓
     s1: SEND destination=/exchange/x1/k1 "a" ✓
     c2/1: publish exchange=x2 key=k1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
]);
