/** What the arguments of a queue say, read once. */
import type { FieldTable, FieldValue } from '../../../protocols/amqp/table.ts';
import { bare, isInteger } from '../terms.ts';
import { interval } from './stream-offset.ts';

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

export interface QueueOptions {
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
  /** Streams: how old messages may be, in ms, and how large a segment grows, in bytes. */
  readonly maxAgeMs: number | undefined;
  readonly segmentBytes: number | undefined;
  /** How often a message may come back before it is dead-lettered (quorum queues). */
  readonly deliveryLimit: number | undefined;
}

/** Reads arguments that were checked. */
export function readOptions(args: FieldTable): QueueOptions {
  return {
    ttlMs: optionalNumber(args['x-message-ttl']),
    expiresMs: optionalNumber(args['x-expires']),
    maxLength: optionalNumber(args['x-max-length']),
    maxLengthBytes: optionalNumber(args['x-max-length-bytes']),
    overflow: (args['x-overflow'] as Overflow | undefined) ?? 'drop-head',
    deadLetterExchange: args['x-dead-letter-exchange'] as string | undefined,
    deadLetterRoutingKey: args['x-dead-letter-routing-key'] as string | undefined,
    maxPriority: optionalNumber(args['x-max-priority']) ?? 0,
    isSingleActive: args['x-single-active-consumer'] === true,
    maxAgeMs: typeof args['x-max-age'] === 'string' ? interval(args['x-max-age']) : undefined,
    segmentBytes: optionalNumber(args['x-stream-max-segment-size-bytes']),
    deliveryLimit: optionalNumber(args['x-delivery-limit']),
  };
}

function optionalNumber(value: FieldValue | undefined): number | undefined {
  return value === undefined || !isInteger(value) ? undefined : Number(bare(value));
}
