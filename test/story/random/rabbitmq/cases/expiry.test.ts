/** Messages whose time to live is over, in queues that may also be too full. */
import { holds } from './holds.ts';

holds([
  [
    'what expired while something was away did not fill its queue',
    `queue q1 maxLength=1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client-individual prefetch=1 ✓
     c1/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ttl=0 ✓
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
    'where one is missing that nobody was given, it is the one whose time was over',
    `queue q1 durable
     exchange x1 type=topic
     exchange x2 type=direct alternate=x1
     bind q1 to x1 by k2
     c3/1: publish exchange=x2 key=k2 "a"
     c2/1: publish exchange=x2 key=k2 "a" ttl=0
       the server reads 5 of c2
     s1: SEND destination=/queue/q1 "a"
       all is carried out
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what comes back to a full queue is dropped though its time is over',
    `queue q1 maxLength=1 ttl=10
     c3/1: publish key=q1 "a" ✓
     c3/1: get queue=q1 ✓
       25 ms pass
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'where the one that is gone was over by the clock, another one may have been dropped',
    `queue q1
     queue q2 maxLength=2
     c3/1: consume queue=q3 tag=t2 ✓
     c2/1: publish key=q3 "a" ttl=0 cc=q2
     c3/1: publish key=q3 "a" cc=q2 ✓
     c3/2: consume queue=q2 tag=t1
     c2/1: publish key=q2 "a" …
     c2/1: consume queue=reply tag=r ✓
     c2/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what nothing has proven may have come, made another one go, and be over',
    `queue q1 maxLength=1
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q1 to x2 by q1
     c3/1: publish exchange=x2 key=k2 "a" ✓
     c3/1: get queue=q1 ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a" ttl=0 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what stands at the head expires only once it stands there',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     c1/2: publish key=q1 "a" priority=1 ttl=10 ✓
     c1/2: commit ✓
       25 ms pass
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client-individual prefetch=1 ✓
     s1: ACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a publish that nobody may have read is told to have left by nothing',
    `queue q1 maxLength=2 maxPriority=2
     exchange x1 type=topic
     exchange x2 type=fanout
     bind q1 to x2 by k1
     c1/1: publish exchange=x2 key=q1 "a" ✓
     c1/1: get queue=q1 ✓
     s2: SEND destination=/exchange/x2/q1 "a" ✓
     s2: SEND destination=/queue/q1 "a" ✓
     c2/1: publish key=q1 "a" priority=1 ttl=0
     cut unread end; STOMP 1.2`,
  ],
]);
