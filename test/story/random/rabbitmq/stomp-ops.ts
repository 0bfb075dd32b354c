/** Random things that STOMP clients do. */
import fc from 'fast-check';
import { type Arb, body, exchange, type Flavour, key, nth, queue, rarely, some } from './names.ts';
import type { StompOp } from './program.ts';

const { constant } = fc;
type Of<Kind extends StompOp['do']> = Extract<StompOp, { do: Kind }>;

function op<Kind extends StompOp['do']>(
  kind: Kind,
  fields: { [K in keyof Of<Kind>]?: Arb<Of<Kind>[K]> },
  optional: { [K in keyof Of<Kind>]?: Arb<Of<Kind>[K]> } = {},
): Arb<StompOp> {
  return fc
    .tuple(fc.record(fields as { [name: string]: Arb<unknown> }), some<object>(optional))
    .map(([given, more]) => ({ ...given, ...more, do: kind }) as StompOp);
}

export const destination: Arb<string> = fc.oneof(
  { weight: 6, arbitrary: queue.map((name) => `/queue/${name}`) },
  { weight: 3, arbitrary: queue.map((name) => `/amq/queue/${name}`) },
  { weight: 3, arbitrary: key.map((name) => `/topic/${name}`) },
  { weight: 3, arbitrary: fc.tuple(exchange, key).map(([name, by]) => `/exchange/${name}/${by}`) },
  { weight: 1, arbitrary: constant('/queue/s1') },
);

const receipt = fc.boolean();
const id = fc.constantFrom('1', '2');

/** `transaction` is the one that it belongs to, if it belongs to one. */
export function send(to: Arb<string>, { isTimed }: Flavour, transaction?: string): Arb<StompOp> {
  return op(
    'SEND',
    { destination: to, body, ...(transaction === undefined ? {} : { transaction: constant(transaction) }) },
    {
      persistent: fc.boolean(),
      receipt,
      replyTo: rarely,
      ...(isTimed ? { expiration: fc.constantFrom(10, 30) } : {}),
    },
  );
}

export function subscribe(to: Arb<string>): Arb<StompOp> {
  return op(
    'SUBSCRIBE',
    { id, destination: to },
    {
      ack: fc.constantFrom('client' as const, 'client-individual' as const),
      prefetch: fc.constantFrom(1, 2),
      durable: rarely,
      receipt,
    },
  );
}

export function settle(transaction?: string): Arb<StompOp> {
  const fields = { nth, ...(transaction === undefined ? {} : { transaction: constant(transaction) }) };
  return fc
    .constantFrom('ACK' as const, 'ACK' as const, 'NACK' as const)
    .chain((kind) => op(kind, fields, { receipt, ...(kind === 'NACK' ? { requeue: fc.boolean() } : {}) }));
}

export function bound(kind: 'BEGIN' | 'COMMIT' | 'ABORT', transaction: string): Arb<StompOp> {
  return op(kind, { transaction: constant(transaction) }, { receipt });
}

/** What a server refuses: some of it ends the session, some of it does not. */
export const culprit: Arb<StompOp> = fc.oneof(
  op('SEND', { destination: fc.constantFrom('/exchange/nowhere/k1', 'nonsense'), body }, { receipt }),
  op('SEND', { destination, body, transaction: constant('none') }, { receipt }),
  op('SUBSCRIBE', { id, destination: constant('/exchange/nowhere/k1') }, { receipt }),
  bound('COMMIT', 'none'),
);

export const unsubscribe: Arb<StompOp> = op('UNSUBSCRIBE', { id }, { durable: rarely, receipt });

export function anything(flavour: Flavour): Arb<StompOp> {
  return fc.oneof(
    { weight: 8, arbitrary: send(destination, flavour) },
    { weight: 4, arbitrary: subscribe(destination) },
    { weight: 4, arbitrary: settle() },
    { weight: 2, arbitrary: unsubscribe },
    { weight: 1, arbitrary: culprit },
    { weight: 1, arbitrary: op('DISCONNECT', {}, { receipt }) },
  );
}
