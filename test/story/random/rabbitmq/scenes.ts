/** Short sequences of steps that belong together: what single steps, drawn at random, would seldom add up to. */
import fc from 'fast-check';
import * as amqp from './amqp-ops.ts';
import { atExchanges, atQueue, inTransactions } from './crowds.ts';
import { type Arb, body, nth, queue } from './names.ts';
import type { AmqpOp, Step } from './program.ts';
import {
  amqpStep,
  anyClient,
  inSession,
  onChannel,
  paceOf,
  type Steps,
  type Style,
  several,
  stompStep,
} from './steps.ts';
import * as stomp from './stomp-ops.ts';

/** One takes from a queue what others send there, and settles it. */
function traffic(style: Style): Steps {
  return queue.chain((name) => {
    const to = fc.constant(name);
    const destination = fc.constantFrom(`/queue/${name}`, `/amq/queue/${name}`);
    const sending = fc.oneof(
      { weight: 3, arbitrary: amqpStep(amqp.publishTo(to, style), style) },
      { weight: 1, arbitrary: stompStep(stomp.send(destination, style), style) },
    );
    const taking = fc.oneof(
      { weight: 2, arbitrary: onChannel(several(amqp.consume(to), 1, 1), style) },
      { weight: 1, arbitrary: inSession(several(stomp.subscribe(destination), 1, 1), style) },
    );
    return fc
      .tuple(several(sending, 1, 3), taking, several(sending, 0, 2), fc.boolean())
      .chain(([before, take, after, isLate]) => {
        const [first] = take as [Step];
        const settling = settlingAs(first, style);
        return settling.map((settle) =>
          isLate ? [...before, first, ...after, ...settle] : [first, ...before, ...after, ...settle],
        );
      });
  });
}

/** Whoever took something settles it. */
function settlingAs(taker: Step, style: Style): Steps {
  if ('stomp' in taker) {
    return several(fc.record({ at: fc.constant(taker.at), stomp: stomp.settle(), pace: paceOf(style) }), 0, 3);
  }
  if (!('op' in taker)) return fc.constant([]);
  const { at, channel: number } = taker;
  return several(
    fc.record({ at: fc.constant(at), channel: fc.constant(number), op: amqp.settle, pace: paceOf(style) }),
    0,
    3,
  );
}

/** Gets one by one, and settles. */
function getting(style: Style): Steps {
  const ops = fc
    .tuple(several(amqp.publish(style), 0, 2), several(amqp.get, 1, 3), several(amqp.settle, 0, 2))
    .map((lists) => lists.flat());
  return onChannel(ops, style);
}

function transaction(style: Style): Steps {
  const inner = fc.oneof(
    { weight: 3, arbitrary: amqp.publish(style) },
    { weight: 2, arbitrary: amqp.settle },
    { weight: 1, arbitrary: amqp.get },
  );
  const end = fc.constantFrom<AmqpOp['do']>('commit', 'commit', 'rollback', 'close channel');
  const ops = fc
    .tuple(several(inner, 1, 4), fc.option(end, { nil: undefined, freq: 5 }))
    .map(([list, last]): AmqpOp[] => [
      { do: 'transactions' },
      ...list,
      ...(last === undefined ? [] : [{ do: last } as AmqpOp]),
    ]);
  return onChannel(ops, style, fc.constant(2));
}

function stompTransaction(style: Style): Steps {
  const inner = fc.oneof(
    { weight: 3, arbitrary: stomp.send(stomp.destination, style, 't') },
    { weight: 1, arbitrary: stomp.settle('t') },
  );
  const end = fc
    .constantFrom('COMMIT' as const, 'COMMIT' as const, 'ABORT' as const)
    .chain((kind) => stomp.bound(kind, 't'));
  const ops = fc
    .tuple(stomp.bound('BEGIN', 't'), several(inner, 1, 3), fc.option(end, { nil: undefined, freq: 5 }))
    .map(([begin, list, last]) => [begin, ...list, ...(last ? [last] : [])]);
  return inSession(ops, style);
}

function confirmed(style: Style): Steps {
  const ops = several(amqp.publish(style), 1, 4).map((list): AmqpOp[] => [{ do: 'confirms' }, ...list]);
  return onChannel(ops, style, fc.constant(1));
}

