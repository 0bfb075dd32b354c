/** What comes back, and connections that end. */
import { holds } from './holds.ts';

holds([
  [
    'what the server carried out before it shut down was not refused',
    `queue q1
     c2/1: publish key=q2 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'the ack of a connection that was cut may not have been read',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/queue/q3 ack=client-individual ✓
     c2/1: publish key=q3 "a" ✓
     s1: ACK nth=1
     cut unread end; STOMP 1.2`,
  ],
  [
    'what is given back comes again in its old place',
    `queue q1
     queue q2
     c3/2: consume queue=q2 tag=t1 ✓
     s2: SEND destination=/amq/queue/q2 "a" ✓
     c1/1: publish key=q2 "a" ✓
     c3/2: requeue nth=0 ✓
     c3/2: requeue nth=1 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a first delivery may be seen after the second',
    `queue q1
     c2/1: confirms ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a"
     c3/1: bind exchange=x1 queue=q3 key=k2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'a server may hand out more before it hears that a connection is lost',
    `queue q1
     queue q2
     queue q3
     c3/1: consume queue=q3 tag=t2 ✓
     cut c3 by client late
     c2/2: publish key=q3 "a" ✓
     c2/2: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two lost connections a server may hear in any order',
    `queue q1
     queue q2
     s1: SUBSCRIBE id=2 destination=/amq/queue/q2 ack=client ✓
     c3/1: publish key=q2 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q2 ✓
     s2: SEND destination=/amq/queue/q3 "a" receipt ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'what was given back stands where it stood, whatever was delivered meanwhile',
    `queue q1
     queue q2
     c1/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     c1/1: publish key=q2 "a" …
     c1/1: requeue nth=3 ✓
     c2/1: consume queue=q2 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what was delivered first stood first',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/queue/q3 ack=client ✓
     c2/1: publish key=q3 "a" header=h1
     c1/1: publish key=q3 "a" ✓
     s1: NACK nth=0 ✓
     s1: NACK nth=3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a session that its server ended in a restart sent last may not have been read',
    `queue q1 durable
     queue q2
     queue q3
     s2: SEND destination=/amq/queue/q1 "a"
     s2: SUBSCRIBE id=1 destination=/queue/q3
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what came in another order than it was sent comes back in that order',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ✓
     c1/2: consume queue=q1 tag=t1 priority=1 ✓
     c2/1: publish key=q1 "a"
     c1/1: publish key=q1 "b" ✓
     c1/2: requeue nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is to be given back is given back at once, in a transaction, too',
    `queue q1
     queue q2
     c2/2: transactions ✓
     c2/2: consume queue=q2 tag=t2 ✓
     c3/1: publish key=q2 "a" ✓
     c2/2: recover ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a channel that is closing is given nothing more of what comes back',
    `queue q1
     queue q2
     c3/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "b" ✓
     c2/1: publish key=q1 "b" bcc=q2 ✓
     c3/2: consume queue=q1 tag=t2 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what was not returned before an answer to what was asked later is not returned any more',
    `queue q1
     exchange x1 type=fanout
     bind q1 to x1 by #
     c2/1: publish exchange=x1 key=k2 "a" mandatory ✓
     c2/1: unbind exchange=x1 queue=q1 key=# ✓
     c2/1: publish exchange=x1 key=k2 "a" mandatory ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what a transaction has settled and not committed comes back when its connection ends',
    `queue q1
     c2/2: transactions ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c2/2: consume queue=q1 tag=t1 priority=2 ✓
     c2/1: publish key=q1 "a" ✓
     c2/2: ack nth=1 ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes again after a recovery comes after all of it was given back',
    `queue q1
     queue q2
     queue q3
     c3/1: publish key=q3 "a" ✓
     c2/1: consume queue=q3 tag=t2 ✓
     c3/1: publish key=q3 "a" ✓
     c2/1: publish key=q3 "b"
     c2/1: recover ✓
     c2/1: requeue nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that look alike and of which one was delivered before, either may be delivered now',
    `queue q1
     queue q2
     queue q3
     c2/1: publish key=q3 "b" ✓
     c1/1: consume queue=q3 tag=t2 ✓
       cut c1 by cut
     c1/1: publish key=q3 "b" ✓
     c1/1: consume queue=q3 tag=t2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of equal mandatory messages the one that was delivered is not the one that comes back',
    `queue q1
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: delete queue=q1
     c2/1: publish key=q1 "b" mandatory ✓
     c2/1: publish key=q1 "b" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a consumer is given once basic.recover has made room is not given back by that',
    `queue q1 durable quorum deliveryLimit=0
     exchange x1 type=direct
     exchange x2 type=topic
     bind q1 to x2 by #
     c1/1: qos count=2 ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: publish exchange=x2 key=q1 "a" ✓
     c1/1: recover ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is handed out again while basic.recover is under way may go back once more',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: requeue nth=3 …
     c1/1: recover ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what any client holds may come back once the server has said that it stops',
    `queue q1 maxLength=1
     c3/1: publish key=q1 "a" ✓
     c3/1: get queue=q1 ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c3/2: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a"
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'whoever still holds a message did not give it back where somebody who ends may have had another one',
    `queue q1 durable
     s1: SUBSCRIBE id=1 destination=/queue/q1 ack=client prefetch=1 ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" …
     c1/1: consume queue=q1 tag=t2
     c3/1: close channel …
     orderly end; STOMP 1.2`,
  ],
  [
    'what is published after basic.recover is not given back by that',
    `queue q1 durable
     c3/1: consume queue=q1 tag=t1 ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     s2: SEND destination=/queue/q1 "a" ✓
     c1/1: requeue nth=0 …
     c1/1: recover
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what basic.recover handed out again is not given back by it once more',
    `queue q1 durable quorum maxLength=2
     queue q2 ttl=0 dlx=x1
     exchange x1 type=direct alternate=x2
     exchange x2 type=fanout
     bind q1 to x2 by k2
     c2/1: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q3 "a" cc=q2 ✓
     c3/1: publish key=q2 "a" …
     c2/1: recover ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two that ask for all once more the second gives back what the first was for',
    `queue q1
     queue q2
     c3/1: publish key=q2 "b" ✓
     c1/1: consume queue=q2 tag=t2 ✓
     c1/1: recover
     c1/1: publish key=q2 "b"
     c1/1: recover ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what is given back and handed out again before all is asked for goes back with all',
    `queue q1
     c3/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "b" ✓
     c3/1: requeue nth=1
     c3/1: publish key=q1 "b" …
     c3/1: recover ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a reject that a stopping server has not read gives it back once more',
    `queue q1 durable quorum deliveryLimit=1
     c3/1: publish key=q1 "a" ✓
     c2/2: consume queue=q1 tag=t1 ✓
     c2/2: reject nth=0
       restart
     c2/1: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a stopping server hands out again what was rejected, and it is no stranger',
    `queue q1
     c1/2: consume queue=q1 tag=t2 ✓
     c1/1: consume queue=q1 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ✓
     c1/1: reject nth=3
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes again before it was seen to come has been given back once',
    `queue q1
     queue q2 durable quorum deliveryLimit=1
     c1/1: consume queue=q2 tag=t2
     c3/1: publish key=q2 "a" …
     s2: SUBSCRIBE id=2 destination=/amq/queue/q2 ack=client-individual
     s2: SEND destination=/queue/q2 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'all channels of a connection that fails give back what they held at one time',
    `queue q1
     queue q2
     c2/1: publish key=q2 "a" ✓
     c2/2: consume queue=q2 tag=t1 ✓
     c1/1: publish key=q3 "a" cc=q2
     c2/1: consume queue=q2 tag=t1 …
     s2: SUBSCRIBE id=1 destination=/amq/queue/q2
     s2: SEND destination=/amq/queue/q2 "a" …
     c2/2: consume queue=q1 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a channel that asks for all once more was handed before may come again',
    `queue q1
     queue q2
     queue q3
     c3/1: consume queue=q3 tag=t1 ✓
     c3/1: publish key=q3 "a" ✓
     c2/1: publish key=q3 "b" ✓
     c1/1: consume queue=q3 tag=t2 ✓
     c3/1: publish key=q3 "b"
     c3/1: recover …
     orderly end; STOMP 1.2`,
  ],
  [
    'what came back to a full queue may be another one than was held',
    `queue q1 maxLength=2
     c1/1: consume queue=q1 tag=t1 ✓
     c3/1: consume queue=q1 tag=t1 priority=1 ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" header=h1 ✓
     c3/1: publish key=q1 "a"
     c3/1: declare queue=q1 …
     orderly end; STOMP 1.2`,
  ],
  [
    'what a failing channel held may come again before what was given back',
    `queue q1
     c2/1: get queue=q1
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     s1: SEND destination=/amq/queue/q1 "a" ✓
     c1/1: requeue nth=3
     c2/1: bind exchange=x1 queue=q1 key=k2 …
     orderly end; STOMP 1.2`,
  ],
  [
    "what a refused session never published can't come again",
    `queue q1
     queue q2
     queue q3
     c1/1: consume queue=q3 tag=t1 ✓
     c3/1: publish key=q3 "b" ✓
     s1: SEND destination=/queue/q3 "b" ✓
     c1/2: consume queue=q3 tag=t1 ✓
     c1/1: consume queue=q1 tag=t1
     c1/1: ack nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a channel asks for once more comes only behind the answer',
    `queue q1
     c3/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 ✓
     c2/1: recover
     c2/1: publish key=q1 "a" …
     c3/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
]);
