/** Quorum queues: how often a message may come back, where it stands then, and what becomes of it. */
import { holds } from './holds.ts';

holds([
  [
    'what came back in excess was dropped for length, not for its delivery limit',
    `queue q1 durable quorum maxLength=2 deliveryLimit=0
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'in a full quorum queue what comes back late does not stand first',
    `queue q1 durable quorum maxLength=2
     exchange x1 type=headers
     bind q1 to x1 by q1
     c3/1: publish exchange=x1 key=q1 "a" ✓
     c3/1: get queue=q1 ✓
       cut c3 by cut late
     c2/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: declare queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal messages that came back to a full quorum queue any may stand first',
    `queue q1 durable quorum maxLength=2
     c3/1: publish key=q1 "b" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "b" ✓
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client prefetch=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back too often may have gone with its queue before',
    `queue q1 durable quorum deliveryLimit=0
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: delete queue=q1
     c2/1: recover
     c3/1: recover …
     orderly end; STOMP 1.2`,
  ],
  [
    'what is never read is passed over by nobody',
    `queue q1
     queue q2
     queue q3 durable quorum dlx=x1 deliveryLimit=0
     exchange x1 type=headers
     c3/1: bind exchange=x2 queue=q3 key=k1 ✓
     c2/1: bind exchange=x1 queue=q2 key=q1 ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q3 ack=client-individual ✓
     c1/1: publish key=q3 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
     s2: SEND destination=/queue/q2 "a"
     s2: SEND destination=/amq/queue/q2 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal messages none is told to have come back too often',
    `queue q1
     queue q2 durable quorum maxLength=2 dlx=x1 deliveryLimit=1
     queue q3
     exchange x1 type=headers
     bind q3 to x1 by *
     c1/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     c1/1: publish key=q2 "a"
     c2/1: publish key=q2 "a" ✓
     c2/1: consume queue=q3 tag=t2 ✓
       restart
     c3/1: publish key=q2 "a" ✓
     c2/1: publish key=q2 "a" ✓
     c2/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'equal messages may each have come back as often as they may',
    `queue q1
     queue q2 durable quorum maxLength=2 single deliveryLimit=1
     c2/1: consume queue=q2 tag=t2 ✓
     c1/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "b" ✓
     c1/1: publish key=q2 "b" …
     c2/1: consume queue=q2 tag=t2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what died of its delivery limit was given back',
    `queue q1
     queue q2 durable quorum dlx=x2 deliveryLimit=0
     exchange x1 type=headers
     exchange x2 type=headers alternate=x1
     bind q1 to x1 by *
     c3/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     c3/1: requeue nth=0 ✓
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died since it was handed out is seen to be handed out later',
    `queue q1 durable quorum dlx=x1 deliveryLimit=1
     queue q2
     exchange x1 type=topic alternate=x2
     exchange x2 type=fanout
     bind q2 to x2 by k2
     c3/1: consume queue=q2 tag=t2 ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: requeue nth=0
     c2/1: consume queue=q1 tag=t2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack that was not read gives back what dies of that',
    `queue q1
     queue q2 durable quorum dlx=x1 deliveryLimit=0
     exchange x1 type=fanout
     bind q1 to x1 by #
     c1/2: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" cc=q2 ✓
     c1/1: get queue=q2 ✓
     c1/1: get queue=q3
     c1/1: ack nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what STOMP tells to have died comes again from the queue that it died into',
    `queue q1 durable quorum maxLength=1 dlx=x2 deliveryLimit=0
     queue q2 durable
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q2 to x2 by k1
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c2/2: consume queue=q1 tag=t2
     c3/1: publish key=q1 "a"
     c3/1: get queue=q3 …
     c2/2: close channel ✓
     s1: SUBSCRIBE id=2 destination=/queue/q2 ack=client ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     s1: NACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back to a quorum queue as a dead message is told to come again',
    `queue q1
     queue q2 ttl=0 dlx=
     queue q3 durable quorum dlx=x2 deliveryLimit=0
     exchange x1 type=direct
     exchange x2 type=topic
     bind q2 to x2 by #
     c1/1: consume queue=q3 tag=t1 ✓
     c2/1: publish key=q3 "a" ✓
     c1/1: reject nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is rejected again and again comes back each time',
    `queue q1 durable quorum dlx=x1
     exchange x1 type=topic alternate=x2
     exchange x2 type=direct
     bind q1 to x2 by q1
     c1/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: reject nth=2 ✓
     c2/1: reject nth=1 ✓
     c2/1: ack nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'STOMP tells where a message died first, and it may have died since',
    `queue q1
     queue q2 durable quorum dlx=x1 deliveryLimit=0
     queue q3 ttl=0 dlx=x2
     exchange x1 type=headers
     exchange x2 type=fanout
     bind q3 to x1 by q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q2 ack=client-individual ✓
     c2/1: publish key=q2 "a" ✓
     s1: SUBSCRIBE id=2 destination=/exchange/x2/k1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what came back too often is sent to every queue that is bound',
    `queue q1
     queue q2 durable quorum dlx=x2 deliveryLimit=0
     queue q3 exclusive
     exchange x1 type=direct
     exchange x2 type=headers
     bind q3 to x2 by k2
     bind q1 to x2 by q1
     c2/2: publish key=q2 "b" ✓
     c1/1: consume queue=q2 tag=t2
     c2/1: publish key=q2 "b" ✓
     c1/2: consume queue=q3 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a lost connection asked for last need not have been read',
    `queue q1 durable quorum dlx=x1 deliveryLimit=0
     queue q2
     exchange x1 type=topic
     c3/2: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" cc=q2 ✓
     c3/2: bind exchange=x1 queue=q2 key=*
     cut unread end; STOMP 1.2`,
  ],
  [
    'equal messages that came back too often ended in their queue',
    `queue q1 durable quorum deliveryLimit=0
     c1/1: publish key=q1 "a"
     c3/1: publish key=q1 "a" …
     c3/1: get queue=q1 …
       restart
     c2/1: declare queue=q1 passive ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back too often from a lost connection goes where it leads then',
    `queue q1 durable quorum dlx=x1 deliveryLimit=1
     exchange x1 type=topic
     exchange x2 type=direct
     c1/2: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     c1/2: requeue nth=3 ✓
       cut c1 by client late
     c2/1: bind exchange exchange=x1 to=x2 key=k2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal messages that came back too often any may be dead first',
    `queue q1
     queue q2
     queue q3 durable quorum dlx=x1 deliveryLimit=0
     exchange x1 type=headers alternate=x2
     exchange x2 type=topic
     c2/1: recover ✓
     c3/1: consume queue=q2 tag=t2 ✓
     c2/1: bind exchange=x2 queue=q2 key=* ✓
     c2/1: consume queue=q3 tag=t2 ✓
     c3/1: publish key=q3 "b"
     c2/1: publish key=q3 "b" ✓
     c1/1: publish key=q3 "b" ✓
     orderly end; STOMP 1.2`,
  ],
]);
