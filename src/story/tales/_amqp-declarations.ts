/** What a declaration changes in the topology, once the server has agreed to it. */
import type { AmqpValue, Binding, ExchangeType } from '../../protocols/amqp/index.ts';
import type { Topology } from '../topology.ts';

export function applyDeclaration(topology: Topology, value: AmqpValue): void {
  switch (value.method) {
    case 'exchange.declare': {
      const { exchange: name, type, passive } = value.args;
      const alternate = value.args.arguments['alternate-exchange'];
      if (passive || !isExchangeType(type)) return;
      return topology.addExchange({ name, type, alternate: typeof alternate === 'string' ? alternate : undefined });
    }
    case 'exchange.delete':
      return topology.removeExchange(value.args.exchange);
    case 'exchange.bind':
    case 'exchange.unbind': {
      const { source, destination, routingKey, arguments: args } = value.args;
      const binding: Binding = {
        exchange: source,
        destination,
        destinationType: 'exchange',
        routingKey,
        arguments: args,
      };
      return value.method === 'exchange.bind' ? topology.bind(binding) : topology.unbind(binding);
    }
    case 'queue.bind':
    case 'queue.unbind': {
      const { exchange, queue, routingKey, arguments: args } = value.args;
      const binding: Binding = {
        exchange,
        destination: queue,
        destinationType: 'queue',
        routingKey,
        arguments: args,
      };
      return value.method === 'queue.bind' ? topology.bind(binding) : topology.unbind(binding);
    }
  }
}

function isExchangeType(type: string): type is ExchangeType {
  return type === 'direct' || type === 'fanout' || type === 'topic' || type === 'headers';
}
