/** Clients that are about to fail: what they hold comes back before their error is seen. */
import { holds } from './holds.ts';

holds([
  [
    'what an error gives back comes after what stood before the error',
    `queue q1
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: ack nth=0 ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a"
     c2/1: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack behind an error is undone by what comes again',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/queue/q3 ack=client ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
     c1/1: consume queue=q3 tag=t2 ✓
     s2: SEND destination=/queue/q1 "a" …
     s2: ACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is refused without an end of the session is in no queue, though its error comes later',
    `queue q1
     s2: SEND destination=/amq/queue/q1 "a" transaction=none
     s2: SEND destination=/amq/queue/q1 "a" …
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a consumer acked behind an error comes back with what it held',
    `queue q1
     c3/1: consume queue=q1 tag=t2 ✓
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=q1 tag=t2 …
     c3/1: ack nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes again to somebody whose connection is about to fail was given to others since',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c3/2: consume queue=q1 tag=t2 ✓
     c3/2: consume queue=q1 tag=t2 …
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'nor did they end who hold what a failing session was given before',
    `queue q1
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q1 to x2 by #
     c3/1: ack nth=1 ✓
     c2/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client ✓
     c1/1: publish key=q1 "a" ✓
     s2: NACK nth=3
     s2: ACK nth=2 …
     c2/1: consume queue=q1 tag=t2 …
     c3/1: publish exchange=x2 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is held again after an error is not what was handed out again meanwhile',
    `queue q1
     queue q2
     c2/1: consume queue=q2 tag=t2 ✓
     c1/1: publish key=q2 "a"
     c3/1: publish key=q2 "a" ✓
     c2/1: requeue nth=3
     c2/1: consume queue=q2 tag=t2
     c2/1: requeue nth=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack behind what may be refused was not read where its message comes again',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c3/1: consume queue=q1 tag=t1 exclusive …
     c3/1: ack nth=2
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'whoever fails was given first what came again elsewhere',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1
     s2: SUBSCRIBE id=2 destination=/queue/q1 …
     c2/1: declare queue=q1 …
     c2/2: consume queue=q1 tag=t2 …
     c1/1: consume queue=q1 tag=t1 …
     c2/2: consume queue=q1 tag=t2
     c1/1: publish key=q1 "a" …
     c2/1: get queue=q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what came again to whoever fails may have left for good before that is seen',
    `queue q1
     c2/2: consume queue=q1 tag=t2 ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     c2/2: requeue nth=3 …
     c2/2: consume queue=q1 tag=t2 …
     c1/1: get queue=q1 noAck
     c1/1: publish key=q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a NACK behind an error is not what gives a message back',
    `queue q1
     c3/1: publish key=q1 "b" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client ✓
     s1: SEND destination=/queue/q1 "a" …
     c1/1: consume queue=q1 tag=t1
     s1: NACK nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who is first of those that look alike stays open though one comes again',
    `queue q1 durable
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "b" …
     c3/1: publish key=q1 "b"
     c1/1: publish key=q1 "b"
     c2/1: consume queue=q1 tag=t1 …
     c1/1: delete queue=q1 ifEmpty
     s2: SUBSCRIBE id=1 destination=/queue/q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'whichever of two was given back may be the one that nobody was given before',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c1/1: consume queue=q1 tag=t1 ✓
       cut s1 by client
     c3/1: consume queue=q1 tag=t1 …
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a NACK behind a declaration that is refused gives nothing back before the channel ends',
    `queue q1
     c2/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c2/1: declare queue=q1 dlk=q1 …
     c2/1: requeue nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'whoever is not about to end has not given back what another one settled behind an error',
    `queue q1 durable
     c1/2: consume queue=q1 tag=t1 ✓
     c1/1: consume queue=q1 tag=t2
     c2/2: consume queue=q1 tag=t2 …
     s1: SEND destination=/queue/q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c2/2: consume queue=q3 tag=t1
     c2/1: publish key=q3 "a" …
     c2/2: reject nth=0
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'nor does a NACK behind a subscription whose id is taken',
    `queue q1 durable
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client-individual ✓
     s2: SEND destination=/queue/q1 "a" ✓
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     s1: SUBSCRIBE id=1 destination=/topic/k1
     s1: NACK nth=3 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what came again may have been handed out before that is seen, though it may have come back to anybody',
    `queue q1 maxLength=2
     c2/1: publish key=q1 "b" ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c2/1: consume queue=q1 tag=t2
     c1/1: publish key=q1 "b" …
     c2/1: requeue nth=3 …
     c1/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who needs no ack gives nothing back: what a failing channel got so has reached it',
    `queue q1
     c3/1: publish key=q1 "b" ✓
     c3/1: get queue=q1 noAck …
     s1: SEND destination=/amq/queue/q1 "b" …
     c1/1: consume queue=q1 tag=t2
     c3/1: consume queue=q1 tag=t1 …
     c3/1: close channel …
     orderly end; STOMP 1.2`,
  ],
  [
    'an error of one channel leaves the others of its connection as they are',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/2: get queue=q1 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1
     c3/1: declare queue=q1 maxPriority=1 …
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a stopping server hands on was held rather than acked',
    `queue q1
     s2: SEND destination=/amq/queue/q1 "b" ✓
     c1/1: get queue=q1 ✓
     c1/2: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "b" ✓
     c1/2: ack nth=2 ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'who is surely refused is handed nothing',
    `queue q1
     c3/1: publish key=q1 "b" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c1/2: consume queue=q1 tag=t2 ✓
     c2/2: consume queue=q1 tag=t1 exclusive …
     c2/1: publish key=q1 "b"
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack that is never read leaves what it is about to come again',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c2/1: get queue=q1 ✓
     c3/1: consume queue=q1 tag=t1 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: requeue nth=3
     c2/1: purge queue=q3 …
     c2/1: ack nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what came again to a failing channel is held elsewhere by now',
    `queue q1
     c3/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "b" ✓
     c1/1: publish key=q1 "b" ✓
     c3/1: ack nth=1 ✓
     c3/2: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=reply tag=r ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=q3 tag=t1 …
     orderly end; STOMP 1.2`,
  ],
]);
