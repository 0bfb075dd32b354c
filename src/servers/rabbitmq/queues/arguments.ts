/** The arguments of queue.declare: what may stand in each, and the refusal of those that a kind of queue does not know. */
import { type FieldTable, type FieldValue, fieldType } from '../../../protocols/amqp/table.ts';
import { LONGEST_TTL_MS } from '../messages/time-to-live.ts';
import { preconditionFailed } from '../refusal.ts';
import { bare, isInteger, term } from '../terms.ts';
import { interval } from './stream-offset.ts';

/** The arguments that every kind of queue knows. */
export const COMMON_ARGUMENTS = [
  'x-expires',
  'x-message-ttl',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow',
  'x-single-active-consumer',
  'x-queue-type',
] as const;

/** An error as `~p` prints it, or nothing. */
export type Check = (value: FieldValue, args: FieldTable) => string | undefined;

const number = (value: FieldValue): number => Number(bare(value));
const unacceptable = (value: FieldValue) => `{unacceptable_type,${fieldType(value)}}`;
const integer: Check = (value) => (isInteger(value) ? undefined : `"expected integer, got ${fieldType(value)}"`);
const notNegative: Check = (value, args) =>
  integer(value, args) ?? (number(value) < 0 ? `{value_negative,${term(value)}}` : undefined);
const duration: Check = (value, args) =>
  notNegative(value, args) ?? (number(value) > LONGEST_TTL_MS ? `{value_too_large,${term(value)}}` : undefined);
const positive =
  (check: Check): Check =>
  (value, args) =>
    integer(value, args) ?? (number(value) === 0 ? `{value_zero,${term(value)}}` : check(value, args));
export const oneOf =
  (values: readonly string[], error: (value: string) => string): Check =>
  (value) => {
    if (typeof value !== 'string') return unacceptable(value);
    return values.includes(value) ? undefined : error(value);
  };
const text: Check = (value) => (typeof value === 'string' ? undefined : unacceptable(value));
const anything: Check = () => undefined;

/** Every argument that RabbitMQ knows for some kind of queue, in the order in which it checks them. */
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
  ['x-queue-master-locator', anything],
  ['x-delivery-limit', anything],
  ['x-max-age', (value, args) => text(value, args) ?? (interval(value as string) ? undefined : 'invalid_max_age')],
  ['x-stream-max-segment-size-bytes', notNegative],
  ['x-initial-cluster-size', positive(notNegative)],
  ['x-stream-filter-size-bytes', notNegative],
];

/** Refuses an argument of `title` that holds what it may not. */
export function assertArgument(key: string, check: Check, title: string, args: FieldTable): void {
  const value = args[key];
  const error = value === undefined ? undefined : check(value, args);
  if (error !== undefined) throw preconditionFailed(`invalid arg '${key}' for ${title}: ${error}`);
}

/**
 * Refuses wrong values in the arguments that a kind of queue knows, then arguments that only other kinds know. What
 * RabbitMQ does not know at all may stand there.
 */
export function assertArguments(
  kind: { readonly moduleName: string; readonly arguments: readonly string[] },
  title: string,
  args: FieldTable,
): void {
  for (const [key, check] of CHECKS) if (kind.arguments.includes(key)) assertArgument(key, check, title, args);
  const foreign = new Set(CHECKS.map(([key]) => key).filter((key) => !kind.arguments.includes(key)));
  for (const key of Object.keys(args)) {
    if (foreign.has(key)) {
      throw preconditionFailed(`invalid arg '${key}' for ${title} of queue type ${kind.moduleName}`);
    }
  }
}
