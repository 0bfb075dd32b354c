/** Bindings that AMQP clients ask for or end. */
import type { Statement } from '../../core/statements/index.ts';
import type { AmqpValue, Binding } from '../../protocols/amqp/index.ts';
import type { SeenBroker } from '../broker/broker.ts';
import * as declare from '../broker/channels/declare.ts';
import * as remove from '../broker/channels/remove.ts';
import { during, type Span } from '../broker/span.ts';
import { isSame } from '../broker/topology/exchange.ts';
import { argumentsText } from '../broker/topology/why.ts';
import type { SeenFrame } from '../teller.ts';
import { type AmqpChannel, toldWhenDone } from './_amqp-channel.ts';

type BindValue = Extract<AmqpValue, { method: 'queue.bind' | 'queue.unbind' | 'exchange.bind' | 'exchange.unbind' }>;

export function bindOrUnbind(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, value: BindValue): void {
  const binding = bindingOf(value, channel.lastQueue);
  const isBind = value.method === 'queue.bind' || value.method === 'exchange.bind';
  const before = broker.topology.bindingsOf(binding.exchange).find((one) => isSame(one, binding));
  const asked = (isBind ? declare.bind : remove.unbind)(broker, seen, channel, value.method, binding);
  const noWait = value.method !== 'queue.unbind' && value.args.noWait;
  const tell = (): void => {
    // Others may have bound or unbound it on a server that they use, too.
    if (isBind) {
      const isThere = broker.own && before !== undefined && during(before, asked.span) === 'yes';
      return broker.ledger.note(seen, boundNote(broker, binding, asked.span, isThere));
    }
    const wasThere = broker.topology.boundTo(binding.exchange, asked.span).some((one) => isSame(one, binding));
    broker.ledger.note(seen, unboundNote(broker, binding, asked.span, broker.own && !wasThere));
  };
  channel.ask(noWait ? toldWhenDone(asked, tell) : asked, noWait, tell);
}

function boundNote(broker: SeenBroker, binding: Binding, span: Span, isThere: boolean): Statement {
  const { destination } = binding;
  const values = { ...valuesOf(broker, binding, span), ...(isThere && { already: true as const }) };
  return binding.destinationType === 'exchange'
    ? { code: 'EXCHANGE_BOUND', values: { destination, ...values } }
    : { code: 'QUEUE_BOUND', values: { queue: destination, ...values } };
}

function unboundNote(broker: SeenBroker, binding: Binding, span: Span, isAbsent: boolean): Statement {
  const { destination } = binding;
  const values = { ...valuesOf(broker, binding, span), ...(isAbsent && { absent: true as const }) };
  return binding.destinationType === 'exchange'
    ? { code: 'EXCHANGE_UNBOUND', values: { destination, ...values } }
    : { code: 'QUEUE_UNBOUND', values: { queue: destination, ...values } };
}

function valuesOf({ topology }: SeenBroker, { exchange, routingKey: key, arguments: args }: Binding, span: Span) {
  const type = topology.at(exchange, span)?.type;
  return { exchange, key, ...(type && { type }), ...(type === 'headers' && { match: argumentsText(args) }) };
}

function bindingOf(value: BindValue, lastQueue: string): Binding {
  const { routingKey, arguments: args } = value.args;
  if (value.method === 'queue.bind' || value.method === 'queue.unbind') {
    const { exchange, queue } = value.args;
    const destination = queue || lastQueue;
    // Where neither is given, both are the queue that was declared last. AMQP 0-9-1 §1.7.2.3 (queue.bind, routing-key)
    const key = queue === '' && routingKey === '' ? lastQueue : routingKey;
    return { exchange, destination, destinationType: 'queue', routingKey: key, arguments: args };
  }
  const { source, destination } = value.args;
  return { exchange: source, destination, destinationType: 'exchange', routingKey, arguments: args };
}
