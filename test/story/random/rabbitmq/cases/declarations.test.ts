/** What several declare or bind: which of them made it, and since when it is there. */
import { holds } from './holds.ts';

holds([
  [
    'a queue that was refused for its arguments is not there for who publishes to it',
    `queue q1 dlk=q2
     c1/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a queue that is declared after somebody looked for it is there',
    `queue q1
     c1/1: consume queue=q2 tag=t1 …
     c1/1: delete queue=q2
     c2/1: declare queue=q2 ✓
     c2/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two who declare a queue, either may be the first',
    `queue q1 durable
     s2: SEND destination=/queue/q1 "a" ✓
     s1: SEND destination=/amq/queue/q2 "a"
     s1: SUBSCRIBE id=1 destination=/amq/queue/q2 ack=client-individual
     s1: SEND destination=/queue/q2 "a"
     s2: SEND destination=/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a declaration counts may have been published before the queue was there',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q3 "a"
     c3/1: declare queue=q3 durable
     c2/1: declare queue=q3 durable
     c1/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two who bind the same, either may be the first',
    `queue q1
     queue q2
     queue q3
     exchange x1 type=headers
     exchange x2 type=fanout
     bind q3 to x2 by k2
     c2/1: publish exchange=x1 key=q1 "a"
     c2/1: bind exchange exchange=x1 to=x2 key=*
     c1/1: bind exchange exchange=x1 to=x2 key=* ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is missing was made by none of those who were heard before',
    `queue q1
     s2: SEND destination=/queue/q2 "a" ✓
     c3/1: declare queue=q2 durable
     c2/1: delete queue=q2 ✓
       all is carried out
     c3/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that can be declared as something else has gone with its last consumer',
    `queue q1 autoDelete
     c3/1: consume queue=q1 tag=t2 ✓
     c3/1: declare queue=q1 …
     c1/1: declare queue=q1 ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that may have been deleted before it was declared refuses no other declaration',
    `queue q1
     c1/1: declare queue=q2
     c1/2: delete queue=q2 ✓
     c1/1: consume queue=q2 tag=t2
     s1: SEND destination=/queue/q2 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'an exchange that goes may still send it on to its alternate, whatever comes in its place',
    `queue q1
     queue q2
     exchange x1 type=topic alternate=x2
     exchange x2 type=fanout
     bind q2 to x2 by k2
     c1/1: publish exchange=x1 key=k1 "a" ✓
     c2/1: delete exchange exchange=x1 ✓
     c2/1: declare exchange exchange=x1 type=headers ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'it was delivered from the queue that was made, not from one that never was',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/queue/q3 ✓
     c2/1: declare queue=q2
     c1/1: publish key=q2 "a"
     c1/1: declare queue=q2 maxPriority=2
     s2: SUBSCRIBE id=1 destination=/amq/queue/q2 ack=client
     c3/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that one declaration did not make was made by another, as that has it',
    `queue q1
     c3/1: get queue=q2 ✓
     c2/1: declare queue=q2
     c1/1: declare queue=q2 overflow=reject-publish
     c3/2: publish key=q2 "a"
     c3/2: get queue=q1 ✓
     c1/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a declaration that was refused brought nothing before the one that made the queue',
    `queue q1
     c3/1: publish key=q2 "a" ✓
     c3/1: declare queue=q2 maxLength=1 overflow=reject-publish
     s1: SEND destination=/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that others can declare as something else was deleted before',
    `queue q1 exclusive
     c1/1: delete queue=q1 ifUnused noWait ✓
     s1: SEND destination=/queue/q1 "a" ✓
     c3/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue was made by whoever was answered that declared it so',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=2 destination=/queue/q3
     c2/1: declare queue=q3 ttl=0 ✓
     c2/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'only a queue that had a consumer can have gone with its last',
    `queue q1
     c3/1: declare queue=q3 autoDelete
     c3/1: declare queue=q3
     c1/1: declare queue=q3 durable ✓
     s1: SEND destination=/queue/q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an exchange that was never made takes no binding with it',
    `queue q1
     exchange x1 type=headers
     exchange x2 type=direct
     bind q1 to x1 by k2
     c1/2: declare exchange exchange=x2 type=direct alternate=x1 …
     c1/2: delete exchange exchange=x1
     c1/1: declare exchange exchange=x1 type=topic ✓
     c1/1: publish exchange=x1 key=k2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
]);
