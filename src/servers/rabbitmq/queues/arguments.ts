/** The arguments of queue.declare: which a type of queue knows, and what may stand in them. */
import { type FieldTable, type FieldValue, fieldType } from '../../../protocols/amqp/table.ts';
import { notImplemented, preconditionFailed } from '../refusal.ts';
import { bare, isInteger, term } from '../terms.ts';

export type QueueType = 'classic' | 'quorum';
export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** What the arguments of a queue say, read once. */
export interface QueueOptions {
  readonly type: QueueType;
  readonly ttlMs: number | undefined;
  /** Unused for so long, in ms, the queue is deleted. */
  readonly expiresMs: number | undefined;
  readonly maxLength: number | undefined;
  readonly maxLengthBytes: number | undefined;
  readonly overflow: Overflow;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  readonly maxPriority: number;
  readonly isSingleActive: boolean;
  /** How often a message may come back before it is dead-lettered (quorum queues). */
  readonly deliveryLimit: number | undefined;
}

const COMMON = [
  'x-expires',
  'x-message-ttl',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow',
  'x-single-active-consumer',
  'x-queue-type',
];
/** The arguments that each type knows: those are checked, and compared when a queue is declared again. */
export const ARGUMENTS: Record<QueueType, readonly string[]> = {
  classic: [...COMMON, 'x-max-priority', 'x-queue-mode', 'x-queue-version', 'x-queue-master-locator'],
  quorum: [
    ...COMMON,
    'x-dead-letter-strategy',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
    'x-queue-leader-locator',
  ],
};
const STREAM_ONLY = ['x-max-age', 'x-stream-max-segment-size-bytes', 'x-initial-cluster-size'];

/** An error as `~p` prints it, or nothing. */
type Check = (value: FieldValue, args: FieldTable) => string | undefined;

const unacceptable = (value: FieldValue) => `{unacceptable_type,${fieldType(value)}}`;
const integer: Check = (value) => (isInteger(value) ? undefined : `"expected integer, got ${fieldType(value)}"`);
const notNegative: Check = (value, args) =>
  integer(value, args) ?? (number(value) < 0 ? `{value_negative,${term(value)}}` : undefined);
const duration: Check = (value, args) =>
  notNegative(value, args) ?? (number(value) > 315_360_000_000 ? `{value_too_large,${term(value)}}` : undefined);
const positive =
  (check: Check): Check =>
  (value, args) =>
    integer(value, args) ?? (number(value) === 0 ? `{value_zero,${term(value)}}` : check(value, args));
const oneOf =
  (values: readonly string[], error: (value: string) => string): Check =>
  (value) => {
    if (typeof value !== 'string') return unacceptable(value);
    return values.includes(value) ? undefined : error(value);
  };
const text: Check = (value) => (typeof value === 'string' ? undefined : unacceptable(value));

/** In the order in which RabbitMQ checks them. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ['x-expires', positive(duration)],
  ['x-message-ttl', duration],
  ['x-dead-letter-exchange', text],
  [
    'x-dead-letter-routing-key',
    (value, args) =>
      text(value, args) ??
      (args['x-dead-letter-exchange'] === undefined ? 'routing_key_but_no_dlx_defined' : undefined),
  ],
  ['x-dead-letter-strategy', oneOf(['at-most-once', 'at-least-once'], () => 'invalid_dlx_strategy')],
  ['x-max-length', notNegative],
  ['x-max-length-bytes', notNegative],
  ['x-max-in-memory-length', notNegative],
  ['x-max-in-memory-bytes', notNegative],
  [
    'x-max-priority',
    (value, args) =>
      notNegative(value, args) ?? (number(value) > 255 ? `{max_value_exceeded,${term(value)}}` : undefined),
  ],
  ['x-overflow', oneOf(['drop-head', 'reject-publish', 'reject-publish-dlx'], () => 'invalid_overflow')],
  ['x-queue-mode', oneOf(['default', 'lazy'], (value) => `"unsupported queue mode '${value}'"`)],
  [
    'x-queue-version',
    (value, args) =>
      notNegative(value, args) ??
      ([1, 2].includes(number(value)) ? undefined : `"unsupported queue version '${term(value)}'"`),
  ],
  ['x-single-active-consumer', (value) => (typeof value === 'boolean' ? undefined : unacceptable(value))],
  ['x-quorum-initial-group-size', positive(notNegative)],
  [
    'x-queue-leader-locator',
    oneOf(['client-local', 'balanced', 'random', 'least-leaders'], () => 'invalid_queue_locator_arg'),
  ],
];

const queueType: Check = oneOf(['classic', 'quorum', 'stream'], (value) => `"unsupported queue type '${value}'"`);

/** Checks the arguments of a queue that is about to be made, and reads them. `name` is how texts call it. */
export function readQueueArguments(name: string, args: FieldTable): QueueOptions {
  check('x-queue-type', queueType, name, args);
  const type = args['x-queue-type'] ?? 'classic';
  if (type === 'stream') throw notImplemented(`streams are not part of the embedded RabbitMQ: ${name}`);
  const known = ARGUMENTS[type as QueueType];
  for (const [key, rule] of CHECKS) if (known.includes(key)) check(key, rule, name, args);
  const others = [...ARGUMENTS.classic, ...ARGUMENTS.quorum, ...STREAM_ONLY].filter((key) => !known.includes(key));
  for (const key of Object.keys(args)) {
    if (others.includes(key)) {
      throw preconditionFailed(`invalid arg '${key}' for ${name} of queue type rabbit_${type}_queue`);
    }
  }
  return {
    type: type as QueueType,
    ttlMs: optionalNumber(args['x-message-ttl']),
    expiresMs: optionalNumber(args['x-expires']),
    maxLength: optionalNumber(args['x-max-length']),
    maxLengthBytes: optionalNumber(args['x-max-length-bytes']),
    overflow: (args['x-overflow'] as Overflow | undefined) ?? 'drop-head',
    deadLetterExchange: args['x-dead-letter-exchange'] as string | undefined,
    deadLetterRoutingKey: args['x-dead-letter-routing-key'] as string | undefined,
    maxPriority: optionalNumber(args['x-max-priority']) ?? 0,
    isSingleActive: args['x-single-active-consumer'] === true,
    deliveryLimit: optionalNumber(args['x-delivery-limit']),
  };
}

function check(key: string, rule: Check, name: string, args: FieldTable): void {
  const value = args[key];
  const error = value === undefined ? undefined : rule(value, args);
  if (error !== undefined) throw preconditionFailed(`invalid arg '${key}' for ${name}: ${error}`);
}

const number = (value: FieldValue): number => Number(bare(value));
const optionalNumber = (value: FieldValue | undefined): number | undefined =>
  value === undefined || !isInteger(value) ? undefined : number(value);
