/** Why no queue took a message. */
import { holds } from './holds.ts';

holds([
  [
    'a queue of a like name that may have come later is not named beside the one that is not there',
    `queue q1
     c2/1: get queue=q1 ✓
     c1/1: delete queue=q1 ✓
     c3/1: declare queue=q2
     c2/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'bindings are named where it is sure that they were there',
    `queue q1
     exchange x1 type=direct
     bind q1 to x1 by q1
     c2/1: publish exchange=x1 key=k2 "a"
     c3/1: bind exchange=x1 queue=q1 key=k1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'nor is one that was declared anew and may have been deleted after that',
    `queue q1
     c3/1: delete queue=q1 ✓
     c3/1: declare queue=q1
     c2/1: delete queue=q1
     c2/1: publish key=q3 "a" ✓
     c2/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may have been bound just in time may have expired there',
    `queue q1
     exchange x2 type=headers
     c1/1: bind exchange=x2 queue=q1 key=k1
     c3/2: publish exchange=x2 key=k2 "a" ttl=0 ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c3/2: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a binding is not named whose queue may have gone, and it with that',
    `queue q1
     exchange x1 type=fanout
     exchange x2 type=direct
     bind q1 to x2 by q1
     c1/1: delete queue=q1 ifUnused noWait ✓
     c3/1: publish exchange=x2 key=k2 "a" ✓
     c3/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two who delete an exchange one did, whichever was not read',
    `queue q1 dlk=q3
     exchange x1 type=headers alternate=x2
     exchange x2 type=headers
     c1/1: get queue=q1
     c1/1: delete exchange exchange=x2
     c1/2: delete exchange exchange=x2 ✓
     c1/1: publish exchange=x1 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue of a like name that may have expired is not named',
    `queue q1 expires=20
     c1/1: consume queue=q1 tag=t2 noWait
       25 ms pass
     c2/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that may have expired may have taken its bindings with it',
    `queue q1 expires=20
     exchange x1 type=direct
     bind q1 to x1 by q1
     c1/1: get queue=q1 …
       25 ms pass
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that the second of two deleted takes its bindings with it',
    `queue q1
     exchange x1 type=headers
     exchange x2 type=direct
     bind q1 to x2 by *
     s2: SUBSCRIBE id=2 destination=/queue/q1
     c1/2: consume queue=q1 tag=t2
     c1/2: delete queue=q1
     c2/1: delete queue=q1
     c2/1: publish exchange=x2 key=k2 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue whose time may be over just now has no bindings for certain',
    `queue q1 expires=40
     exchange x1 type=headers
     exchange x2 type=topic
     bind q1 to x2 by q1
       5 ms pass
       25 ms pass
       10 ms pass
     c3/1: publish exchange=x2 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a binding that takes it leads to an exchange that goes: no key was the reason',
    `queue q1
     exchange x1 type=fanout
     exchange x2 type=topic
     c2/1: delete exchange exchange=x1
     c1/1: bind exchange exchange=x2 to=x1 key=q1 ✓
     s2: SEND destination=/exchange/x2/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a message with one key does not go where one with two went',
    `queue q1
     queue q2 expires=1000000
     c1/1: publish key=q3 "a" header=h1 bcc=q2 ✓
     c1/1: publish key=q3 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q2 …
     s2: SEND destination=/topic/k1 "a" replyTo ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what may not have come to a queue that refuses may have gone nowhere',
    `queue q1 maxLength=1 overflow=reject-publish-dlx
     exchange x1 type=topic alternate=x2
     exchange x2 type=topic
     c1/1: publish exchange=x1 key=k2 "a" ✓
     c2/1: bind exchange=x2 queue=q1 key=# ✓
     c2/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an exchange that goes only if it is unused may be gone',
    `queue q1
     exchange x1 type=direct alternate=x2
     exchange x2 type=fanout
     c2/1: delete queue=q1 ✓
     c3/1: delete exchange exchange=x2 ifUnused …
     c2/1: publish exchange=x1 key=k2 "a" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a binding is gone with its queue, whichever was asked for first',
    `queue q1
     exchange x1 type=direct
     exchange x2 type=direct
     c2/1: delete queue=q1
     c3/1: bind exchange=x2 queue=q1 key=k1 …
     c2/1: publish exchange=x1 key=q1 "a" ✓
     c3/1: publish exchange=x2 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an exchange that goes with its last binding may be gone',
    `queue q1
     exchange x1 type=fanout alternate=x2
     exchange x2 type=headers autoDelete
     bind q1 to x2 by #
     c1/1: delete queue=q1 ifEmpty …
     c2/1: bind exchange=x2 queue=q1 key=k1 ✓
     c3/1: publish exchange=x1 key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that may have gone with its last consumer is not named as one that is there',
    `queue q1 autoDelete
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     s2: SEND destination=/queue/q1 "a" …
     c1/1: confirms
     c1/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a binding to a queue that nobody used may be gone',
    `queue q1 ttl=20 dlx=x2
     queue q2 expires=20
     exchange x1 type=topic
     exchange x2 type=direct
     bind q2 to x2 by k1
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q3 tag=t2 ✓
       25 ms pass
     cut end; STOMP 1.2`,
  ],
]);
