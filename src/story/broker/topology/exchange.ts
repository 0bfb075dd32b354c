/** Exchanges and bindings as the wire shows them, each with when it came and when it went. */
import type { Binding, ExchangeType, FieldTable } from '../../../protocols/amqp/index.ts';
import type { Lasting, Span } from '../span.ts';

export interface SeenExchange extends Lasting {
  made: Span;
  readonly alsoMade: Map<Span, unknown>;
  readonly mayEnd: Set<Span>;
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** Where a message goes that no binding takes (argument `alternate-exchange`). */
  readonly alternate: string | undefined;
}

export interface Bound extends Lasting, Omit<Binding, 'destination'> {
  made: Span;
  readonly alsoMade: Map<Span, unknown>;
  destination: string;
}

export function isSame(one: Binding, other: Binding): boolean {
  return (
    one.exchange === other.exchange &&
    one.destination === other.destination &&
    one.destinationType === other.destinationType &&
    one.routingKey === other.routingKey &&
    tableText(one.arguments) === tableText(other.arguments)
  );
}

function tableText(table: FieldTable): string {
  return JSON.stringify(table, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}
