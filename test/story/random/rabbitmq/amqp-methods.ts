/** What the operations of AMQP clients are on the wire. */
import {
  type AmqpArgs,
  type AmqpMethodName,
  type AmqpProperties,
  type FieldTable,
  Typed,
} from '../../../../src/protocols/amqp/index.ts';
import type { AmqpOp, ExchangeTraits, Properties, QueueTraits } from './program.ts';

/** A method and its arguments. */
type Call = { [M in AmqpMethodName]: [method: M, args: Partial<AmqpArgs[M]>] }[AmqpMethodName];

type Of<Kind extends AmqpOp['do']> = Extract<AmqpOp, { do: Kind }>;

const GOODBYE = { replyCode: 200, replyText: 'bye' };

/** The method that asks for it; `queue` is the name on the wire of the one that it names. What carries a message or a tag is not asked so. */
export function methodOf(op: AmqpOp, queue: string): Call {
  const noWait = 'noWait' in op && op.noWait === true;
  switch (op.do) {
    case 'declare':
      return declareQueue(op, queue, noWait);
    case 'delete':
      return ['queue.delete', { queue, ifUnused: op.ifUnused ?? false, ifEmpty: op.ifEmpty ?? false, noWait }];
    case 'purge':
      return ['queue.purge', { queue, noWait }];
    case 'declare exchange':
      return declareExchange(op, noWait);
    case 'delete exchange':
      return ['exchange.delete', { exchange: op.exchange, ifUnused: op.ifUnused ?? false, noWait }];
    case 'bind':
    case 'unbind': {
      const args = { queue, exchange: op.exchange, routingKey: op.key, arguments: matching(op.header) };
      return op.do === 'bind' ? ['queue.bind', { ...args, noWait }] : ['queue.unbind', args];
    }
    case 'bind exchange':
    case 'unbind exchange': {
      const args = { destination: op.to, source: op.exchange, routingKey: op.key, noWait };
      return op.do === 'bind exchange' ? ['exchange.bind', args] : ['exchange.unbind', args];
    }
    case 'consume':
      return consume(op, queue, noWait);
    case 'cancel':
      return ['basic.cancel', { consumerTag: op.tag, noWait }];
    case 'get':
      return ['basic.get', { queue, noAck: op.noAck ?? false }];
    case 'qos':
      return ['basic.qos', { prefetchCount: op.count, global: op.global ?? false }];
    case 'recover':
      return ['basic.recover', { requeue: true }];
    case 'confirms':
      return ['confirm.select', {}];
    case 'transactions':
      return ['tx.select', {}];
    case 'commit':
      return ['tx.commit', {}];
    case 'rollback':
      return ['tx.rollback', {}];
    case 'close channel':
      return ['channel.close', GOODBYE];
    case 'close':
      return ['connection.close', GOODBYE];
    default:
      throw new TypeError(`${op.do} is no mere method`);
  }
}

function declareQueue({ queue: given, traits, passive = false }: Of<'declare'>, queue: string, noWait: boolean): Call {
  const { durable = false, exclusive = false, autoDelete = false } = traits;
  const args = { passive, durable, exclusive, autoDelete, arguments: queueArguments(traits), noWait };
  // The server is to name it.
  return ['queue.declare', { queue: given === 'named' ? '' : queue, ...args }];
}

function declareExchange({ exchange, traits }: Of<'declare exchange'>, noWait: boolean): Call {
  const { type, durable = false, autoDelete = false } = traits;
  return ['exchange.declare', { exchange, type, durable, autoDelete, arguments: exchangeArguments(traits), noWait }];
}

/** Direct replies are consumed without acks. */
function consume(op: Of<'consume'>, queue: string, noWait: boolean): Call {
  const { tag: consumerTag, noAck = false, exclusive = false, priority } = op;
  const args: FieldTable = priority === undefined ? {} : { 'x-priority': new Typed('signedint', priority) };
  const common = { queue, consumerTag, exclusive, arguments: args, noWait };
  return ['basic.consume', { ...common, noAck: noAck || op.queue === 'reply' }];
}

/** The properties of a message. */
export function propertiesOf({ persistent, priority, ttl, header, cc, bcc, replyTo }: Properties): AmqpProperties {
  const headers: FieldTable = {
    ...(header === undefined ? undefined : { h: header }),
    ...(cc === undefined ? undefined : { CC: [cc] }),
    ...(bcc === undefined ? undefined : { BCC: [bcc] }),
  };
  return {
    ...(Object.keys(headers).length > 0 ? { headers } : undefined),
    ...(persistent ? { deliveryMode: 2 } : undefined),
    ...(priority === undefined ? undefined : { priority }),
    ...(ttl === undefined ? undefined : { expiration: String(ttl) }),
    ...(replyTo ? { replyTo: 'amq.rabbitmq.reply-to' } : undefined),
  };
}

function matching(header: string | undefined): FieldTable {
  return header === undefined ? {} : { 'x-match': 'all', h: header };
}

function queueArguments(traits: QueueTraits): FieldTable {
  const number = (value: number | undefined): Typed | undefined =>
    value === undefined ? undefined : new Typed('signedint', value);
  const args: { [name: string]: FieldTable[string] | undefined } = {
    'x-queue-type': traits.quorum ? 'quorum' : undefined,
    'x-delivery-limit': number(traits.deliveryLimit),
    'x-message-ttl': number(traits.ttl),
    'x-expires': number(traits.expires),
    'x-max-length': number(traits.maxLength),
    'x-overflow': traits.overflow,
    'x-max-priority': number(traits.maxPriority),
    'x-single-active-consumer': traits.single ? true : undefined,
    'x-dead-letter-exchange': traits.dlx,
    'x-dead-letter-routing-key': traits.dlk,
  };
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as FieldTable;
}

function exchangeArguments({ alternate }: ExchangeTraits): FieldTable {
  return alternate === undefined ? {} : { 'alternate-exchange': alternate };
}
