/** Connections that are lost: what they asked for and nobody answered may be carried out until the server has heard of it. */
import { holds } from './holds.ts';

holds([
  [
    'a purge that nobody answered may empty a queue that is declared after its connection is lost',
    `queue q1
     c2/1: purge queue=q2
       cut c2 by cut late
     s1: SEND destination=/queue/q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'it may take what comes while the server has not heard of that',
    `queue q1
     queue q2
     c2/1: purge queue=q2
       cut c2 by cut late
     c1/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a deletion that nobody answered may delete a queue that is declared later',
    `queue q1
     queue q2
     c2/1: delete queue=q3
       cut c2 by cut late
     c1/1: declare queue=q3 ✓
     c1/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a publish that nobody answered may be read when there is a queue for it',
    `queue q1
     queue q2
     c2/1: publish key=q3 "a"
       cut c2 by cut late
     c1/1: declare queue=q3 ✓
       the server notices
     c1/1: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an unbinding that nobody answered may end a binding that is made later',
    `queue q1
     queue q2
     exchange x1 type=direct
     c2/1: unbind exchange=x1 queue=q1 key=k1
       cut c2 by cut late
     c1/1: bind exchange=x1 queue=q1 key=k1 ✓
       the server notices
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a binding that nobody answered may be made once more',
    `queue q1
     queue q2
     exchange x1 type=direct
     bind q1 to x1 by k1
     c2/1: bind exchange=x1 queue=q1 key=k1
       cut c2 by cut late
     c1/1: unbind exchange=x1 queue=q1 key=k1 ✓
       the server notices
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a consumer without acks that is lost may be given what comes after that',
    `queue q1
     c2/1: consume queue=q1 tag=t1 noAck ✓
       cut c2 by cut late
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'one that acks gives back what it is given, which may be once too often',
    `queue q1 durable quorum deliveryLimit=0
     c2/1: consume queue=q1 tag=t1 ✓
       cut c2 by cut late
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'one that nobody answered may begin later',
    `queue q1
     queue q2
     c2/1: consume queue=q1 tag=t1 noAck
       cut c2 by cut late
     c1/1: publish key=q1 "a" ✓
       the server notices
     orderly end; STOMP 1.2`,
  ],
  [
    'and take from a queue that is declared later',
    `queue q1
     queue q2
     c2/1: consume queue=q3 tag=t1 noAck
       cut c2 by cut late
     c1/1: declare queue=q3 ✓
     c1/1: publish key=q3 "a" ✓
       the server notices
     orderly end; STOMP 1.2`,
  ],
  [
    'so may a get',
    `queue q1
     queue q2
     c2/1: get queue=q3 noAck
       cut c2 by cut late
     c1/1: declare queue=q3 ✓
     c1/1: publish key=q3 "a" ✓
       the server notices
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back too often from somebody who is lost may fill another queue',
    `queue q1 durable quorum dlx=x2 deliveryLimit=0
     queue q2 maxLength=1
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q2 to x2 by k2
     c1/1: publish key=q2 "a" ✓
     c1/1: consume queue=q1 tag=t2 ✓
     c2/1: publish key=q1 "a" …
     cut end; STOMP 1.2`,
  ],
  [
    'what the server counts was not given to a consumer that is lost',
    `queue q1
     c2/1: consume queue=q1 tag=t1 noAck ✓
       cut c2 by cut
     c1/1: publish key=q1 "a" ✓
     c1/1: declare queue=q1 passive ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'until the server hears of a consumer that is lost, what stands first may be on its way to it',
    `queue q1
     queue q2
     c1/1: consume queue=q2 tag=t2 ✓
     c2/1: consume queue=q2 tag=t2 ✓
     c2/1: publish key=q2 "a"
     c2/1: publish key=q2 "a"
       cut c1 by cut late
     s2: SUBSCRIBE id=2 destination=/queue/q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'so may one that the wire can tell apart',
    `queue q1
     queue q2
     c1/1: consume queue=q2 tag=t2 ✓
     c2/1: consume queue=q2 tag=t2 ✓
     c2/1: publish key=q2 "a" header=h2
     c2/1: publish key=q2 "a"
       cut c1 by cut late
     s2: SUBSCRIBE id=2 destination=/queue/q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a restart forgets what looks alike where none of it is persistent',
    `queue q1
     queue q2 durable
     c3/1: publish key=q2 "a" ✓
     c2/1: publish key=q2 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
       restart
     c3/2: consume queue=q2 tag=t2 ✓
     s2: SEND destination=/queue/q2 "a" ✓
     c3/1: consume queue=q2 tag=t1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a queue that a lost deletion may have ended may not have taken a message',
    `queue q1
     queue q2
     c3/1: publish key=q1 "a" ✓
     c3/1: delete queue=q1 …
     c1/1: publish key=q1 "a" bcc=q2
       cut c3 by cut
     orderly end; STOMP 1.2`,
  ],
  [
    'what one of several lost held may have gone to another one who needs no ack',
    `queue q1 autoDelete
     c3/1: bind exchange=x1 queue=q1 key=* ✓
     c2/2: consume queue=q1 tag=t2 ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 noAck ✓
     c2/2: get queue=q2
     c2/1: publish key=q3 "a" …
     cut unread end; STOMP 1.2`,
  ],
  [
    'what is over by the clock does not stand before what somebody took who is lost',
    `queue q1
     c1/1: publish key=q1 "a" ttl=0 ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: declare exchange exchange=x1 type=direct ✓
     c2/1: get queue=q1 noAck …
     cut unread end; STOMP 1.2`,
  ],
  [
    'a get that finds nothing says nothing of what comes back later',
    `queue q1
     queue q2
     queue q3 maxLength=1
     c1/1: consume queue=q3 tag=t1 ✓
     c3/1: publish key=q3 "a" ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
       cut c1 by cut late
     c2/1: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a get did not find may be with somebody who is lost',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/queue/q3 ack=client-individual ✓
       cut s2 by client late
     c3/1: confirms ✓
     c3/1: publish key=q3 "a" ✓
     c1/1: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a lost connection held is told to be back once the server can have heard of it',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c3/1: consume queue=q1 tag=t1 ✓
       cut c3 by client late
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a lost consumer may have been given comes back later than it came',
    `queue q1
     c3/1: consume queue=q1 tag=t2 priority=2 ✓
       cut c3 by cut late
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" receipt ✓
     cut unread end; STOMP 1.2`,
  ],
]);
