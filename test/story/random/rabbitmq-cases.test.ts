/**
 * Programs that once were told falsely, as the judge of random programs found and shrank them. Paste the lines of a new
 * one, and say what is true of it.
 */
import { describe, expect, test } from 'vitest';
import { judge } from './rabbitmq/judge.ts';
import { play } from './rabbitmq/play.ts';
import { parse } from './rabbitmq/program-text.ts';

/** What is true, and the program. */
const CASES: readonly (readonly [string, string])[] = [
  [
    'what the server carried out before it shut down was not refused',
    `queue q1
     c2/1: publish key=q2 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
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
    'what stands behind an error that a STOMP session survives is read',
    `queue q1
     s1: SEND destination=/queue/s1 "a" transaction=none ✓
     s1: SEND destination=/topic/k1 "a" ✓
       restart
     orderly end; STOMP 1.2`,
  ],
  [
    'what stands before the error that ends a STOMP session was read',
    `queue q1
     s1: SEND destination=/topic/k1 "a" ✓
     s1: SEND destination=/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a SEND whose queue is declared otherwise is refused, and its ERROR may be lost',
    `queue q1
     queue q2 durable quorum
     queue q3 exclusive
     s1: SEND destination=/queue/q1 "a" ✓
     s2: SEND destination=/queue/q3 "a" ✓
     s1: SEND destination=/queue/q2 "a" ✓
     orderly end, all awaited; STOMP 1.2 by WebSocket`,
  ],
  [
    'of two that wait in a full queue either may have come first',
    `queue q1 maxLength=1
     s2: SEND destination=/amq/queue/q1 "a" ✓
     c3/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'of two equal publishes that no answer separates either may be delivered',
    `queue q1
     c2/1: publish key=q1 "a"
     c1/1: publish key=q1 "a" ✓
     c1/1: consume queue=q1 tag=t1 ✓
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
    'what was given back to an auto-delete queue went with it',
    `queue q1 autoDelete
     c2/1: publish key=q1 "a" ✓
     c2/1: consume queue=q1 tag=t1 noWait ✓
     cut unread end; STOMP 1.2`,
  ],
  [
    'a queue that takes as much as there is refuses nothing',
    `queue q1 overflow=reject-publish
     c3/1: publish key=q1 "a" ✓
     orderly end, all awaited; STOMP 1.2`,
  ],
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
    'what was delivered without acks while its queue was deleted has reached somebody',
    `queue q1
     queue q2
     queue q3
     c3/1: publish key=q3 "a" ✓
     c2/1: get queue=q3 noAck
     c3/1: delete queue=q3 ✓
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
    'a client takes at once what expires at once',
    `queue q1 maxPriority=2
     c1/1: publish key=q1 "a" priority=2 ttl=0 header=h2
     s2: SUBSCRIBE id=2 destination=/amq/queue/q1 …
     c3/1: publish key=q1 "a" …
     orderly end; STOMP 1.2`,
  ],
  [
    'what died at once in a queue without time came to another by its dead-letter exchange',
    `queue q1
     queue q2 ttl=0 dlx=x1
     exchange x1 type=headers
     exchange x2 type=direct
     bind q2 to x1 by k1
     bind q1 to x1 by #
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: publish exchange=x1 key=q1 "a" ✓
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
    'of two that come back to a queue with room for one, the older is dropped',
    `queue q1 maxLength=1
     c1/1: consume queue=q1 tag=t1 ✓
     c2/1: publish key=q1 "b" ✓
     c2/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "b" ✓
     orderly end, all awaited; STOMP 1.2`,
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
    'a message that may be another is not counted as there',
    `queue q1
     c2/1: publish key=q1 "a"
     c1/1: publish key=q1 "a"
     c1/1: get queue=q1 ✓
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
    'of two that came at the same time, what was delivered first is dropped first when they come back',
    `queue q1 maxLength=1
     c1/1: publish key=q1 "a"
     c3/1: publish key=q1 "a" header=h1
     c3/1: consume queue=q1 tag=t2 …
     c3/1: confirms ✓
     cut end; STOMP 1.2`,
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
    'a message that died twice unseen is the same message',
    `queue q1 ttl=0 dlx=x1
     queue q2 ttl=0 dlx=x1
     queue q3
     exchange x1 type=fanout
     bind q2 to x1 by k1
     bind q3 to x1 by k2
     c2/1: consume queue=q3 tag=t1 ✓
     c1/1: publish key=q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a get of a queue that is being deleted may still find it',
    `queue q1
     queue q2
     c1/1: delete queue=q2
     c2/1: publish key=q2 "a" …
     c2/1: get queue=q2 …
     orderly end; STOMP 1.2`,
  ],
  [
    'nothing that stands behind a refused SEND is delivered',
    `queue q1
     queue q2
     queue q3
     c1/1: consume queue=q3 tag=t2 noAck ✓
     s2: SEND destination=/queue/q3 "a"
     c1/1: publish key=q3 "a" ✓
     orderly end; STOMP 1.2`,
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
    'an error that names a consumer tag answers that consumer',
    `queue q1
     c1/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "b" header=h1 ✓
     c1/1: publish key=q1 "b" header=h1 …
     c1/1: consume queue=q3 tag=t2
     c1/1: ack nth=3 ✓
     c3/1: get queue=q1 noAck ✓
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
    'a publish that did not come back is not thereby the one that arrived',
    `queue q1
     s1: SUBSCRIBE id=1 destination=/queue/q3
     c1/1: publish key=q3 "b" ✓
     c2/1: publish key=q3 "b" mandatory ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what the server refuses is not what it delivers',
    `queue q1
     c3/2: publish key=q3 "a"
     c3/2: get queue=q3
     s2: SEND destination=/queue/q3 "a" transaction=t …
     orderly end; STOMP 1.2`,
  ],
  [
    'what is being purged does not expire for certain',
    `queue q1
     queue q2 ttl=20
     c1/1: publish key=q2 "a" ✓
     c1/1: get queue=q1 ✓
     c3/1: purge queue=q2 …
       25 ms pass
     orderly end; STOMP 1.2`,
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
    'a deletion that nobody answered may not have happened',
    `queue q1
     queue q2
     queue q3
     c2/1: confirms ✓
     c2/1: publish key=q3 "a" ✓
     c1/1: delete queue=q3
     cut unread end; STOMP 1.2`,
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
    'what died of its delivery limit was given back',
    `queue q1
     queue q2 durable quorum dlx=x2 deliveryLimit=0
     exchange x1 type=headers
     exchange x2 type=headers alternate=x1
     bind q1 to x1 by *
     c3/1: consume queue=q2 tag=t1 ✓
     c3/1: publish key=q2 "a" ✓
     c3/1: requeue nth=0 ✓
     c2/1: get queue=q1 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'what an error gives back comes after what stood before the error',
    `queue q1
     c2/1: consume queue=q1 tag=t1 ✓
     c3/1: publish key=q1 "a" ✓
     c2/1: ack nth=0 ✓
     c3/1: consume queue=q1 tag=t2 ✓
     c1/1: publish key=q1 "a" ✓
     c2/1: publish key=q1 "a"
     c2/1: get queue=q3 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'a purge finds the queue that somebody else declared meanwhile',
    `queue q1
     c2/1: purge queue=q2
     s1: SEND destination=/queue/q2 "a" …
     orderly end; STOMP 1.2`,
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
    'what may have been refused may have been handed out, too',
    `queue q1
     queue q2 maxLength=2 overflow=reject-publish
     c1/1: publish key=q2 "a" ✓
     c2/1: get queue=q2 noAck …
       cut c2 by client
     orderly end; STOMP 1.2`,
  ],
  [
    'an ack behind an error is undone by what comes again',
    `queue q1
     s2: SUBSCRIBE id=2 destination=/queue/q3 ack=client ✓
     s1: SEND destination=/amq/queue/q3 "a" ✓
     c1/1: consume queue=q3 tag=t2 ✓
     s2: SEND destination=/queue/q1 "a" …
     s2: ACK nth=2 ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'an error answers the one that failed, not the one that waits',
    `queue q1 durable
     c3/1: consume queue=q1 tag=t1 ✓
     s1: COMMIT transaction=none
     s1: SEND destination=/queue/q1 "a" …
     s1: SEND destination=/amq/queue/q1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'only what surely stands first expires',
    `queue q1
     queue q2
     exchange x1 type=direct
     exchange x2 type=headers
     bind q2 to x2 by k1
     c1/1: publish key=q1 "b" ttl=0 bcc=q2
     c3/1: publish key=q1 "a" …
     c3/1: publish exchange=x2 key=q1 "a" …
     c3/1: consume queue=q1 tag=t1 ✓
       5 ms pass
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
    'what is given back may find its queue gone',
    `queue q1
     queue q2
     c1/1: consume queue=q2 tag=t1 ✓
     c1/1: publish key=q2 "a" ✓
     c3/1: publish key=q3 "a" ✓
     c3/1: delete queue=q2
       the server reads 1 of c3
     cut unread end; STOMP 1.2`,
  ],
];

describe('the story of', () => {
  test.each(CASES)('%s', async (_, text) => {
    const program = parse(text);
    const violations = judge(program, await play(program));
    expect(violations.map(({ rule, text: said }) => `${rule}: ${said}`)).toEqual([]);
  });
});
