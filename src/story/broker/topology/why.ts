/** Why a message found no queue, told from the exchanges and bindings that were there when it was routed. */

import type { Statement } from '../../../core/statements/index.ts';
import { nearest } from '../../../core/text/suggest.ts';
import { type FieldTable, matches, plain } from '../../../protocols/amqp/index.ts';
import type { Publication } from '../messages/publication.ts';
import { during, type Span } from '../span.ts';
import type { Bound, SeenExchange } from './exchange.ts';
import { mayBeGone, type Route } from './route.ts';
import type { SeenTopology } from './topology.ts';

export interface Why {
  readonly reason: Statement;
  /** Whether it is sure that no queue got the message. */
  readonly certain: boolean;
}

/** `own` tells whether everything that happens at the broker is seen: else others may have declared and bound. */
export function whyNobody(
  { topology, own }: { readonly topology: SeenTopology; readonly own: boolean },
  { exchange: name, routingKey, headers }: Publication,
  { queues }: Route,
  span: Span,
): Why {
  if (name === '') {
    const near = nearest(routingKey, topology.queueNames(span));
    const values = { queue: routingKey, ...(near === undefined ? {} : { nearest: near }) };
    const reason: Statement = { code: 'UNROUTABLE_NO_QUEUE', values };
    return own ? { reason, certain: queues.size === 0 } : outOfSight('');
  }
  const exchange = topology.at(name, span);
  if (!exchange) return outOfSight(name);
  if (!own) return { reason: { code: 'OUT_OF_SIGHT_BINDINGS', values: { exchange: name } }, certain: false };
  const reason = whyNot(topology, exchange, routingKey, headers, span, new Set());
  // Which bindings were there when others bind and unbind at the same time, no answer tells.
  return { reason: reason ?? { code: 'UNROUTABLE_THEN', values: { exchange: name } }, certain: queues.size === 0 };
}

/**
 * The exchange at which the message's way ends: another one where a binding or an alternate exchange leads on. Undefined
 * where it is not sure which of them were there.
 */
function whyNot(
  topology: SeenTopology,
  exchange: SeenExchange,
  key: string,
  headers: FieldTable,
  span: Span,
  seen: Set<SeenExchange>,
): Statement | undefined {
  seen.add(exchange);
  const bound = topology.boundTo(exchange.name, span);
  const bindings = bound.filter((one) => mayHaveItsQueue(topology, one, span));
  // It goes with its last binding.
  if (exchange.autoDelete && bindings.length < bound.length) return undefined;
  if ([exchange, ...bindings].some((one) => during(one, span) === 'maybe')) return undefined;
  if (bindings.some((one) => mayHaveLostItsQueue(topology, one, span))) return undefined;
  const onward = bindings.find(
    (one) => one.destinationType === 'exchange' && matches(exchange.type, one, key, headers),
  );
  const nextName = onward?.destination ?? exchange.alternate;
  const next = nextName === undefined ? undefined : topology.at(nextName, span);
  if (next && !seen.has(next)) return whyNot(topology, next, key, headers, span, seen);
  // Some binding takes it, to where nothing follows.
  if (onward) return undefined;
  return noBindingOf(exchange, key, bindings);
}

/** A binding goes with its queue, whichever of the two was asked for first. */
function mayHaveItsQueue(topology: SeenTopology, { destinationType, destination }: Bound, span: Span): boolean {
  if (destinationType !== 'queue') return true;
  return topology.everNamed(destination).some((queue) => during(queue, span) !== 'no');
}

function mayHaveLostItsQueue(topology: SeenTopology, bound: Bound, span: Span): boolean {
  if (bound.destinationType !== 'queue') return false;
  return topology.everNamed(bound.destination).some((queue) => {
    const there = during(queue, span);
    return there === 'maybe' || (there === 'yes' && mayBeGone(queue, bound, topology.nowMs));
  });
}

function outOfSight(exchange: string): Why {
  return { reason: { code: 'OUT_OF_SIGHT_EXCHANGE', values: { exchange } }, certain: false };
}

function noBindingOf({ name, type }: SeenExchange, key: string, bindings: readonly Bound[]): Statement {
  if (bindings.length === 0) return { code: 'UNROUTABLE_NO_BINDING', values: { exchange: name, type } };
  if (type === 'headers') {
    const told = bindings.map((binding) => argumentsText(binding.arguments));
    return { code: 'UNROUTABLE_HEADERS', values: { exchange: name, bindings: [...new Set(told)] } };
  }
  const keys = bindings.map((binding) => binding.routingKey);
  return { code: 'UNROUTABLE_NO_MATCH', values: { exchange: name, type, key, bindings: [...new Set(keys)] } };
}

/**
 * The arguments of a headers binding: `all of type=pdf, size=3`. Those whose names begin with `x-` count only in the
 * modes all-with-x and any-with-x: `any of type=pdf (x-size=3 is not counted)`.
 */
export function argumentsText(table: FieldTable): string {
  const { 'x-match': mode = 'all', ...asked } = table;
  const isCounted = ([name]: [string, unknown]): boolean => String(mode).endsWith('-with-x') || !name.startsWith('x-');
  const [counted, others] = [true, false].map((is) =>
    pairsText(Object.fromEntries(Object.entries(asked).filter((one) => isCounted(one) === is))),
  );
  const all = `${String(mode).startsWith('any') ? 'any' : 'all'} of ${counted || 'nothing'}`;
  return others ? `${all} (${others} is not counted)` : all;
}

/** A table, as what asks for it or has it is told: `type=pdf, size=3`. */
export function pairsText(table: FieldTable): string {
  return Object.entries(table)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(', ');
}

/** Texts that read like a number or a boolean, which they don't match. */
const READS_OTHERWISE = /^(true|false|-?\d+(\.\d+)?)$/;

function valueText(value: FieldTable[string]): string {
  if (typeof value === 'string' && READS_OTHERWISE.test(value)) return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (value === undefined) return '';
  const bare = plain(value);
  const isTable = bare !== null && typeof bare === 'object' && !Buffer.isBuffer(bare);
  return isTable ? `{${pairsText(bare as FieldTable)}}` : String(bare);
}
