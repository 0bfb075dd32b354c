/** Queues that hold no more than so much: what they drop, and what they send on. */
import { holds } from './holds.ts';

holds([
  [
    'of two that wait in a full queue either may have come first',
    `queue q1 maxLength=1
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a message comes back before it is dropped for length',
    `queue q1 maxLength=1
     c3/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'of two that come back to a queue with room for one, the older is dropped',
    `queue q1 maxLength=1
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "b" ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "b" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'of two that came at the same time, what was delivered first is dropped first when they come back',
    `queue q1 maxLength=1
     c1/1: publish key=q1 "a"
     c3/1: publish key=q1 "a" header=h1
     c3/1: consume queue=q1 tag=t2 …
     c3/1: confirms ✓
     cut end; STOMP 1.2`,
  ],
  [
    'a full queue may have dropped what nothing was seen of',
    `queue q1
     queue q2
     queue q3 maxLength=1
     s1: SEND destination=/amq/queue/q3 "b" ✓
     s2: SUBSCRIBE id=1 destination=/amq/queue/q3
     c2/1: publish key=q3 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue dropped before it went was sent on',
    `queue q1
     queue q2 maxLength=1 dlx= exclusive dlk=q1
     c1/1: publish key=q2 "a" ✓
     c3/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'which of two a full queue dropped before it went is not known',
    `queue q1
     c3/1: declare queue=q2 maxLength=1 exclusive ✓
     c3/1: consume queue=q2 tag=t2 ✓
     c2/1: publish key=q2 "a"
     c1/1: publish key=q2 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue dropped was sent on, however late that is seen',
    `queue q1 maxLength=1 dlx=x2
     queue q2
     queue q3
     exchange x1 type=headers
     exchange x2 type=headers
     bind q3 to x2 by *
     c2/1: publish key=q1 "b" ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is gone had sent on what it dropped',
    `queue q1 maxLength=1 dlx=x1 autoDelete
     queue q2
     exchange x1 type=topic
     bind q2 to x1 by *
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     s1: SEND destination=/queue/q1 "a" ✓
     c1/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of what comes back to a full queue, the first that was delivered is dropped first',
    `queue q1 maxLength=1 single
     c1/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a"
     c2/1: consume queue=q1 tag=t1
     c2/1: publish key=q1 "a" header=h2 ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'what came first to a full queue was dropped for what is delivered from it',
    `queue q1
     queue q2
     queue q3 maxLength=1
     exchange x1 type=topic
     bind q3 to x1 by *
     c3/1: publish exchange=x1 key=k2 "a"
     c1/1: publish key=q3 "a" ✓
     c3/1: get queue=q3 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a purge did not find in a full queue was dropped',
    `queue q1
     queue q2
     queue q3 maxLength=1
     s1: SEND destination=/amq/queue/q3 "a" receipt ✓
     c1/1: publish key=q3 "a" ✓
     c1/1: purge queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of what is given back at once to a full queue the oldest is dropped before anybody is given it again',
    `queue q1
     queue q2 maxLength=2
     c2/1: consume queue=q2 tag=t2 ✓
     c1/1: publish key=q2 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c1/1: publish key=q2 "a" ✓
     c2/1: requeue nth=2 multiple ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'so it is with what is recovered',
    `queue q1 maxLength=1
     c3/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: recover ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what a full queue may have dropped may fill the one that it sends it to, also once it has room',
    `queue q1 dlx= dlk=q2 maxLength=2
     queue q2 maxLength=1
     c1/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: get queue=q1 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'which of several was dropped is as open as their order',
    `queue q1 maxLength=2
     s1: SEND destination=/amq/queue/q1 "a"
     c1/1: publish key=q1 "a" …
     c1/1: publish key=q1 "a" ✓
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'nothing is dropped before it is back',
    `queue q1 maxLength=1
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c2/1: get queue=q1 ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: confirms ✓
     c2/1: requeue nth=1
     cut unread end; STOMP 1.2`,
  ],
  [
    'one that looks like others may stand where another one of them does',
    `queue q1 maxLength=2
     s1: SEND destination=/amq/queue/q1 "a" receipt ✓
     s1: SEND destination=/amq/queue/q1 "b" ✓
     c1/1: get queue=q1
     c1/1: get queue=q1
     s2: SEND destination=/amq/queue/q1 "a" receipt …
     c2/1: get queue=q1 ✓
     s1: SEND destination=/amq/queue/q1 "a" receipt ✓
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'which of too many, some of which died elsewhere, went before their queue is told of none of them',
    `queue q1
     queue q2 maxLength=1 dlx=x1
     queue q3 maxLength=2 exclusive
     exchange x1 type=fanout
     bind q3 to x1 by #
     c2/1: confirms ✓
     c2/1: publish key=q2 "a" ✓
     c2/1: publish key=q3 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c1/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that went with its connection may have dropped what came back just before',
    `queue q1 maxLength=2 exclusive
     exchange x1 type=topic
     bind q1 to x1 by k2
     c3/1: publish exchange=x1 key=k2 "a" ✓
     c1/1: get queue=q1 ✓
     c1/1: publish key=q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'no consumer can be the only one where one at a time is active',
    `queue q1
     queue q2 maxLength=2 single
     exchange x1 type=direct
     exchange x2 type=direct
     bind q2 to x2 by q1
     c1/1: consume queue=q2 tag=t1 exclusive …
     c2/1: publish key=q2 "a"
     c1/1: delete exchange exchange=x2 …
     c1/1: consume queue=q2 tag=t2 ✓
     c2/1: publish key=q3 "a" bcc=q2 ✓
     c1/1: publish exchange=x2 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a full queue may have been purged before what it would have refused',
    `queue q1 maxLength=2 overflow=reject-publish-dlx
     exchange x1 type=topic
     exchange x2 type=topic
     bind q1 to x2 by *
     s2: SEND destination=/amq/queue/q1 "a" receipt ✓
     c3/1: confirms ✓
     c3/1: publish exchange=x2 key=k2 "a" ✓
     c1/2: publish exchange=x2 key=q1 "a"
     c1/2: ack nth=-1
     c3/1: purge queue=q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a mandatory message that did not come back may have been refused by a full queue',
    `queue q1 maxLength=2 overflow=reject-publish-dlx
     exchange x1 type=fanout
     exchange x2 type=direct
     bind q1 to x2 by k2
     c1/1: publish key=q1 "a" ✓
     c1/1: publish exchange=x2 key=k2 "a" ✓
     c3/1: bind exchange exchange=x1 to=x2 key=k2 …
     c1/1: publish exchange=x1 key=k2 "a" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back to a full queue may be another one than what comes first',
    `queue q1 maxLength=2
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a"
     c1/1: consume queue=q1 tag=t2
     c3/1: consume queue=q1 tag=t2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'or one that was not seen to be handed out',
    `queue q1 maxLength=1
     c2/1: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q1 "b" priority=0 ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "b" priority=0 …
     c2/1: consume queue=q1 tag=t1 exclusive
     c2/1: reject nth=3 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what does not survive a restart may have been dropped before by what died elsewhere',
    `queue q1 durable maxLength=2 dlx=x2
     queue q2 maxLength=1 dlx=
     exchange x1 type=fanout
     exchange x2 type=fanout
     bind q2 to x2 by k1
     bind q1 to x1 by k2
     c1/1: confirms ✓
     c1/1: publish exchange=x1 key=k1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: publish exchange=x2 key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that is declared anew has its own limit',
    `queue q1 durable
     c3/1: declare queue=q1 durable
     c3/1: delete queue=q1 ifEmpty …
     c1/1: declare queue=q1 maxLength=1 ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    "any of those that can't be told apart may stand first in a full queue",
    `queue q1 maxLength=1 dlx=
     c3/1: publish key=q1 "a" ✓
     c3/1: get queue=q1 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a"
     c1/1: reject nth=3 ✓
     c1/2: consume queue=q1 tag=t2 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'one that looks like what stands behind may stand first',
    `queue q1 maxLength=2
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q1 to x2 by k1
     c1/1: publish key=q1 "b" ✓
     c2/1: publish key=q1 "a" ✓
     c1/2: publish exchange=x2 key=q1 "a" ✓
     c1/2: ack nth=-1 ✓
     c1/1: get queue=q1
     c2/1: publish key=q1 "a"
     c1/2: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
]);
