/** Random properties of messages, queues and exchanges. */
import fc from 'fast-check';
import { type Arb, type Flavour, QUEUES, rarely, some } from './names.ts';
import type { ExchangeTraits, Properties, QueueTraits } from './program.ts';

/** Longer than any program: it changes what is declared, and nothing happens by it. */
const NEVER_MS = 1_000_000;

export function properties({ isTimed }: Flavour): Arb<Properties> {
  const more = some<Properties>({
    persistent: fc.constant(true),
    priority: fc.constantFrom(0, 1, 2),
    ttl: isTimed ? fc.constantFrom(0, 10, 30) : fc.constant(NEVER_MS),
    header: fc.constantFrom('h1', 'h2'),
    cc: fc.constantFrom('k2', 'q2'),
    bcc: fc.constantFrom('k2', 'q2'),
  });
  return fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: more });
}

export function queueTraits({ isTimed }: Flavour): Arb<QueueTraits> {
  const common = {
    maxLength: fc.constantFrom(1, 2),
    single: fc.constant(true),
    ttl: isTimed ? fc.constantFrom(0, 10, 20) : fc.constant(NEVER_MS),
    dlx: fc.constantFrom('', 'x1', 'x2'),
    dlk: fc.constantFrom(...QUEUES),
  };
  const classic = some<QueueTraits>({
    ...common,
    autoDelete: rarely,
    exclusive: rarely,
    expires: isTimed ? fc.constantFrom(20, 40) : fc.constant(NEVER_MS),
    overflow: fc.constantFrom('drop-head', 'reject-publish', 'reject-publish-dlx'),
    maxPriority: fc.constantFrom(1, 2),
  });
  const quorum = some<QueueTraits>({
    ...common,
    deliveryLimit: fc.constantFrom(0, 1),
    overflow: fc.constantFrom('drop-head', 'reject-publish'),
  }).map((traits) => ({ quorum: true, ...traits }));
  const durable = (traits: QueueTraits): QueueTraits => ({ durable: true, ...traits });
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.constant<QueueTraits>({ durable: true }) },
      { weight: 1, arbitrary: fc.constant<QueueTraits>({}) },
      { weight: 4, arbitrary: classic.map(durable) },
      { weight: 1, arbitrary: classic },
      { weight: 2, arbitrary: quorum.map(durable) },
    )
    .map(valid);
}

/** A dead-letter key without an exchange is refused. */
function valid({ dlk, ...traits }: QueueTraits): QueueTraits {
  return traits.dlx === undefined || dlk === undefined ? traits : { ...traits, dlk };
}

export const exchangeTraits: Arb<ExchangeTraits> = fc
  .tuple(
    fc.constantFrom('direct' as const, 'fanout' as const, 'topic' as const, 'headers' as const),
    some<Omit<ExchangeTraits, 'type'>>({
      durable: fc.constant(true),
      autoDelete: rarely,
      alternate: fc.constantFrom('x1', 'x2'),
    }),
  )
  .map(([type, more]) => ({ type, ...more }));
