/** Queues that hold no more than so much: what they drop, refuse and send on. */
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
    'a queue that takes as much as there is refuses nothing',
    `queue q1 overflow=reject-publish
     c3/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what came back in excess was dropped for length, not for its delivery limit',
    `queue q1 durable quorum maxLength=2 deliveryLimit=0
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
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
    'what may have been refused may have been handed out, too',
    `queue q1
     queue q2 maxLength=2 overflow=reject-publish
     c1/1: publish key=q2 "a" ✓
     c2/1: get queue=q2 noAck …
       cut c2 by client
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
    'what expired while something was away did not fill its queue',
    `queue q1 maxLength=1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client-individual prefetch=1 ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ttl=0 ✓
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
    'what expired in a full queue may have been dropped before',
    `queue q1 maxLength=1
     c1/1: publish key=q1 "a" ttl=10 ✓
     c3/1: publish key=q1 "a" ttl=0 ✓
       10 ms pass
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a full queue no longer counts may have been dropped for what expired at once',
    `queue q1 maxLength=1
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ttl=0 ✓
     c3/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what came while another one was away may be gone by the time that this comes back',
    `queue q1 maxLength=1
     c2/1: get queue=q1
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ttl=0 ✓
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
]);
