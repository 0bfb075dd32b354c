/**
 * Every method of AMQP 0-9-1 and of RabbitMQ's extensions to it, as data. Encoders, decoders and types all come from
 * this one table. https://www.rabbitmq.com/resources/specs/amqp0-9-1.extended.xml
 */
import type { FieldTable } from './table.ts';

/** How an argument is laid out on the wire (AMQP 0-9-1 §4.2.5). `bytes` is a longstr that is not text. */
interface WireTypes {
  bit: boolean;
  octet: number;
  short: number;
  long: number;
  longlong: number;
  shortstr: string;
  longstr: string;
  bytes: Buffer;
  table: FieldTable;
}
export type WireType = keyof WireTypes;
type Fields = { readonly [argument: string]: WireType };

interface Row<F extends Fields> {
  readonly classId: number;
  readonly methodId: number;
  readonly fields: F;
}

function row<const F extends Fields>(classId: number, methodId: number, fields: F): Row<F> {
  return { classId, methodId, fields };
}

export const METHODS = {
  'connection.start': row(10, 10, {
    versionMajor: 'octet',
    versionMinor: 'octet',
    serverProperties: 'table',
    mechanisms: 'longstr',
    locales: 'longstr',
  }),
  'connection.start-ok': row(10, 11, {
    clientProperties: 'table',
    mechanism: 'shortstr',
    response: 'bytes',
    locale: 'shortstr',
  }),
  'connection.secure': row(10, 20, { challenge: 'bytes' }),
  'connection.secure-ok': row(10, 21, { response: 'bytes' }),
  'connection.tune': row(10, 30, { channelMax: 'short', frameMax: 'long', heartbeat: 'short' }),
  'connection.tune-ok': row(10, 31, { channelMax: 'short', frameMax: 'long', heartbeat: 'short' }),
  'connection.open': row(10, 40, { virtualHost: 'shortstr', capabilities: 'shortstr', insist: 'bit' }),
  'connection.open-ok': row(10, 41, { knownHosts: 'shortstr' }),
  'connection.close': row(10, 50, { replyCode: 'short', replyText: 'shortstr', classId: 'short', methodId: 'short' }),
  'connection.close-ok': row(10, 51, {}),
  'connection.blocked': row(10, 60, { reason: 'shortstr' }),
  'connection.unblocked': row(10, 61, {}),
  'connection.update-secret': row(10, 70, { newSecret: 'bytes', reason: 'shortstr' }),
  'connection.update-secret-ok': row(10, 71, {}),

  'channel.open': row(20, 10, { outOfBand: 'shortstr' }),
  'channel.open-ok': row(20, 11, { channelId: 'longstr' }),
  'channel.flow': row(20, 20, { active: 'bit' }),
  'channel.flow-ok': row(20, 21, { active: 'bit' }),
  'channel.close': row(20, 40, { replyCode: 'short', replyText: 'shortstr', classId: 'short', methodId: 'short' }),
  'channel.close-ok': row(20, 41, {}),

  'access.request': row(30, 10, {
    realm: 'shortstr',
    exclusive: 'bit',
    passive: 'bit',
    active: 'bit',
    write: 'bit',
    read: 'bit',
  }),
  'access.request-ok': row(30, 11, { ticket: 'short' }),

  'exchange.declare': row(40, 10, {
    ticket: 'short',
    exchange: 'shortstr',
    type: 'shortstr',
    passive: 'bit',
    durable: 'bit',
    autoDelete: 'bit',
    internal: 'bit',
    noWait: 'bit',
    arguments: 'table',
  }),
  'exchange.declare-ok': row(40, 11, {}),
  'exchange.delete': row(40, 20, { ticket: 'short', exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' }),
  'exchange.delete-ok': row(40, 21, {}),
  'exchange.bind': row(40, 30, {
    ticket: 'short',
    destination: 'shortstr',
    source: 'shortstr',
    routingKey: 'shortstr',
    noWait: 'bit',
    arguments: 'table',
  }),
  'exchange.bind-ok': row(40, 31, {}),
  'exchange.unbind': row(40, 40, {
    ticket: 'short',
    destination: 'shortstr',
    source: 'shortstr',
    routingKey: 'shortstr',
    noWait: 'bit',
    arguments: 'table',
  }),
  'exchange.unbind-ok': row(40, 51, {}),

  'queue.declare': row(50, 10, {
    ticket: 'short',
    queue: 'shortstr',
    passive: 'bit',
    durable: 'bit',
    exclusive: 'bit',
    autoDelete: 'bit',
    noWait: 'bit',
    arguments: 'table',
  }),
  'queue.declare-ok': row(50, 11, { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' }),
  'queue.bind': row(50, 20, {
    ticket: 'short',
    queue: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    noWait: 'bit',
    arguments: 'table',
  }),
  'queue.bind-ok': row(50, 21, {}),
  'queue.purge': row(50, 30, { ticket: 'short', queue: 'shortstr', noWait: 'bit' }),
  'queue.purge-ok': row(50, 31, { messageCount: 'long' }),
  'queue.delete': row(50, 40, { ticket: 'short', queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' }),
  'queue.delete-ok': row(50, 41, { messageCount: 'long' }),
  'queue.unbind': row(50, 50, {
    ticket: 'short',
    queue: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    arguments: 'table',
  }),
  'queue.unbind-ok': row(50, 51, {}),

  'basic.qos': row(60, 10, { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' }),
  'basic.qos-ok': row(60, 11, {}),
  'basic.consume': row(60, 20, {
    ticket: 'short',
    queue: 'shortstr',
    consumerTag: 'shortstr',
    noLocal: 'bit',
    noAck: 'bit',
    exclusive: 'bit',
    noWait: 'bit',
    arguments: 'table',
  }),
  'basic.consume-ok': row(60, 21, { consumerTag: 'shortstr' }),
  'basic.cancel': row(60, 30, { consumerTag: 'shortstr', noWait: 'bit' }),
  'basic.cancel-ok': row(60, 31, { consumerTag: 'shortstr' }),
  'basic.publish': row(60, 40, {
    ticket: 'short',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    mandatory: 'bit',
    immediate: 'bit',
  }),
  'basic.return': row(60, 50, {
    replyCode: 'short',
    replyText: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
  }),
  'basic.deliver': row(60, 60, {
    consumerTag: 'shortstr',
    deliveryTag: 'longlong',
    redelivered: 'bit',
    exchange: 'shortstr',
    routingKey: 'shortstr',
  }),
  'basic.get': row(60, 70, { ticket: 'short', queue: 'shortstr', noAck: 'bit' }),
  'basic.get-ok': row(60, 71, {
    deliveryTag: 'longlong',
    redelivered: 'bit',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    messageCount: 'long',
  }),
  'basic.get-empty': row(60, 72, { clusterId: 'shortstr' }),
  'basic.ack': row(60, 80, { deliveryTag: 'longlong', multiple: 'bit' }),
  'basic.reject': row(60, 90, { deliveryTag: 'longlong', requeue: 'bit' }),
  'basic.recover-async': row(60, 100, { requeue: 'bit' }),
  'basic.recover': row(60, 110, { requeue: 'bit' }),
  'basic.recover-ok': row(60, 111, {}),
  'basic.nack': row(60, 120, { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' }),

  'confirm.select': row(85, 10, { noWait: 'bit' }),
  'confirm.select-ok': row(85, 11, {}),

  'tx.select': row(90, 10, {}),
  'tx.select-ok': row(90, 11, {}),
  'tx.commit': row(90, 20, {}),
  'tx.commit-ok': row(90, 21, {}),
  'tx.rollback': row(90, 30, {}),
  'tx.rollback-ok': row(90, 31, {}),
};

/** A method as the specification writes it: `basic.publish`. */
export type AmqpMethodName = keyof typeof METHODS;

type ArgsOf<R> = R extends Row<infer F> ? { -readonly [A in keyof F]: WireTypes[F[A]] } : never;

/**
 * The arguments of each method. Delivery tags are told as numbers, exact up to 2^53. When encoding, a missing
 * argument is sent as its type's zero.
 */
export type AmqpArgs = { [M in AmqpMethodName]: ArgsOf<(typeof METHODS)[M]> };

/** The methods that carry content: a header frame and body frames follow them. */
export const CONTENT_METHODS = ['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok'] as const;
export type ContentMethodName = (typeof CONTENT_METHODS)[number];

const contentMethods: ReadonlySet<string> = new Set(CONTENT_METHODS);

export function carriesContent(method: AmqpMethodName): method is ContentMethodName {
  return contentMethods.has(method);
}

/** The methods whose decoded arguments may point into the bytes they were decoded from. */
const aliasing: ReadonlySet<string> = new Set(
  Object.entries(METHODS)
    .filter(([, { fields }]) => Object.values(fields).some((type) => type === 'table' || type === 'bytes'))
    .map(([name]) => name),
);

export function argumentsAlias(method: AmqpMethodName): boolean {
  return aliasing.has(method);
}

const namesById = new Map(
  Object.entries(METHODS).map(([name, { classId, methodId }]) => [(classId << 16) | methodId, name as AmqpMethodName]),
);

/** The method with this id (class in the upper 16 bits, method in the lower), if there is one. */
export function methodById(id: number): AmqpMethodName | undefined {
  return namesById.get(id);
}

/** Class in the upper 16 bits, method in the lower: the first four bytes of a method frame's payload. */
export function methodId(name: AmqpMethodName): number {
  const { classId, methodId } = METHODS[name];
  return (classId << 16) | methodId;
}
