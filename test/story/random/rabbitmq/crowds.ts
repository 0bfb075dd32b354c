/** Many clients at one place: what they do there, in any order, meets what the others do. */
import fc from 'fast-check';
import * as amqp from './amqp-ops.ts';
import { type Arb, key, queue, rarely } from './names.ts';
import type { AmqpOp, Step, StompOp } from './program.ts';
import { amqpStep, type Steps, type Style, several, stompClient, stompStep } from './steps.ts';
import * as stomp from './stomp-ops.ts';
import { queueTraits } from './traits.ts';

/** Only some of what can be done is done, so that the same things meet often. */
function someOf(steps: readonly Arb<Step>[], maxLength: number): Steps {
  const chosen = fc.subarray([...steps], { minLength: 2, maxLength: 5 });
  return chosen.chain((few) => several(fc.oneof(...few), 3, maxLength));
}

/** All use one queue, which may be deleted and declared anew meanwhile. */
export function atQueue(style: Style): Steps {
  return queue.chain((name) => {
    const at = fc.constant(name);
    const destination = fc.constantFrom(`/queue/${name}`, `/amq/queue/${name}`);
    const does = (op: Arb<AmqpOp>): Arb<Step> => amqpStep(op, style);
    const says = (op: Arb<StompOp>): Arb<Step> => stompStep(op, style);
    // Two of them, so that it is declared as the same more often than not.
    const anew = fc
      .tuple(queueTraits(style), fc.boolean())
      .map(([traits, isPlain]) => (isPlain ? { durable: true } : traits));
    return someOf(
      [
        does(amqp.publishTo(at, style)),
        does(amqp.publishTo(at, style)),
        does(amqp.consume(at)),
        does(amqp.settle),
        does(amqp.op('get', { queue: at }, { noAck: rarely })),
        does(amqp.cancel),
        does(amqp.qos),
        does(amqp.op('recover')),
        does(amqp.op('purge', { queue: at }, { noWait: rarely })),
        does(amqp.op('delete', { queue: at }, { ifUnused: rarely, ifEmpty: rarely, noWait: rarely })),
        does(amqp.op('declare', { queue: at, traits: anew }, { noWait: rarely })),
        does(amqp.op('close channel')),
        says(stomp.send(destination, style)),
        says(stomp.subscribe(destination)),
        says(stomp.settle()),
        says(stomp.unsubscribe),
      ],
      8,
    );
  });
}

/** All publish where others bind and unbind; what goes nowhere comes back. */
export function atExchanges(style: Style): Steps {
  const does = (op: Arb<AmqpOp>): Arb<Step> => amqpStep(op, style);
  return someOf(
    [
      does(amqp.publish(style)),
      does(amqp.publishBack(style)),
      does(amqp.op('confirms')),
      does(amqp.consume(queue)),
      ...amqp.topology.map(does),
      stompStep(
        stomp.send(
          key.map((name) => `/topic/${name}`),
          style,
        ),
        style,
      ),
      stompStep(stomp.subscribe(key.map((name) => `/topic/${name}`)), style),
      stompStep(stomp.unsubscribe, style),
    ],
    7,
  );
}

/** One session that takes, and settles in transactions. */
export function inTransactions(style: Style): Steps {
  return fc.tuple(queue, stompClient).chain(([name, at]) => {
    const own = (op: Arb<StompOp>): Arb<Step> => stompStep(op, style).map((step) => ({ ...step, at }) as Step);
    const destination = fc.constantFrom(`/queue/${name}`, `/amq/queue/${name}`, '/topic/k1');
    return fc
      .tuple(
        own(stomp.subscribe(destination)),
        several(own(stomp.send(destination, style)), 1, 3),
        own(stomp.bound('BEGIN', 't')),
        several(
          fc.oneof(
            own(stomp.settle('t')),
            own(stomp.settle()),
            own(stomp.send(destination, style, 't')),
            own(stomp.unsubscribe),
          ),
          1,
          4,
        ),
        several(
          own(
            fc
              .constantFrom('COMMIT' as const, 'ABORT' as const, 'BEGIN' as const)
              .chain((kind) => stomp.bound(kind, 't')),
          ),
          0,
          2,
        ),
        several(fc.oneof(own(stomp.settle()), own(fc.constant({ do: 'DISCONNECT' } as const))), 0, 2),
      )
      .map((parts) => parts.flat());
  });
}
