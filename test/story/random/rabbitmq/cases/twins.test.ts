/** Messages that look alike. */
import { holds } from './holds.ts';

holds([
  [
    'of two equal publishes that no answer separates either may be delivered',
    `queue q1
     c2/1: publish key=q1 "a"
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a message that may be another is not counted as there',
    `queue q1
     c2/1: publish key=q1 "a"
     c1/1: publish key=q1 "a"
     c1/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike either may be the one that survives a restart',
    `queue q1 durable
     c2/1: publish key=q2 "a" ✓
     s1: SUBSCRIBE id=2 destination=/queue/q1 ack=client ✓
     c2/1: publish key=q1 "b"
     c3/1: publish key=q1 "b" persistent …
     restart
     orderly end; STOMP 1.2`,
  ],
  [
    'a copy that waits, waits, though another was handed out unseen',
    `queue q1 durable
     queue q2
     s1: SUBSCRIBE id=2 destination=/queue/q1 ack=client-individual ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     c1/1: publish key=q1 "a" bcc=q2 ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'of two that look alike one was in another queue, too',
    `queue q1
     queue q2
     c3/1: unbind exchange=x1 queue=q3 key=k2 ✓
     c1/1: consume queue=q1 tag=t1 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c2/1: publish key=q1 "b" cc=q2
     c3/1: publish key=q1 "b"
     c1/1: requeue nth=0 ✓
     c1/1: reject nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'which of two that look alike has a time to live is not known',
    `queue q1
     c2/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" ttl=0
     c3/1: publish key=q1 "a" …
     c1/1: publish key=q1 "a" header=h1 ✓
       5 ms pass
     orderly end; STOMP 1.2`,
  ],
  [
    'a publish that did not come back is not thereby the one that arrived',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/queue/q3
     c1/1: publish key=q3 "b" ✓
     c2/1: publish key=q3 "b" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'one of several that look alike died, and went to every queue',
    `queue q1
     queue q2 maxLength=2 dlx=x2
     queue q3
     exchange x1 type=topic
     exchange x2 type=headers
     bind q3 to x2 by k2
     bind q1 to x2 by *
     c1/1: publish key=q1 "b" bcc=q2 ✓
     s1: SEND destination=/amq/queue/q1 "b" ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c2/1: consume queue=q3 tag=t1 ✓
     c2/1: publish key=q2 "a" ✓
     c3/1: publish key=q2 "b" ✓
     c1/1: consume queue=q2 tag=t1 ✓
     c1/1: requeue nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike, and were both handed out, one waits elsewhere, too',
    `queue q1
     queue q2
     c2/1: publish key=q1 "a" bcc=q2 ✓
     c3/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 …
     c3/1: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that wait when somebody begins to consume, the one of higher priority is first',
    `queue q1 maxPriority=2
     queue q2
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" priority=2 bcc=q2 ✓
     c3/1: consume queue=q1 tag=t1 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'of two that look alike, and were both refused and sent on, the second is found, too',
    `queue q1 overflow=reject-publish-dlx dlx= dlk=q2 maxLength=1
     queue q2
     c2/1: get queue=q1 ✓
     s2: SEND destination=/amq/queue/q1 "b"
     c2/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q2 …
     c3/1: publish key=q1 "b" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'where one of two that look alike was delivered, and one may never have been read, either may be missing',
    `queue q1
     c1/1: consume queue=q1 tag=t1 ✓
     c1/1: consume queue=q1 tag=t1
     c1/2: publish key=q1 "b"
     c2/1: publish key=q1 "b" …
     s2: UNSUBSCRIBE id=1 ✓
     c1/1: consume queue=q1 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'messages of other priority are told apart where they are delivered',
    `queue q1 maxLength=2 maxPriority=2
     exchange x1 type=topic
     exchange x2 type=fanout alternate=x1
     bind q1 to x1 by k2
     c3/1: publish key=q1 "b" ✓
     c2/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 …
     c3/1: publish exchange=x2 key=k2 "a" …
     c3/1: publish key=q1 "b" priority=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'persistent messages are told from others where they are delivered',
    `queue q1 durable
     c1/1: publish key=q1 "b" persistent ✓
     c3/2: publish key=q1 "b" ✓
     c3/2: get queue=q1 noAck ✓
     c1/1: bind exchange=x2 queue=q1 key=# ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal messages one that was never published was not the one that is delivered',
    `queue q1
     queue q2 durable
     exchange x1 type=direct
     c2/1: declare exchange exchange=x1 type=headers
     c1/2: consume queue=q2 tag=t1 …
     c2/1: publish key=q2 "b"
     s2: SEND destination=/queue/q2 "b" …
     c1/1: publish key=q1 "a" ✓
     c1/2: ack nth=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was published first stands first, whenever it is known where it went',
    `queue q1
     c2/1: publish key=q3 "a"
     s2: SUBSCRIBE id=1 destination=/queue/q3 …
     c2/1: publish key=q3 "a" mandatory
     c2/1: publish key=q3 "a"
     c2/1: close ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes again may have come from either of two who end',
    `queue q1
     queue q2
     c1/2: consume queue=q2 tag=t1 ✓
     c3/1: consume queue=q2 tag=t2 priority=1 ✓
     c3/1: publish key=q2 "b" ✓
     c1/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "b" …
     c3/1: close channel …
     orderly end; STOMP 1.2`,
  ],
  [
    'of two channels that fail either may have given back what comes again',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/1: get queue=q1 ✓
     c2/1: publish key=q1 "a" ✓
     c1/1: get queue=q1
     c2/1: get queue=q1 …
     c2/1: declare queue=q1 durable …
     c3/1: declare queue=q1 durable ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of copies of one message somebody is given one, whichever it was',
    `queue q1 durable
     queue q2 maxLength=2 single ttl=1000000 dlx=x1 expires=1000000 overflow=reject-publish-dlx maxPriority=1 dlk=q1
     exchange x1 type=fanout
     bind q1 to x1 by k2
     bind q2 to x1 by k2
     c2/1: publish key=q2 "a" ✓
     c2/2: consume queue=q2 tag=t2 ✓
     c2/2: reject nth=1 ✓
     c2/2: reject nth=3 ✓
     c2/2: ack nth=1 ✓
     orderly end, all awaited; STOMP 1.2 by WebSocket`,
  ],
]);
