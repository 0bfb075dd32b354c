/** Queues that are emptied (queue.purge), while that is not answered. */
import { holds } from './holds.ts';

holds([
  [
    'what is got was published behind a purge on the same channel, not before it',
    `queue q1
     c3/2: publish key=q1 "a" ✓
     c1/1: purge queue=q1 noWait ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a consumer is given was published behind a purge on the same channel, not before it',
    `queue q1
     c3/2: publish key=q1 "a" ✓
     c1/1: purge queue=q1 noWait ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is delivered may have come behind a purge that nothing proves',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c1/1: purge queue=q1 noWait ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is to be deleted may be emptied before that',
    `queue q1
     queue q2
     exchange x1 type=fanout
     exchange x2 type=topic
     bind q2 to x2 by *
     c1/1: publish exchange=x2 key=q1 "a" ✓
     c1/1: delete queue=q2
     c2/1: purge queue=q2
     c2/1: qos count=1 …
     orderly end; STOMP 1.2`,
  ],
]);
