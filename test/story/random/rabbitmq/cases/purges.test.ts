/** Queues that are emptied (queue.purge), or go, while that is not answered. */
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
  [
    'a purge took what a count shows to be gone, and not what came later',
    `queue q1
     c3/1: qos count=2 ✓
     s2: SEND destination=/queue/q3 "a" ✓
     s2: SEND destination=/exchange/x1/k1 "a" ✓
     c2/1: purge queue=q3 …
     c3/1: declare queue=q3 durable …
     s1: SEND destination=/queue/q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a purge counts dead letters, too, and takes nothing of what the server never read',
    `queue q1 ttl=0 dlx=
     queue q2
     c3/1: publish key=q1 "a" cc=q2 ✓
     c1/1: purge queue=q2
     s2: SEND destination=/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'while a purge is under way, what is delivered may stand behind what it took',
    `queue q1
     c2/1: publish key=q1 "b" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1
     c2/1: purge queue=q1 noWait ✓
     c2/1: publish key=q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back while its queue goes is gone once that was read',
    `queue q1
     queue q2
     queue q3
     s1: SUBSCRIBE id=2 destination=/amq/queue/q3 ack=client-individual ✓
     c1/1: publish key=q3 "a" ✓
     c1/1: publish key=q3 "a" ✓
     s1: ACK nth=0 ✓
     s1: NACK nth=1
     c2/1: delete queue=q3 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a count that was asked for before the purge may count what that took',
    `queue q1
     s1: SEND destination=/queue/q3 "a"
     c1/1: publish key=q3 "a" ✓
     s1: SEND destination=/topic/k1 "a" receipt ✓
     c2/1: declare queue=q3 durable
     c1/1: purge queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is being purged does not expire for certain',
    `queue q1
     queue q2 ttl=20
     c1/1: publish key=q2 "a" ✓
     c1/1: get queue=q1 ✓
     c3/1: purge queue=q2 …
       25 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'a purge finds the queue that somebody else declared meanwhile',
    `queue q1
     c2/1: purge queue=q2
     s1: SEND destination=/queue/q2 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what was got, given back by an error, and purged, is the message that is seen to be got later',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c2/2: get queue=q1
     c2/2: get queue=q3
     c1/1: purge queue=q1
     c2/1: publish key=q3 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what was there when something was got may have been purged since',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: get queue=q1 …
     c1/1: purge queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died before a queue was purged went with it',
    `queue q1 dlx=
     queue q2
     c1/1: publish key=q1 "a" ttl=0 cc=q2 ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c3/1: purge queue=q2 ✓
     c3/1: publish key=q2 "a" bcc=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what stands behind a purge of a queue that is not there is not done',
    `queue q1
     c1/1: delete queue=q1 ✓
     c1/1: purge queue=q1
     c3/1: declare queue=q1
     c1/1: delete queue=q1 …
     c3/1: publish key=q1 "a"
     c3/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'which of too many were dropped before a queue was emptied is told of none of them',
    `queue q1 maxLength=2
     exchange x1 type=fanout
     bind q1 to x1 by k1
     c3/1: confirms ✓
     c3/1: publish key=q1 "a"
     c1/1: publish key=q1 "a" ✓
     c1/1: ack nth=-1 ✓
     c1/1: publish exchange=x1 key=k1 "a" ✓
     c2/1: purge queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike the one that was purged may be either, where one was given back unseen',
    `queue q1
     c2/2: publish key=q1 "b" ✓
     c2/1: publish key=q1 "b" ✓
     c1/1: get queue=q1 ✓
     c1/1: get queue=q1 ✓
     c1/1: requeue nth=1 ✓
     c1/1: purge queue=q1
     c3/1: publish key=q1 "a" ✓
     c1/2: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have found no queue may have been purged, too',
    `queue q1 quorum
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: delete queue=q1 noWait ✓
     s2: SEND destination=/queue/q1 "a" ✓
     s2: SEND destination=/queue/q1 "b"
     c2/1: purge queue=q1 ✓
     c3/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a mandatory message that did not come back may have been purged',
    `queue q1
     c3/1: delete queue=q1 ✓
     s2: SEND destination=/queue/q1 "a" ✓
     c1/2: publish key=q1 "a" mandatory ✓
     c1/1: purge queue=q1
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a purge took is in no other queue of that name',
    `queue q1
     c3/1: declare queue=q3
     c3/2: purge queue=q3
     s2: SEND destination=/queue/q3 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what was published before its queue was declared anew may have been purged there',
    `queue q1
     c2/1: delete queue=q1 ✓
     c3/1: purge queue=q1
     c1/1: publish key=q1 "a"
     s1: SEND destination=/queue/q1 "a" …
     s1: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is over by the clock is what a purge did not count',
    `queue q1 maxPriority=2
     c1/1: publish key=q1 "a" ttl=0 ✓
     c1/1: publish key=q1 "a" priority=1 ✓
     c1/1: purge queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a purge took what is followed no more, and not what came later',
    `queue q1
     queue q2 maxLength=1
     exchange x1 type=direct
     bind q2 to x1 by q1
     c3/1: confirms ✓
     c3/1: publish exchange=x1 key=q1 "a"
     c1/1: purge queue=q2 ✓
     c3/1: purge queue=q2 …
     c2/1: publish key=q2 "a" …
     c3/2: publish key=q1 "a" bcc=q2
     c1/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was gone before its queue was purged may be what the purge counted',
    `queue q1
     exchange x1 type=fanout
     bind q1 to x1 by *
     c3/1: publish exchange=x1 key=q1 "a" ✓
     c2/1: purge queue=q1 …
     c3/1: delete queue=q1 …
     c3/2: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a failing session gave back may have been purged before its queue went',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c3/1: purge queue=q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client
     s1: SUBSCRIBE id=2 destination=/queue/q1 …
     c3/1: delete queue=q1
     s1: SEND destination=/queue/q1 "a" persistent ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal messages any may be the one that was purged',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/1: purge queue=q1 …
     c2/1: publish key=q1 "a" persistent
     c3/1: publish key=q1 "a" …
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
]);
