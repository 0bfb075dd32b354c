/** STOMP subscriptions whose id is used again, and sessions that the server ends over an error. */
import { holds } from './holds.ts';

holds([
  [
    'what a subscription was sent before it ended may come after another one of its id was asked for',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     s2: SEND destination=/amq/queue/q1 "a" …
     s2: UNSUBSCRIBE id=2
     s2: SUBSCRIBE id=2 destination=/queue/q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a subscription to a topic had its last message before it went, though its id is used again',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/topic/k1 ✓
     s2: SEND destination=/topic/k1 "a"
     s2: UNSUBSCRIBE id=2 …
     s2: SUBSCRIBE id=2 destination=/topic/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a subscription to a queue that comes meanwhile is served until the next of its id is refused',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/amq/queue/q3
     s1: SEND destination=/queue/q3 "a" …
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an id is free again once the server has cancelled its subscription',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c2/1: publish key=q1 "a"
     c1/1: delete queue=q1
     s2: SUBSCRIBE id=1 destination=/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a session goes on where the id of a cancelled subscription is used again',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/topic/k1 ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c1/1: delete queue=q1
     s2: SUBSCRIBE id=1 destination=/queue/q1 ✓
     s2: SEND destination=/topic/k1 "a" ✓
     s2: COMMIT transaction=t ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an ACK means what the subscription that has the id by then makes it mean',
    `queue q1
     queue q2 durable
     c2/1: publish key=q2 "a" ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q2 ack=client-individual ✓
     c1/1: publish key=q2 "a" ✓
     s2: UNSUBSCRIBE id=1 ✓
     s2: SUBSCRIBE id=1 destination=/queue/q2 ack=client ✓
     s2: ACK nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'the queue of a subscription to a topic may be gone as soon as that is asked to end',
    `queue q1
     exchange x1 type=headers
     bind q1 to x1 by k1
     s1: SUBSCRIBE id=2 destination=/topic/k1 ✓
     c2/1: publish exchange=x1 key=k1 "a" ✓
     s1: BEGIN transaction=t receipt ✓
     s1: UNSUBSCRIBE id=2 ✓
     s2: SEND destination=/topic/k1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an error of the broker is about what it can refuse, not about a transaction that is missing',
    `queue q1
     s2: SEND destination=/queue/q1 "a" …
     c3/1: delete queue=q1 …
     s2: SEND destination=/topic/k1 "a" …
     s2: SEND destination=/amq/queue/q1 "a" transaction=none ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what stands behind a SUBSCRIBE that an exclusive consumer has refused is not read',
    `queue q1
     c1/1: consume queue=q1 tag=t2 exclusive …
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1
     s2: SEND destination=/topic/k1 "a"
     s2: COMMIT transaction=t ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an error over a transaction that is missing ends no session',
    `queue q1 autoDelete
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     s1: BEGIN transaction=t ✓
     s1: UNSUBSCRIBE id=2 ✓
     s1: SEND destination=/queue/q1 "a" ✓
     s1: COMMIT transaction=t ✓
     s1: COMMIT transaction=t ✓
     cut end; STOMP 1.2`,
  ],
  [
    'an error that names an id is about the SUBSCRIBE that used it again, and what was acked before is done',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/queue/q2 ack=client-individual ✓
     s2: SEND destination=/amq/queue/q2 "a" ✓
     s2: ACK nth=0 ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have come to a subscription that needs no ack, or to one that does, has not surely reached somebody',
    `queue q1 durable
     s1: SUBSCRIBE id=1 destination=/queue/q1 ✓
     s1: UNSUBSCRIBE id=1 ✓
     s1: SUBSCRIBE id=1 destination=/queue/q1 ack=client ✓
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back at a commit to a subscription that is over is in no queue again',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/topic/k1 ack=client-individual ✓
     s1: SEND destination=/topic/k1 "a" ✓
     s1: BEGIN transaction=t ✓
     s1: NACK nth=3 transaction=t ✓
     s1: UNSUBSCRIBE id=2 ✓
     s1: COMMIT transaction=t ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a cancel ends who was there, and not who takes the tag after it',
    `queue q1
     c1/1: cancel tag=t1 noWait ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was sent before a subscription ended comes after it is known to have ended',
    `queue q1 durable
     c2/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=2 destination=/queue/q1 ✓
     c2/1: publish key=q1 "a" persistent …
     c2/1: consume queue=q1 tag=t2 …
     s1: UNSUBSCRIBE id=2 …
     s1: SEND destination=/amq/queue/q1 "a" …
     s1: SUBSCRIBE id=2 destination=/topic/k1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'and nothing else is taken for it',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c2/1: publish key=q1 "a" …
     s2: UNSUBSCRIBE id=1 …
     s2: SEND destination=/amq/queue/q1 "b" …
     c1/1: get queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a subscription takes from the queue that its session declared anew',
    `queue q1
     queue q2 autoDelete
     c2/1: consume queue=q2 tag=t2 ✓
     s2: SUBSCRIBE id=1 destination=/topic/q1 ✓
     c2/1: consume queue=q2 tag=t2
     s2: UNSUBSCRIBE id=1 …
     s2: SUBSCRIBE id=1 destination=/queue/q2 ✓
     s2: SEND destination=/queue/q2 "a" ✓
     c2/1: publish key=q1 "a" bcc=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an ACK may be about what needs none',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     s2: SEND destination=/amq/queue/q1 "a"
     s2: UNSUBSCRIBE id=1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client ✓
     s2: NACK nth=3 ✓
     orderly end; STOMP 1.1`,
  ],
  [
    'a tag that is given back may be used again without waiting for an answer',
    `queue q1
     queue q2
     queue q3 maxLength=2 dlx=x1
     exchange x1 type=topic
     exchange x2 type=topic
     bind q3 to x2 by q1
     c3/1: consume queue=q1 tag=t1
     c3/1: cancel tag=t1 ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q3 "a" ✓
     c2/1: publish key=q3 "a" ✓
     c2/1: bind exchange=x1 queue=q1 key=# ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
]);
