/** Queues that are deleted: by whom of several, with what, and whether at all. */
import { holds } from './holds.ts';

holds([
  [
    'what was given back to an auto-delete queue went with it',
    `queue q1 autoDelete
     c2/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 noWait ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'what was delivered without acks while its queue was deleted has reached somebody',
    `queue q1
     queue q2
     queue q3
     c3/1: publish key=q3 "a" ✓
     c2/1: get queue=q3 noAck
     c3/1: delete queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion that nobody answered may not have happened',
    `queue q1
     queue q2
     queue q3
     c2/1: confirms ✓
     c2/1: publish key=q3 "a" ✓
     c1/1: delete queue=q3
     cut unread end; STOMP 1.2`,
  ],
  [
    'a queue that others may not have stays, and goes with its owner, though somebody asked to delete it',
    `queue q1 exclusive
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: delete queue=q1 …
     s2: SUBSCRIBE id=1 destination=/queue/q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of several who ask for a queue to be deleted nothing tells which one did, but that it went',
    `queue q1
     queue q2
     c2/1: consume queue=q2 tag=t1 ✓
     c2/1: publish key=q2 "a" ✓
     c1/1: purge queue=q2
     c3/1: delete queue=q2 ifUnused
     c2/1: purge queue=q2
     c1/1: delete queue=q2 noWait ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two who delete a queue the one who did it is the one who was carried out',
    `queue q1
     c3/1: consume queue=q3 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: purge queue=q1
     c2/1: delete queue=q1
     c3/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion may have come before the queue that a SEND declares',
    `queue q1
     s2: SEND destination=/queue/q2 "a"
     c2/1: get queue=q2
     c1/1: delete queue=q2 ifEmpty noWait ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an auto-delete queue may go with a consumer when the others are about to end',
    `queue q1
     queue q2
     queue q3 autoDelete
     s1: SEND destination=/amq/queue/q3 "a" ✓
     c3/1: publish key=q3 "b" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q3 ack=client prefetch=1 ✓
     c1/1: consume queue=q3 tag=t2 ✓
     c1/1: consume queue=q1 tag=t2
     s2: SEND destination=/exchange/x2/q1 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion may find no queue yet',
    `queue q1
     s1: SEND destination=/queue/q2 "a" ✓
     c2/1: publish key=q2 "a" header=h2 ✓
     c2/1: get queue=missing ✓
     c3/1: consume queue=q2 tag=t2 …
     c1/1: delete queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion that found nothing where something was came after another one',
    `queue q1
     c1/1: publish key=q1 "a" ✓
     s2: SEND destination=/queue/q1 "a" receipt
     c1/1: delete queue=q1
     c3/1: delete queue=q1
     c3/1: consume queue=q1 tag=t1 …
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a conditional deletion without an answer may have found nothing to delete',
    `queue q1
     c1/1: delete queue=q1 ifUnused noWait ✓
     s2: SUBSCRIBE id=2 destination=/queue/q1 ✓
     c3/1: consume queue=q1 tag=t1 priority=2 ✓
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an auto-delete queue may go with a consumer whose cancelling nobody answers',
    `queue q1
     queue q2 autoDelete
     exchange x1 type=headers
     c3/1: consume queue=q2 tag=t1 ✓
     c1/1: bind exchange=x1 queue=q2 key=q1 ✓
     c3/1: cancel tag=t1 noWait ✓
     c1/1: publish exchange=x1 key=k2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a deletion is told to have taken is in no queue that comes after it',
    `queue q1
     s1: SEND destination=/queue/q3 "a" ✓
     s2: SEND destination=/queue/q3 "a" ✓
     c3/1: delete queue=q3 ✓
     s1: UNSUBSCRIBE id=2 ✓
     c1/1: consume queue=q3 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an auto-delete queue may go with a consumer that is about to fail',
    `queue q1
     queue q2
     queue q3 autoDelete
     exchange x1 type=fanout
     bind q3 to x1 by *
     c2/2: consume queue=q3 tag=t2 ✓
     c2/2: consume queue=q1 tag=t2 …
     c1/1: confirms
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion that is not allowed deletes nothing',
    `queue q1
     queue q2
     queue q3 exclusive
     c2/1: delete queue=q3 …
     c1/1: delete queue=q3 ✓
     c2/1: publish key=q3 "a" ✓
       all is carried out
     orderly end; STOMP 1.2`,
  ],
  [
    'where one of two deletions did not happen the other one did',
    `queue q1
     s1: SEND destination=/queue/q1 "a"
     c1/1: consume queue=q1 tag=t2
     c1/1: delete queue=q1
     c3/1: delete queue=q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that was there and is missing has been deleted',
    `queue q1
     s1: SEND destination=/queue/q3 "a" receipt
     c3/1: delete queue=q3 noWait
     s1: SEND destination=/queue/q3 "a" …
     c3/1: delete queue=q3 ✓
     c2/1: consume queue=q3 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion counts what is in its own queue',
    `queue q1
     c1/1: delete queue=q1 ✓
     c1/1: publish key=q1 "a" ✓
     s2: SEND destination=/queue/q1 "a" ✓
     s1: SEND destination=/queue/q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/exchange/nowhere/k1 ✓
     c2/1: delete queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two deletions that found nothing the first went before what was published',
    `queue q1
     c2/1: publish key=q1 "a"
     s2: SEND destination=/queue/q1 "a"
     c2/1: delete queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what the count of a deleted queue leaves out had been dropped, if nobody was given it',
    `queue q1 maxLength=2
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q1 to x2 by #
     c2/1: confirms ✓
     c2/1: publish exchange=x2 key=k2 "a" ✓
     c2/1: publish exchange=x2 key=k2 "a" ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: delete queue=q1 …
     c1/2: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was counted in a queue that went is not what came back',
    `queue q1
     queue q2
     c1/1: publish key=q2 "b" mandatory ✓
     c2/1: delete queue=q2 ✓
     c1/1: publish key=q2 "b" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two deletions that found nothing neither took the message',
    `queue q1
     s2: SEND destination=/queue/q1 "a"
     c3/1: consume queue=q1 tag=t2
     c1/1: publish key=q1 "a" header=h1
     c1/1: delete queue=q1
     c2/1: delete queue=q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what a failing session gave back may be what a deletion counted',
    `queue q1 maxLength=2
     c2/2: publish key=q1 "a" ✓
     c2/1: publish key=q1 "b" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     s2: NACK nth=0
     s2: ACK nth=3 ✓
     s2: ACK nth=2 …
     c2/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a count behind a deletion that may have happened counts another queue',
    `queue q1
     queue q2
     queue q3
     c3/1: publish key=q3 "a" ✓
     c3/1: declare queue=q3 ✓
     c2/1: delete queue=q3 ifUnused noWait ✓
     c2/1: declare queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a deletion did not count is in the queue that took its place',
    `queue q1 durable
     s2: SEND destination=/queue/q1 "a"
     c2/1: delete queue=q1 ifUnused …
     s2: SEND destination=/queue/q1 "a" receipt ✓
     c3/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
]);
