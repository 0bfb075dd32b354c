/** Random things that AMQP clients do. */
import fc from 'fast-check';
import {
  type Arb,
  anyQueue,
  body,
  exchange,
  type Flavour,
  key,
  nth,
  pattern,
  queue,
  rarely,
  some,
  tag,
} from './names.ts';
import type { AmqpOp } from './program.ts';
import { exchangeTraits, properties, queueTraits } from './traits.ts';

const { constant } = fc;
type Of<Kind extends AmqpOp['do']> = Extract<AmqpOp, { do: Kind }>;

/** What must be there, and what may be. */
export function op<Kind extends AmqpOp['do']>(
  kind: Kind,
  fields: { [K in keyof Of<Kind>]?: Arb<Of<Kind>[K]> } = {},
  optional: { [K in keyof Of<Kind>]?: Arb<Of<Kind>[K]> } = {},
): Arb<AmqpOp> {
  return fc
    .tuple(fc.record(fields as { [name: string]: Arb<unknown> }), some<object>(optional))
    .map(([given, more]) => ({ ...given, ...more, do: kind }) as AmqpOp);
}

const noWait = rarely;
const mandatory = rarely;

export function publish(flavour: Flavour): Arb<AmqpOp> {
  const traits = properties(flavour);
  return fc.oneof(
    { weight: 5, arbitrary: publishTo(queue, flavour) },
    { weight: 1, arbitrary: publishTo(anyQueue, flavour) },
    {
      weight: 5,
      arbitrary: op('publish', { exchange, key, body, properties: traits }, { mandatory }),
    },
  );
}

export function publishTo(name: Arb<string>, flavour: Flavour): Arb<AmqpOp> {
  return op('publish', { exchange: constant(''), key: name, body, properties: properties(flavour) }, { mandatory });
}

export const settle: Arb<AmqpOp> = fc
  .constantFrom('ack' as const, 'ack' as const, 'reject' as const, 'requeue' as const)
  .chain((kind) => op(kind, { nth }, { multiple: fc.boolean() }));

export const get: Arb<AmqpOp> = op('get', { queue }, { noAck: fc.boolean() });

export const cancel: Arb<AmqpOp> = op('cancel', { tag }, { noWait });

export const qos: Arb<AmqpOp> = op('qos', { count: fc.constantFrom(1, 2, 0) }, { global: rarely });

/** It comes back where no queue takes it. */
export function publishBack(flavour: Flavour): Arb<AmqpOp> {
  return op('publish', { exchange, key, body, properties: properties(flavour), mandatory: constant(true) });
}

export function consume(name: Arb<string>): Arb<AmqpOp> {
  const more = { noAck: rarely, exclusive: rarely, priority: fc.constantFrom(1, 2), noWait };
  return op('consume', { queue: name, tag }, more);
}

/** What a server refuses, so that the channel ends. */
export function culprit(flavour: Flavour): Arb<AmqpOp> {
  return fc.oneof(
    op('publish', { exchange: constant('nowhere'), key, body, properties: constant({}) }),
    op('ack', { nth: constant(-1) }),
    op('declare', { queue, traits: queueTraits(flavour) }, { noWait }),
    op('get', { queue: constant('missing') }),
  );
}

/** What changes where messages go. */
const header = fc.constantFrom('h1', 'h2');
const bind: Arb<AmqpOp> = op('bind', { exchange, queue, key: pattern }, { header, noWait });
export const topology: readonly Arb<AmqpOp>[] = [
  op('declare exchange', { exchange, traits: exchangeTraits }, { noWait }),
  op('delete exchange', { exchange }, { ifUnused: rarely, noWait }),
  ...[bind, bind, bind],
  op('unbind', { exchange, queue, key: pattern }),
  op('bind exchange', { exchange, to: exchange, key: pattern }, { noWait }),
  op('unbind exchange', { exchange, to: exchange, key: pattern }, { noWait }),
];

export function anything(flavour: Flavour): Arb<AmqpOp> {
  const traits = queueTraits(flavour);
  return fc.oneof(
    { weight: 8, arbitrary: publish(flavour) },
    { weight: 3, arbitrary: get },
    { weight: 3, arbitrary: consume(queue) },
    { weight: 1, arbitrary: consume(anyQueue) },
    { weight: 5, arbitrary: settle },
    { weight: 1, arbitrary: culprit(flavour) },
    { weight: 2, arbitrary: cancel },
    { weight: 2, arbitrary: qos },
    { weight: 2, arbitrary: op('purge', { queue }, { noWait }) },
    { weight: 1, arbitrary: op('delete', { queue: anyQueue }, { ifUnused: rarely, ifEmpty: rarely, noWait }) },
    { weight: 2, arbitrary: op('declare', { queue: anyQueue, traits }, { passive: rarely, noWait }) },
    ...topology.map((arbitrary) => ({ weight: 1, arbitrary })),
    { weight: 1, arbitrary: op('confirms') },
    { weight: 1, arbitrary: op('recover') },
    { weight: 1, arbitrary: op('close channel') },
    { weight: 1, arbitrary: op('close') },
  );
}
