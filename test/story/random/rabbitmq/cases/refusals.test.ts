/** Queues that hold no more than so much and refuse the rest (x-overflow: reject-publish). */
import { holds } from './holds.ts';

holds([
  [
    'a queue that takes as much as there is refuses nothing',
    `queue q1 overflow=reject-publish
     c3/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what may have expired takes no room',
    `queue q1 maxLength=1 ttl=0 dlx= overflow=reject-publish-dlx
     exchange x1 type=headers
     bind q1 to x1 by #
     s1: SUBSCRIBE id=2 destination=/queue/q2 ✓
     c3/1: confirms ✓
     c3/1: publish exchange=x1 key=q1 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c2/1: publish key=q1 "a" header=h1 bcc=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that refuses sends on what came last',
    `queue q1 maxLength=2 overflow=reject-publish
     queue q2 maxLength=1 dlx=x1 overflow=reject-publish-dlx
     exchange x1 type=topic
     bind q1 to x1 by #
     c3/1: publish key=q3 "a" bcc=q2 ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q1 "b" bcc=q2
     c3/1: publish key=q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue refused was sent on, not what it holds',
    `queue q1 maxLength=1 dlx=x1 overflow=reject-publish-dlx
     queue q2
     exchange x1 type=fanout
     bind q2 to x1 by q1
     c2/1: consume queue=q2 tag=t1 ✓
     c1/1: publish key=q1 "b" ✓
     c2/1: publish key=q1 "b" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what was refused is sent on, whatever shows that it is not there',
    `queue q1
     queue q2 maxLength=1 dlx=x2 overflow=reject-publish-dlx
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q2 to x2 by k1
     c1/1: bind exchange=x2 queue=q1 key=* ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c3/1: get queue=q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have been refused may have been handed out, too',
    `queue q1
     queue q2 maxLength=2 overflow=reject-publish
     c1/1: publish key=q2 "a" ✓
     c2/1: get queue=q2 noAck …
       cut c2 by client
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back to a full queue was not there before',
    `queue q1 durable quorum dlx=x2 deliveryLimit=0
     queue q2
     queue q3 maxLength=1 overflow=reject-publish-dlx
     exchange x1 type=topic
     exchange x2 type=fanout alternate=x1
     bind q3 to x1 by q1
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q3 "a" ✓
     c2/1: get queue=q1 ✓
     c2/1: get queue=q3 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what expired at once was not refused for what came later',
    `queue q1 maxLength=1 overflow=reject-publish-dlx
     c2/1: publish key=q1 "a" ttl=0 ✓
     c2/1: publish key=q1 "a" header=h2 ✓
     c1/1: consume queue=q1 tag=t2
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what died elsewhere is counted in the queue that it came to',
    `queue q1 maxLength=2 dlx= dlk=q3
     queue q2
     queue q3 maxLength=2 overflow=reject-publish-dlx
     s1: SEND destination=/amq/queue/q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     c1/2: publish key=q3 "a" ✓
     c2/1: get queue=q3 ✓
     c3/1: consume queue=q2 tag=t2 ✓
     c1/2: publish key=q2 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue refuses may fill the one that it sends it to',
    `queue q1 maxLength=2
     queue q2 maxLength=1 dlx=x2 overflow=reject-publish-dlx
     exchange x1 type=direct
     exchange x2 type=headers
     bind q1 to x2 by #
     bind q2 to x2 by k1
     c1/1: publish key=q1 "a" ✓
     c1/1: publish key=missing "a" bcc=q2 ✓
     c2/1: publish exchange=x2 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was refused or purged is not told to be refused',
    `queue q1
     queue q2 maxLength=1 dlx=x1 overflow=reject-publish-dlx
     exchange x1 type=fanout
     exchange x2 type=fanout
     bind q2 to x2 by k2
     bind q1 to x1 by q1
     c3/1: publish exchange=x2 key=k1 "a" ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
     c3/1: purge queue=q2 ✓
     c2/1: publish key=q2 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a queue refuses and sends on is the second of two that look alike',
    `queue q1 maxLength=1 dlx=x1 overflow=reject-publish-dlx
     queue q2
     exchange x1 type=fanout
     bind q2 to x1 by q1
     c2/1: consume queue=q2 tag=t1 ✓
     c1/1: get queue=q3 ✓
     c1/1: publish key=q1 "b" ✓
     c2/1: publish key=q1 "b" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what a queue may have refused can not fill that queue again',
    `queue q1 maxLength=1 dlx= overflow=reject-publish-dlx
     c2/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what a queue may have refused fills no queue that it is not sent to',
    `queue q1 maxLength=2 dlx=x2 overflow=reject-publish-dlx
     queue q2 dlx=
     queue q3 maxLength=1
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q2 to x2 by #
     bind q1 to x1 by q1
     c2/1: publish exchange=x1 key=q1 "a" ✓
     c2/1: publish key=q3 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'of two queues that may have refused a message, the one that was full did',
    `queue q1 maxLength=1 overflow=reject-publish-dlx
     queue q2 maxLength=2 overflow=reject-publish-dlx
     exchange x1 type=direct
     exchange x2 type=fanout
     bind q2 to x2 by k2
     bind q1 to x2 by q1
     c2/1: publish exchange=x2 key=k1 "a" ✓
     c2/1: publish exchange=x2 key=k1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a message that is rejected beside the deletion of its queue is not surely sent on',
    `queue q1 dlx=x1
     c1/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c3/1: reject nth=3
     c1/1: delete queue=named ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who is lost was so behind all that its last frame asked for',
    `queue q1 maxLength=1 overflow=reject-publish
     exchange x1 type=fanout
     c2/1: publish key=q1 "a" ✓
     c3/2: transactions ✓
     c2/1: transactions ✓
     c3/2: publish exchange=x1 key=q1 "a" ✓
     c3/2: publish key=q1 "a" ✓
     c3/2: get queue=q1
     c3/2: commit ✓
     cut end; STOMP 1.2`,
  ],
  [
    'what may not have come to a full queue was not refused by it for certain',
    `queue q1 maxLength=1 overflow=reject-publish-dlx
     exchange x1 type=fanout
     exchange x2 type=headers
     bind q1 to x1 by *
     c3/2: publish key=q1 "a" ✓
     c3/2: publish exchange=x2 key=k2 "a" ✓
     c2/1: bind exchange exchange=x2 to=x1 key=k1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal mandatory messages any may be the one that comes back',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" mandatory ✓
     c2/1: publish key=q1 "a" mandatory
     c3/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
]);