/** Something goes wrong, and more stands behind it. */
function broken(style: Style): Steps {
  const ops = fc.tuple(
    several(amqp.publish(style), 0, 2),
    amqp.culprit(style),
    several(fc.oneof(amqp.publish(style), amqp.settle), 0, 3),
  );
  const stompOps = fc.tuple(
    several(stomp.send(stomp.destination, style), 0, 2),
    stomp.culprit,
    several(stomp.send(stomp.destination, style), 0, 2),
  );
  return fc.oneof(
    {
      weight: 2,
      arbitrary: onChannel(
        ops.map(([before, one, behind]) => [...before, one, ...behind]),
        style,
      ),
    },
    {
      weight: 1,
      arbitrary: inSession(
        stompOps.map(([before, one, behind]) => [...before, one, ...behind]),
        style,
      ),
    },
  );
}

/** A question with direct reply-to, and who answers it. */
function asking(style: Style): Steps {
  const asks = fc.tuple(queue, body, body).chain(([name, question, answer]) =>
    fc.tuple(
      onChannel(
        fc.constant<AmqpOp[]>([
          { do: 'consume', queue: 'reply', tag: 'r', noAck: true },
          { do: 'publish', exchange: '', key: name, body: question, properties: { replyTo: true } },
        ]),
        style,
      ),
      onChannel(
        nth.map((one): AmqpOp[] => [
          { do: 'get', queue: name, noAck: true },
          { do: 'reply', nth: one, body: answer },
        ]),
        style,
      ),
    ),
  );
  return asks.map(([question, answer]) => [...question, ...answer]);
}

/** The world goes on: bytes move, time passes, connections are cut, the server restarts. */
function world({ isConcurrent, isTimed }: Style): Steps {
  const moves: { weight: number; arbitrary: Arb<Step> }[] = [
    { weight: 8, arbitrary: fc.record({ read: anyClient, count: fc.constantFrom(1, 1, 2, 5) }) },
    { weight: 6, arbitrary: fc.record({ hear: anyClient }) },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ cut: anyClient, by: fc.constantFrom('client' as const, 'cut' as const) },
        ...{ unread: fc.boolean(), late: fc.boolean() },
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ notice: true }) },
  ];
  const step = fc.oneof(
    ...(isConcurrent ? moves : []),
    ...(isTimed ? [{ weight: 5, arbitrary: fc.record({ wait: fc.constantFrom(5, 10, 25) }) }] : []),
    { weight: 1, arbitrary: fc.constant<Step>({ restart: true }) },
    { weight: isConcurrent ? 2 : 1, arbitrary: fc.constant<Step>({ caughtUp: true }) },
  );
  return step.map((one) => [one]);
}

/** Two at a time: the steps of one fall between those of the other. */
function interleaved(scene: Steps): Steps {
  return fc.tuple(scene, scene, fc.infiniteStream(fc.boolean())).map(([one, other, turns]) => {
    const [first, second] = [[...one], [...other]];
    const steps: Step[] = [];
    while (first.length > 0 && second.length > 0) {
      steps.push((turns.next().value ? first : second).shift() as Step);
    }
    return [...steps, ...first, ...second];
  });
}

export function scenes(style: Style): Steps {
  const scene = fc.oneof(
    { weight: 6, arbitrary: amqpStep(amqp.anything(style), style).map((one) => [one]) },
    { weight: 3, arbitrary: stompStep(stomp.anything(style), style).map((one) => [one]) },
    { weight: 5, arbitrary: traffic(style) },
    { weight: 2, arbitrary: getting(style) },
    { weight: 1, arbitrary: transaction(style) },
    { weight: 1, arbitrary: stompTransaction(style) },
    { weight: 1, arbitrary: confirmed(style) },
    { weight: 1, arbitrary: broken(style) },
    { weight: 1, arbitrary: asking(style) },
    { weight: 2, arbitrary: atQueue(style) },
    { weight: 1, arbitrary: atExchanges(style) },
    { weight: 1, arbitrary: inTransactions(style) },
    { weight: style.isConcurrent ? 6 : 1, arbitrary: world(style) },
  );
  const one = fc.oneof({ weight: 5, arbitrary: scene }, { weight: 1, arbitrary: interleaved(scene) });
  return several(one, 1, 9).map((list) => list.flat());
}
