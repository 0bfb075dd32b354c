/** Queues and bindings that come and go at one time: deleted and declared anew, unbound and bound. */
import { holds } from './holds.ts';

holds([
  [
    'what is given back may be of the queue that came in place of the one that went',
    `queue q1
     exchange x1 type=fanout
     s2: SUBSCRIBE id=2 destination=/exchange/x1/k2 ✓
     s1: SEND destination=/amq/queue/q2 "a"
     s2: SUBSCRIBE id=1 destination=/queue/q2 ack=client-individual
     c1/1: delete queue=q2
     c1/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a get of a queue that is being deleted may still find it',
    `queue q1
     queue q2
     c1/1: delete queue=q2
     c2/1: publish key=q2 "a" …
     c2/1: get queue=q2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back may find its queue gone',
    `queue q1
     queue q2
     c1/1: consume queue=q2 tag=t1 ✓
     c1/1: publish key=q2 "a" ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: delete queue=q2
       the server reads 1 of c3
     cut unread end; STOMP 1.2`,
  ],
  [
    'a SEND that is read after its queue was deleted declares it anew',
    `queue q1
     c3/1: publish key=q2 "a" ✓
     s1: SEND destination=/queue/q2 "a"
     c3/1: delete queue=q2 ✓
     c3/2: get queue=q2 ✓
     c3/2: requeue nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a SUBSCRIBE that is read after an exclusive queue went declares another',
    `queue q1 exclusive
     s2: SUBSCRIBE id=2 destination=/queue/q1 ack=client
     c3/1: publish key=q1 "a"
     c1/1: close ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is sent to a queue that was declared anew is in it',
    `queue q1 exclusive
     s2: SUBSCRIBE id=2 destination=/queue/q1
     c1/1: close ✓
     c1/1: declare queue=q3 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'and a deletion and a declaration',
    `queue q1
     queue q2
     c2/1: delete queue=q1
     c1/1: declare queue=q1 ✓
     c1/1: publish key=q1 "a" ✓
       the server reads 1 of c2
     c2/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion behind an error deletes nothing, whoever declares that queue meanwhile',
    `queue q1
     queue q2
     c1/1: consume queue=missing tag=t1
     c1/1: delete queue=q2
     c2/1: declare queue=q2 ✓
     c2/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who consumes from a queue that is declared anew meanwhile takes from the new one',
    `queue q1
     c3/1: consume queue=q1 tag=t2
     c1/1: delete queue=q1
     c1/1: declare queue=q1 ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'or from the old one',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c1/1: declare queue=q1
     c3/1: delete queue=q1
     c2/1: consume queue=q1 tag=t1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what a server counts may be in the queue that was there before',
    `queue q1 durable
     c2/1: publish key=q1 "a" ✓
     c2/1: declare queue=q1 durable …
     c1/1: delete queue=q1 …
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two who delete a queue, either may be the first',
    `queue q3
     queue q2
     queue q1
     c3/2: publish key=q1 "a"
     c3/2: delete queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who gets from a queue that is deleted and declared anew takes from either',
    `queue q1
     c1/1: delete queue=q1
     c3/1: publish key=q1 "a"
     c2/1: get queue=q1
     c1/1: declare queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who takes from a queue that went twice takes from any of the three',
    `queue q1
     c2/1: confirms ✓
     c2/1: publish key=q1 "a" ✓
     s2: SEND destination=/queue/q1 "a" …
     c3/1: delete queue=q1
     c2/1: delete queue=q1
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is taken from a queue before it goes does not go with it',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: delete queue=q3
     s2: SUBSCRIBE id=2 destination=/queue/q3 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what is taken from a queue before it goes does not wait in the one that comes after it',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     s2: SEND destination=/topic/k1 "a" ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: delete queue=q3
     s2: SUBSCRIBE id=2 destination=/queue/q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike the one in either queue may be taken',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1
     c3/1: publish key=q1 "b"
       the server reads 1 of c3
     s2: SEND destination=/amq/queue/q1 "b" …
     c1/1: delete queue=q1
     s2: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike, those in the queue before are not left there',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     s1: SUBSCRIBE id=2 destination=/queue/q3 ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: delete queue=q3
     s2: SUBSCRIBE id=2 destination=/queue/q3 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a SEND may declare a queue anew that has expired by the time it is read',
    `queue q1 expires=20
     s2: SEND destination=/queue/q1 "a"
       25 ms pass
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have been in the former queue does not show that its consumer has moved',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 …
     c1/1: publish key=q1 "b" …
     c3/1: delete queue=q1
     c1/1: declare queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may be in either of two queues is not in the one that never came',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client
     s1: SEND destination=/queue/q1 "b" …
     c2/1: consume queue=q1 tag=t1 …
     c2/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what came when its queue may have been deleted does not go with that for certain',
    `queue q1
     s2: SEND destination=/queue/q2 "a" ✓
     c2/1: consume queue=q2 tag=t1 …
     c2/1: delete queue=q1 …
     c1/1: consume queue=q1 tag=t1
     s1: SEND destination=/queue/q1 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that comes in place of another one has its own messages',
    `queue q1
     c3/1: publish key=q1 "b" ✓
     s2: SUBSCRIBE id=2 destination=/queue/q1
     c3/1: delete queue=q1 …
     c3/1: publish key=q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of messages that look alike in either of two queues any may be the one',
    `queue q1 durable
     s1: SEND destination=/queue/q1 "b" ✓
     c1/1: publish key=q1 "b" ✓
     s2: SUBSCRIBE id=2 destination=/queue/q1 …
     c1/1: delete queue=q1 ifEmpty ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was published before a deletion is not in the queue that comes after it',
    `queue q1
     queue q2
     c1/1: publish key=q1 "a" bcc=q2 ✓
     c1/1: delete queue=q2 ifUnused …
     c3/1: publish key=q2 "a" …
     s2: SUBSCRIBE id=2 destination=/queue/q2 …
     c1/1: publish key=q2 "a" header=h2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may be of either of two queues comes back to the one that is there',
    `queue q1
     c3/1: publish key=q1 "b"
     c1/1: delete queue=q1
     c3/1: consume queue=q1 tag=t1
     c1/1: declare queue=q1 ✓
     s2: SEND destination=/amq/queue/q1 "b" ✓
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may be in either of two queues is not in the one that has gone',
    `queue q1
     c2/1: delete queue=q1 …
     s2: SEND destination=/queue/q1 "a" …
     c3/1: get queue=q1 ✓
     c3/1: reject nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back to the queue that is there comes from there again',
    `queue q1
     c2/1: delete queue=q1 …
     s1: SUBSCRIBE id=1 destination=/queue/q1 ack=client-individual
     c3/1: publish key=q1 "a" ✓
     s1: NACK nth=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a subscription that is answered is to the queue that took the place of the other',
    `queue q1 autoDelete
     c1/1: delete queue=q1 ifEmpty noWait ✓
     c1/1: recover ✓
     s2: SUBSCRIBE id=2 destination=/queue/q1 ack=client receipt ✓
     s2: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'and so is one whose queue had gone with somebody else',
    `queue q1 autoDelete
     c1/2: consume queue=q1 tag=t2 ✓
     c1/2: declare queue=q1
     s1: SUBSCRIBE id=2 destination=/queue/q1 receipt ✓
     s2: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back by who took it from the queue that came in place of another is there again',
    `queue q1
     s2: UNSUBSCRIBE id=2 ✓
     c3/1: delete queue=q1 …
     s2: SEND destination=/queue/q1 "a"
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client ✓
     s2: NACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion that was seen to have happened ends nothing that comes later',
    `queue q1
     c2/1: declare queue=q1 durable
     c3/2: delete queue=q1 ifUnused noWait …
     c3/1: consume queue=q1 tag=t1 ✓
     c3/2: publish key=q1 "a" ✓
     c3/1: reject nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that may have gone with its last consumer may be declared as another one',
    `queue q1 autoDelete
     s1: SEND destination=/queue/q1 "a"
     c3/1: consume queue=q1 tag=t2
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 …
     s2: SEND destination=/queue/q1 "a"
     s2: BEGIN transaction=t …
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue is as whoever was answered declared it, though others asked before',
    `queue q1
     s1: SEND destination=/queue/q2 "a" ✓
     c3/1: delete queue=q2 ✓
     c3/1: delete queue=q2
     c1/1: declare queue=q2 ✓
     s1: SEND destination=/amq/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is deleted twice is not named as one that is there',
    `queue q1
     c3/1: delete queue=q1 ifUnused
     s1: SUBSCRIBE id=2 destination=/queue/q1 receipt
     c2/1: delete queue=q1 ✓
     s2: SEND destination=/amq/queue/q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what went back to a queue and on from there is seen first where that was declared anew',
    `queue q1
     c2/1: delete queue=q1 …
     s2: SUBSCRIBE id=1 destination=/queue/q1 ack=client-individual ✓
     c3/1: publish key=q1 "a" …
     s2: SEND destination=/exchange/nowhere/k1 "a" …
     c2/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what its client gave back comes again from a queue that was declared anew',
    `queue q1
     s2: SEND destination=/queue/q1 "b"
     c2/2: get queue=q1
     c1/1: delete queue=q1
     s2: SEND destination=/amq/queue/q1 "b"
     c2/1: consume queue=q1 tag=t2 ✓
     s1: SEND destination=/queue/q1 "b" ✓
     c3/1: publish key=q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was in one of two queues of a name was in the other at no time',
    `queue q1
     c1/1: declare queue=q1 autoDelete
       restart
     s1: SEND destination=/queue/q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     s1: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was in a queue that is about to go is passed over by what comes to the next one',
    `queue q1
     exchange x1 type=fanout
     bind q1 to x1 by *
     c1/1: confirms ✓
     c1/1: publish exchange=x1 key=k2 "a" ✓
     c2/1: delete queue=q1 …
     s1: SEND destination=/queue/q1 "a" …
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
]);
