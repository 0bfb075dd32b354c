/** Errors, and what stands before and behind them. */
import { holds } from './holds.ts';

holds([
  [
    'what stands behind an error that a STOMP session survives is read',
    `queue q1
     s1: SEND destination=/queue/s1 "a" transaction=none ✓
     s1: SEND destination=/topic/k1 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what stands before the error that ends a STOMP session was read',
    `queue q1
     s1: SEND destination=/topic/k1 "a" ✓
     s1: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a SEND whose queue is declared otherwise is refused, and its ERROR may be lost',
    `queue q1
     queue q2 durable quorum
     queue q3 exclusive
     s1: SEND destination=/queue/q1 "a" ✓
     s2: SEND destination=/queue/q3 "a" ✓
     s1: SEND destination=/queue/q2 "a" ✓
     orderly end, all awaited; STOMP 1.2 by WebSocket`,
  ],
  [
    'nothing that stands behind a refused SEND is delivered',
    `queue q1
     queue q2
     queue q3
     c1/1: consume queue=q3 tag=t2 noAck ✓
     s2: SEND destination=/queue/q3 "a"
     c1/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an error that names a consumer tag answers that consumer',
    `queue q1
     c1/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "b" header=h1 ✓
     c1/1: publish key=q1 "b" header=h1 …
     c1/1: consume queue=q3 tag=t2
     c1/1: ack nth=3 ✓
     c3/1: get queue=q1 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what the server refuses is not what it delivers',
    `queue q1
     c3/2: publish key=q3 "a"
     c3/2: get queue=q3
     s2: SEND destination=/queue/q3 "a" transaction=t …
     orderly end; STOMP 1.2`,
  ],
  [
    'an error answers the one that failed, not the one that waits',
    `queue q1 durable
     c3/1: consume queue=q1 tag=t1 ✓
     s1: COMMIT transaction=none
     s1: SEND destination=/queue/q1 "a" …
     s1: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack behind a consumer whose tag is taken is not read',
    `queue q1
     queue q2
     c2/2: consume queue=q2 tag=t2 ✓
     c1/1: publish key=q2 "a" ✓
     c2/2: consume queue=q2 tag=t2
     c2/2: ack nth=3 …
     c1/1: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a server may read the last words of a session when nothing refuses them any more',
    `queue q1 autoDelete
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     s1: SEND destination=/queue/q1 "a"
     cut end; STOMP 1.2`,
  ],
  [
    'an error that ends a connection names what was asked, so it is known on which channel that was',
    `queue q1 durable quorum
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q1 to x2 by k2
     c3/2: consume queue=reply tag=r ✓
     c3/1: delete queue=q1 ifEmpty ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what an exclusive queue holds is given to nobody else, though no error tells that they were refused',
    `queue q1 exclusive
     c1/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     orderly end, all awaited; STOMP 1.2 by WebSocket`,
  ],
  [
    'nor is what an exclusive consumer holds',
    `queue q1
     queue q2
     c2/1: consume queue=q2 tag=t1 exclusive ✓
     c1/1: publish key=q2 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q2 ✓
     orderly end, all awaited; STOMP 1.2 by WebSocket`,
  ],
  [
    'an argument that is empty is another than none',
    `queue q1 durable dlx=
     s1: SUBSCRIBE id=2 destination=/queue/q1 ✓
     c2/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a reply to somebody who was gone goes nowhere',
    `queue q1
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=reply tag=r ✓
     c3/1: publish key=q1 "a" replyTo ✓
     c3/1: consume queue=reply tag=r ✓
     c1/1: reply nth=0 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'also where that was learned from the request only later',
    `queue q1
     queue q2
     c1/1: publish key=q3 "a" bcc=q2 ✓
     c1/1: consume queue=reply tag=r ✓
     c1/1: publish key=q2 "a" replyTo ✓
     c2/1: get queue=q2 ✓
     c1/1: consume queue=reply tag=r ✓
     c3/1: get queue=q2 ✓
     c3/1: reply nth=3 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'nothing behind a binding to a queue that is not there was carried out',
    `queue q1
     exchange x1 type=topic
     exchange x2 type=direct
     bind q1 to x2 by k1
     c3/1: publish exchange=x2 key=k1 "a" ✓
     c3/1: bind exchange=x1 queue=q3 key=* ✓
     c3/1: delete queue=q1
     c1/1: declare queue=q1
     cut unread end; STOMP 1.2`,
  ],
  [
    'nothing behind a binding to an exchange that is not there was carried out',
    `queue q1
     exchange x1 type=topic
     c3/1: publish key=q1 "a" ✓
     c3/1: bind exchange exchange=x1 to=x3 key=* ✓
     c3/1: delete queue=q1
     c1/1: declare queue=q1
     cut unread end; STOMP 1.2`,
  ],
  [
    'nothing behind a get from a quorum queue with a single active consumer was carried out',
    `queue q1
     queue q2 durable quorum single
     queue q3
     c1/1: consume queue=q3 tag=t1 ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: get queue=q3
     c1/1: get queue=q2
     c1/1: ack nth=1 …
     c3/1: purge queue=q2 …
       the tap hears c3
     orderly end; STOMP 1.2`,
  ],
  [
    'what is rejected before a request that is refused is not held',
    `queue q1
     c1/1: publish key=q1 "b" ✓
     c1/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "b" …
     c3/1: reject nth=2
     c3/1: consume queue=q1 tag=t1 …
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a consumer tag is in use before its first consumer is answered',
    `queue q1
     exchange x1 type=headers
     exchange x2 type=headers
     c3/1: consume queue=q1 tag=t1
     c3/1: consume queue=q1 tag=t1
     c3/1: publish exchange=x2 key=q1 "a"
     c3/1: consume queue=q1 tag=t1 exclusive ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a client without acks took does not come to it again',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c3/2: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "b" ✓
     c3/1: publish key=q1 "b" …
     c3/2: consume queue=q3 tag=t2
     c3/1: publish key=q3 "a" …
     s2: UNSUBSCRIBE id=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'the server names no quorum queue',
    `queue q1
     exchange x1 type=topic
     exchange x2 type=topic
     c2/1: declare queue=named quorum
     c2/1: publish exchange=x2 key=q1 "a"
     c2/1: declare queue=q1 durable ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a rollback takes back is held, though the server never gets to that',
    `queue q1
     c3/2: consume queue=q1 tag=t1 ✓
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c3/2: transactions ✓
     c3/2: reject nth=2 ✓
     c3/2: consume queue=q1 tag=t1 …
     c1/1: consume queue=q1 tag=t2
     c3/2: rollback ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was handed out and given back unseen may be a dead message',
    `queue q1
     queue q2 dlx=
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" ttl=0 cc=q2
     c2/1: consume queue=q1 tag=t1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a consumer is the only one as long as nothing before has ended it',
    `queue q1
     c2/2: consume queue=q1 tag=t2 exclusive ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     c1/1: publish key=q1 "b" …
     c2/2: consume queue=q1 tag=t1
     c2/2: reject nth=3 …
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an exchange is not declared again as something else',
    `queue q1
     exchange x1 type=fanout
     exchange x2 type=headers
     c3/1: consume queue=q1 tag=t1 ✓
     c3/2: consume queue=q1 tag=t1 priority=2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c3/2: reject nth=2 ✓
     c3/2: declare exchange exchange=x2 type=headers durable ✓
     orderly end; STOMP 1.2`,
  ],
  [
    "what is seen late, and has left since, was nobody else's",
    `queue q1 durable
     s1: SEND destination=/queue/q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     s1: SEND destination=/queue/q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c3/2: consume queue=q1 tag=t2 priority=2 ✓
     c3/1: reject nth=0 ✓
     c3/1: consume queue=q1 tag=t1 …
     orderly end; STOMP 1.2`,
  ],
]);
