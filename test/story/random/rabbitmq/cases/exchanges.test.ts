/** Exchanges and bindings that go and are made anew while messages are on their way. */
import { holds } from './holds.ts';

holds([
  [
    'an unbinding and a binding that nobody answered in between may have come in either order',
    `queue q1
     queue q2
     exchange x1 type=direct
     c2/1: unbind exchange=x1 queue=q1 key=k1
     c1/1: bind exchange=x1 queue=q1 key=k1 ✓
       the server reads 1 of c2
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
  [
    'and so may a binding and an unbinding',
    `queue q1
     queue q2
     exchange x1 type=direct
     c2/1: bind exchange=x1 queue=q1 key=k1
     c1/1: unbind exchange=x1 queue=q1 key=k1 ✓
       the server reads 1 of c2
     c1/1: publish exchange=x1 key=k1 "a" ✓
     orderly end; STOMP 1.2`,
  ],
]);
