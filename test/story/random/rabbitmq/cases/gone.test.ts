/** Queues that go: deleted, exclusive, with their last consumer, unused. */
import { holds } from './holds.ts';

holds([
  [
    'what expired before its queue went, expired',
    `queue q1
     queue q2 exclusive ttl=10
     c1/1: publish key=q2 "a" ✓
       25 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that nobody used went, and what came later found none',
    `queue q1
     queue q2 exclusive
       cut c1 by client
     s1: SEND destination=/amq/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what nobody may take goes with its exclusive queue, though a get of it was under way',
    `queue q1
     queue q2 exclusive
     c2/1: publish key=q2 "a" ✓
     c2/1: publish key=q2 "a" ✓
     c2/1: get queue=q2 ✓
     c2/1: get queue=q2
     cut unread end; STOMP 1.2`,
  ],
  [
    'what may have gone with a consumer that nobody answered is not told to wait',
    `queue q1
     queue q2 autoDelete
     exchange x1 type=direct
     exchange x2 type=topic
     bind q2 to x2 by k1
     s2: SEND destination=/exchange/x2/k1 "a" receipt ✓
     c2/1: consume queue=q2 tag=t1 …
     cut end; STOMP 1.2`,
  ],
  [
    'what was got, given back and went with its queue is the message that it was',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c2/2: get queue=q1
     c2/2: get queue=q3
     c1/1: delete queue=q1
     c2/1: publish key=q3 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue is unused from when the channel of its consumer failed, not from when that was seen',
    `queue q1
     queue q2 expires=20
     c1/1: consume queue=q2 tag=t1 ✓
     c2/1: publish key=q2 "a" ✓
     c1/1: ack nth=-1
     c1/1: ack nth=0 …
       25 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that somebody who consumes finds gone is gone for all that was in it',
    `queue q1
     c1/1: publish key=q1 "a" ✓
     c1/1: delete queue=q1 …
     s1: SEND destination=/amq/queue/q1 "b" receipt …
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is sent to a queue that was unused for long may find it gone',
    `queue q1 expires=20
       10 ms pass
       10 ms pass
     s1: SEND destination=/amq/queue/q1 "a" receipt ✓
     c3/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is declared when it was unused for long is used from when that is answered',
    `queue q1 expires=20
     queue q2
     c2/1: declare queue=q1
       25 ms pass
     s1: SEND destination=/amq/queue/q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is asked to go if it is unused may be gone for who publishes meanwhile',
    `queue q1
     queue q2
     exchange x1 type=headers
     bind q2 to x1 by q1
     c2/1: delete queue=q2 ifUnused noWait ✓
     c3/1: confirms ✓
     c3/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue goes with a consumer that is cancelled before it was answered',
    `queue q1
     queue q2 autoDelete
     c2/1: publish key=q2 "a" ✓
     c3/1: consume queue=q2 tag=t2
     c3/1: cancel tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of a queue whose client has failed it is not told whether it went before what was in it expired',
    `queue q1 ttl=20 expires=20
     c3/2: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     c3/2: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" ✓
       25 ms pass
     cut end; STOMP 1.2`,
  ],
  [
    'what somebody held is given back only to a queue that is still in use',
    `queue q1 expires=20
     c1/1: publish key=q1 "a" ✓
     c1/1: get queue=q1 ✓
       10 ms pass
       10 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'what was held is not given back to a queue whose consumers the server has cancelled',
    `queue q1
     c1/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/2: delete queue=q1 ifEmpty noWait ✓
     c2/1: close channel ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what somebody was given before a queue went may be on its way when others are told that it went',
    `queue q1
     exchange x1 type=direct alternate=x2
     exchange x2 type=headers
     bind q1 to x2 by k1
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t1 priority=2 ✓
     c3/1: publish exchange=x1 key=q1 "a" ✓
     c2/1: recover …
     c2/1: delete queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is recovered before a queue goes may be on its way twice when others are told that it went',
    `queue q1
     exchange x1 type=direct alternate=x2
     exchange x2 type=headers
     bind q1 to x2 by k1
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t1 priority=2 ✓
     c3/1: publish exchange=x1 key=q1 "a" …
     c2/1: recover …
     c2/1: delete queue=q1
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back to a queue that is gone went with it, read or not',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c2/2: get queue=q1 ✓
     c1/1: delete queue=q1 ✓
     c2/2: requeue nth=2 ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'nor does it matter whether that stood behind an error',
    `queue q1
     s2: SEND destination=/queue/q3 "b" ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q2
     c2/1: consume queue=q3 tag=t1
     c3/1: publish key=q3 "b" ✓
     c1/1: delete queue=q3 ✓
     c2/1: get queue=missing
     c2/1: requeue nth=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that may have expired is not told to have taken a message',
    `queue q1
     queue q2
     queue q3 expires=20
     exchange x1 type=direct
     exchange x2 type=headers
     bind q3 to x2 by k1
     c2/1: get queue=q3
       25 ms pass
     s1: SEND destination=/exchange/x2/k2 "a"
     s1: SEND destination=/queue/q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'with a queue that may have expired its bindings may have gone',
    `queue q1 expires=20
     exchange x1 type=topic
     exchange x2 type=headers
     bind q1 to x2 by k2
     s2: SEND destination=/queue/q1 "a"
       25 ms pass
     c2/1: publish exchange=x2 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a failing client held when a queue went may have been given to another one before',
    `queue q1
     c1/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c2/1: consume queue=q1 tag=t2 …
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'or to one without acks',
    `queue q1 durable
     s2: SUBSCRIBE id=1 destination=/queue/q1 ack=client-individual ✓
     s2: SEND destination=/queue/q1 "a" ✓
     s2: SUBSCRIBE id=1 destination=/queue/q1 …
     c1/1: delete queue=q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1
       the server reads 1 of s1
     orderly end; STOMP 1.2`,
  ],
  [
    'a message may come to a queue of one name twice',
    `queue q1 durable quorum dlx= deliveryLimit=0
     c3/1: get queue=q2 ✓
     s1: SUBSCRIBE id=2 destination=/queue/q2 ack=client ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" cc=q2 ✓
     c3/1: delete queue=q2 ✓
     c3/1: declare queue=q2 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a consumer that is about to fail may not have been known to have begun',
    `queue q1 autoDelete
     exchange x1 type=fanout
     bind q1 to x1 by q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c1/1: confirms ✓
     s2: SEND destination=/queue/q1 "a" …
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a queue that refuses may not have taken did not go with it for certain',
    `queue q1
     queue q2 maxLength=1 overflow=reject-publish
     c2/1: publish key=q2 "a"
     c2/1: delete queue=q2
     c1/1: delete queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is missing from a queue that is to go may have gone with it',
    `queue q1
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c2/1: delete queue=q1 noWait
     s1: SEND destination=/queue/q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/queue/q1 ✓
     s2: SEND destination=/queue/q1 "a" persistent ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a consumer that was not answered need not keep a queue in use',
    `queue q1 expires=20
     exchange x1 type=headers
     bind q1 to x1 by q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1
       25 ms pass
     c3/1: publish exchange=x1 key=q1 "a" ✓
     orderly end; STOMP 1.2 by WebSocket`,
  ],
  [
    'an auto-delete queue goes before what its last consumer held is back',
    `queue q1
     queue q2
     queue q3 autoDelete
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q2 to x2 by q1
     bind q3 to x2 by *
     c1/1: consume queue=q3 tag=t2 ✓
     c1/1: publish exchange=x2 key=k1 "a" ✓
     c1/1: get queue=q2 ✓
     c1/2: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was sent to an exclusive queue that goes may be in the one that comes in its place',
    `queue q1 exclusive
     c1/1: close …
     c3/1: publish key=q1 "a"
     s1: SEND destination=/queue/q1 "a"
     s1: DISCONNECT …
     c3/1: close
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a consumer that was asked to go keeps its queue in use no longer',
    `queue q1
     queue q2 expires=20
     c2/2: consume queue=q2 tag=t2 ✓
     c1/1: publish key=q2 "a" ✓
     c2/2: cancel tag=t2 noWait ✓
       25 ms pass
     cut unread end; STOMP 1.2`,
  ],
  [
    'what a channel that closes held may have expired before its connection was lost',
    `queue q1
     queue q2 ttl=0 autoDelete
     c1/2: consume queue=q2 tag=t1 ✓
     s2: SEND destination=/amq/queue/q2 "a" ✓
     c1/1: consume queue=q2 tag=t2 ✓
     c1/2: close channel …
     cut end; STOMP 1.2`,
  ],
  [
    'a queue whose last consumer was asked to go went with that',
    `queue q1 autoDelete
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "b" …
     c2/1: cancel tag=t1 …
     s1: SEND destination=/queue/q1 "b" receipt ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that was declared anew when it was unused takes nothing back',
    `queue q1 expires=20
     c1/1: publish key=q1 "a" ✓
     c1/1: get queue=q1 ✓
     c1/1: declare queue=q1
       25 ms pass
     orderly end; STOMP 1.2`,
  ],
]);
