/** What a queue was declared as, as far as it decides what becomes of messages. https://www.rabbitmq.com/docs/queues */
import { type FieldTable, type FieldValue, plain } from '../../../protocols/amqp/index.ts';
import type { Rules } from './rules.ts';

export interface QueueTraits {
  /** It keeps what is read from it. */
  readonly isStream: boolean;
  /** The limit by which a stream drops what is old, in words. When it does follows from its files, which nobody sees. */
  readonly retention: string | undefined;
  readonly isQuorum: boolean;
  /** Of all its consumers one is given everything, and the others wait. */
  readonly isSingleActive: boolean;
  /** Of a quorum queue: whether it gives out some of high priority before others. */
  readonly hasHighPriority: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection with which it goes. */
  readonly exclusiveTo: number | undefined;
  readonly ttlMs: number | undefined;
  /** Unused for so long, in ms, it is deleted. */
  readonly expiresMs: number | undefined;
  readonly maxLength: number | undefined;
  readonly maxLengthBytes: number | undefined;
  /** What happens to a message that it has no room for; else its oldest goes. */
  readonly refuses: 'no' | 'yes' | 'and dead-letters';
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  readonly maxPriority: number;
  /** How often a message may be given back before it dies (quorum queues). */
  readonly deliveryLimit: number | undefined;
}

export interface DeclaredQueue {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly exclusiveTo: number | undefined;
  readonly arguments: FieldTable;
}

const REFUSALS: { readonly [overflow: string]: QueueTraits['refuses'] } = {
  'reject-publish': 'yes',
  'reject-publish-dlx': 'and dead-letters',
};

export function readTraits({ arguments: args, ...declared }: DeclaredQueue, rules: Rules): QueueTraits {
  const isQuorum = args['x-queue-type'] === 'quorum';
  const isStream = args['x-queue-type'] === 'stream';
  return {
    ...declared,
    isStream,
    retention: isStream ? retentionIn(args) : undefined,
    isQuorum,
    isSingleActive: args['x-single-active-consumer'] === true,
    hasHighPriority: isQuorum && rules.hasHighPriority,
    ttlMs: number(args['x-message-ttl']),
    expiresMs: number(args['x-expires']),
    maxLength: number(args['x-max-length']),
    maxLengthBytes: isStream ? undefined : number(args['x-max-length-bytes']),
    refuses: isBounded(args) ? (REFUSALS[String(args['x-overflow'])] ?? 'no') : 'no',
    deadLetterExchange: textIn(args['x-dead-letter-exchange']),
    deadLetterRoutingKey: textIn(args['x-dead-letter-routing-key']),
    maxPriority: number(args['x-max-priority']) ?? 0,
    deliveryLimit: isQuorum ? limitIn(args, rules) : undefined,
  };
}

/** Where there is a limit by default, a negative number asks for none. */
function limitIn(args: FieldTable, rules: Rules): number | undefined {
  const declared = number(args['x-delivery-limit']) ?? rules.deliveryLimit;
  const isNone = declared === undefined || (declared < 0 && rules.deliveryLimit !== undefined);
  return isNone ? undefined : declared;
}

function retentionIn(args: FieldTable): string | undefined {
  const limits = ['x-max-length-bytes', 'x-max-age'].filter((name) => args[name] !== undefined);
  return limits.length > 0 ? limits.map((name) => `${name} ${plain(args[name] ?? '')}`).join(', ') : undefined;
}

function isBounded(args: FieldTable): boolean {
  return args['x-max-length'] !== undefined || args['x-max-length-bytes'] !== undefined;
}

/** The limit of a queue that is full, in words. */
export function limitText({ maxLength, maxLengthBytes }: QueueTraits): string {
  return maxLength === undefined ? `x-max-length-bytes ${maxLengthBytes}` : `x-max-length ${maxLength}`;
}

function number(value: FieldValue | undefined): number | undefined {
  const bare = value === undefined ? undefined : plain(value);
  return typeof bare === 'number' || typeof bare === 'bigint' ? Number(bare) : undefined;
}

function textIn(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * For how many ms a message may wait there; `ttlMs` is the message's own limit. A stream keeps what it has, whatever a
 * message asks for. https://www.rabbitmq.com/docs/streams#feature-comparison
 */
export function lifetimeIn(traits: QueueTraits, ttlMs: number | undefined): number {
  if (traits.isStream) return Number.POSITIVE_INFINITY;
  return Math.min(traits.ttlMs ?? Number.POSITIVE_INFINITY, ttlMs ?? Number.POSITIVE_INFINITY);
}

/** Whether it writes every message to disk, whatever its delivery mode: then all of them survive a restart. */
export function persistsAll({ isQuorum, isStream }: QueueTraits): boolean {
  return isQuorum || isStream;
}

/** Whether a queue may be declared again as this. */
export function isEquivalent(one: DeclaredQueue, other: DeclaredQueue): boolean {
  const { durable, autoDelete, exclusiveTo } = one;
  if (durable !== other.durable || autoDelete !== other.autoDelete || exclusiveTo !== other.exclusiveTo) return false;
  const names = [...Object.keys(one.arguments), ...Object.keys(other.arguments)].filter((name) =>
    name.startsWith('x-'),
  );
  return names.every((name) => text(one.arguments, name) === text(other.arguments, name));
}

/** An empty text is another argument than none. */
function text(args: FieldTable, name: string): string | undefined {
  const value = args[name];
  return value === undefined ? undefined : String(plain(value));
}
