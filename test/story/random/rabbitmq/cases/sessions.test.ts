/** Transactions, direct replies, and STOMP subscriptions. */
import { holds } from './holds.ts';

holds([
  [
    'a SEND declares its queue, though its transaction is unknown',
    `queue q1
     s2: SEND destination=/queue/q3 "a" transaction=none ✓
     c1/1: publish key=q3 "a" ✓
     c2/1: consume queue=q3 tag=t1 ✓
     c2/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a direct reply reaches whoever asked',
    `queue q1
     queue q2
     c3/1: consume queue=reply tag=r ✓
     c3/1: publish key=q2 "a" replyTo ✓
     c2/2: get queue=q2 ✓
     c2/2: reply nth=1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'nothing that asks for direct replies is read where nobody consumes them',
    `queue q1
     exchange x1 type=topic
     exchange x2 type=topic
     c2/1: publish exchange=x2 key=k1 "a" replyTo
     c2/1: publish exchange=nowhere key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of a transaction on a channel that failed before its commit nothing was published',
    `queue q1
     c2/2: transactions ✓
     c2/2: publish key=missing "a" ✓
     c2/2: publish exchange=x1 key=k1 "a" …
     c2/2: commit ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a reply that nobody may have read is under way for a reason',
    `queue q1
     queue q2
     c1/1: consume queue=reply tag=r ✓
     c1/1: publish key=q2 "a" replyTo ✓
     c3/1: get queue=q2 ✓
     c3/1: reply nth=3 "a"
     cut unread end; STOMP 1.2`,
  ],
  [
    'an ack in a transaction counts only if its COMMIT is read',
    `queue q1
     c1/1: publish key=q1 "a" ✓
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client-individual ✓
     s1: BEGIN transaction=t ✓
     s1: ACK nth=3 transaction=t ✓
     s1: COMMIT transaction=t
     cut unread end; STOMP 1.2`,
  ],
  [
    'the id of a subscription that ends may be used anew',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     c2/1: publish key=q2 "a"
     s1: UNSUBSCRIBE id=2 …
     s1: SUBSCRIBE id=2 destination=/queue/q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a subscription of the same id is another one',
    `queue q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ✓
     s1: SEND destination=/queue/q2 "a" ✓
     s1: UNSUBSCRIBE id=2 receipt …
     s1: SUBSCRIBE id=2 destination=/queue/q2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'who consumes direct replies is not refused for a queue that is missing',
    `queue q1
     c2/2: consume queue=reply tag=r …
     c2/2: publish key=q1 "a" …
     c1/1: get queue=q1 noAck ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a session that failed declares its temporary queue no more',
    `queue q1 durable
     s1: SEND destination=/queue/q3 "a" replyTo ✓
     s1: SUBSCRIBE id=2 destination=/exchange/nowhere/k1 ✓
     s1: SEND destination=/amq/queue/q2 "a" replyTo ✓
     s1: SEND destination=/queue/q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'an ACK in a transaction that is not committed settles nothing',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/queue/q2 ack=client ✓
     s2: SEND destination=/queue/q2 "a" ✓
     s2: SEND destination=/queue/q2 "a" ✓
     s2: BEGIN transaction=t ✓
     s2: NACK nth=3 transaction=t ✓
     s2: ACK nth=0 ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'what is given back before an ACK is committed comes again',
    `queue q1 durable
     s2: SUBSCRIBE id=1 destination=/queue/q1 ack=client ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     s2: SEND destination=/amq/queue/q1 "a" ✓
     s2: BEGIN transaction=t ✓
     s2: ACK nth=3 transaction=t ✓
     s2: NACK nth=3 ✓
     s2: COMMIT transaction=t ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'an ACK in a transaction for what came to a subscription that has ended is refused',
    `queue q1 durable
     s1: SUBSCRIBE id=1 destination=/queue/q1 ack=client ✓
     s1: SEND destination=/amq/queue/q1 "a" ✓
     s1: BEGIN transaction=t ✓
     s1: UNSUBSCRIBE id=1 ✓
     s1: ACK nth=0 transaction=t ✓
     s1: COMMIT transaction=t ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
  [
    'a NACK of what came to a subscription that has ended is refused, and the session goes on',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/topic/k1 ack=client ✓
     s1: SEND destination=/topic/k1 "a" ✓
     s1: UNSUBSCRIBE id=1 ✓
     s1: COMMIT transaction=t ✓
     s1: NACK nth=0 ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
     cut end; STOMP 1.2`,
  ],
  [
    'a receipt proves nothing that was asked behind what it is for',
    `queue q1 durable
     queue q2
     s2: SUBSCRIBE id=1 destination=/queue/q1 ack=client ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q2 ack=client ✓
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     c3/1: publish key=q2 "a" ✓
     c1/1: consume queue=q2 tag=t2 ✓
     s2: ACK nth=1 receipt …
     s2: SUBSCRIBE id=1 destination=/amq/queue/q3 …
     s2: SEND destination=/amq/queue/q3 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what others took since it was handed out is seen to be handed out later',
    `queue q1 single
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client-individual …
     c3/1: publish key=q1 "a" ✓
     s1: NACK nth=1
     s1: SUBSCRIBE id=2 destination=/topic/k1
     s1: BEGIN transaction=t …
     orderly end; STOMP 1.2`,
  ],
  [
    'of several that others took since, any may have been handed out before',
    `queue q1
     s2: SUBSCRIBE id=1 destination=/amq/queue/q1
     s1: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client-individual …
     c2/1: publish key=q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     s1: NACK nth=1
     s1: SUBSCRIBE id=2 destination=/topic/k1
     s1: BEGIN transaction=t …
     orderly end; STOMP 1.2`,
  ],
  [
    'a NACK that the server refuses, as its subscription has ended, gives nothing back',
    `queue q1
     c2/1: publish key=q1 "a" ✓
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client-individual ✓
     s2: NACK nth=2
     c1/1: delete queue=q1 ✓
     s2: UNSUBSCRIBE id=1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a session that may have been refused something did not end in good order for certain',
    `queue q1
     c2/1: delete queue=q1
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1
     s2: SEND destination=/topic/k1 "a"
     s2: DISCONNECT ✓
     orderly end; STOMP 1.2 by WebSocket`,
  ],
  [
    'an ACK that was carried out is not what a later refusal is about',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/queue/q3 ack=client ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
     s1: ACK nth=1 ✓
     s1: UNSUBSCRIBE id=1 ✓
     s1: NACK nth=1 transaction=t ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a session may have ended over something before what the server had to refuse',
    `queue q1
     c1/1: declare queue=q3
     s2: SUBSCRIBE id=1 destination=/queue/q3
     s2: SEND destination=/amq/queue/q3 "a" persistent
     s2: SEND destination=/exchange/nowhere/k1 "a" ✓
     c3/1: consume queue=q3 tag=t2 ✓
     c2/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2 by WebSocket`,
  ],
  [
    'an ACK of all up to one is not what is refused of one that its subscription had before',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/amq/queue/q1 ack=client-individual ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: delete queue=q1 ✓
     s2: SEND destination=/amq/queue/q1 "a"
     s1: SUBSCRIBE id=2 destination=/queue/q1 ack=client ✓
     s1: ACK nth=3 ✓
     s1: ACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a SEND to an exchange that may not have been there yet may have ended the session',
    `queue q1
     queue q2
     s2: SEND destination=/exchange/x1/q1 "a" …
     c2/1: declare exchange exchange=x1 type=fanout
     s2: SEND destination=/queue/q2 "a" ✓
     orderly end; STOMP 1.2 by WebSocket`,
  ],
  [
    'an error names the ACK that it answers, not the one that took the same with it',
    `queue q1 durable
     s1: SUBSCRIBE id=2 destination=/queue/q1 ack=client ✓
     c3/1: publish key=q1 "a" ✓
     c1/1: publish key=q1 "a" ✓
     s1: ACK nth=1 ✓
     s1: ACK nth=2
     c1/1: delete queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what a deletion did not find had been given to a session that ended without a word',
    `queue q1 durable
     s2: SUBSCRIBE id=1 destination=/queue/q1 ✓
     s2: BEGIN transaction=t ✓
     s2: SEND destination=/queue/q1 "a" transaction=t ✓
     s2: SEND destination=/exchange/x2/q1 "a" transaction=t ✓
     s2: COMMIT transaction=t ✓
     c3/1: delete queue=q1 ✓
     orderly end; STOMP 1.2 by WebSocket`,
  ],
  [
    'an error over a locked queue says that the queue is there',
    `queue q1
     queue q2 exclusive
       cut c1 by client late
     s1: SEND destination=/queue/q2 "a" …
     s2: SUBSCRIBE id=2 destination=/queue/q2 ✓
     c2/1: publish key=q2 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what came again before it was seen first is not what comes next',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 ack=client-individual ✓
     s2: SEND destination=/amq/queue/q1 "b"
     s2: SEND destination=/amq/queue/q1 "b" …
     s2: SEND destination=/queue/q1 "a" …
     c1/1: consume queue=q1 tag=t1 ✓
     c1/1: requeue nth=0 ✓
     c2/1: publish key=q1 "b" …
     c1/1: declare queue=q1 overflow=drop-head ✓
     orderly end; STOMP 1.2`,
  ],
]);
