/** Where a reader of a stream begins: the argument x-stream-offset (https://www.rabbitmq.com/docs/streams#consuming). */
import { type FieldValue, fieldType } from '../../../protocols/amqp/table.ts';
import { preconditionFailed, Refusal } from '../refusal.ts';
import { bare, isInteger, term } from '../terms.ts';

export type StreamOffset =
  | { readonly from: 'first' | 'last' | 'next' }
  | { readonly offset: number }
  /** Unix time in ms. */
  | { readonly since: number };

const UNIT_MS: Readonly<Record<string, number>> = {
  Y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/** A length of time such as `5h`, in ms; undefined where the unit is none, or nothing is left of it. */
export function interval(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d*)(.*)$/s.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  const amount = Number(digits);
  return unitMs === undefined || amount <= 0 ? undefined : amount * unitMs;
}

/**
 * Reads the argument; none is `next`. Throws a Refusal for what is none, as RabbitMQ does: some of it ends its channel
 * in a way that ends the connection.
 * @param now Unix time in ms
 */
export function readOffset(value: FieldValue | undefined, title: string, now: number): StreamOffset {
  if (value === undefined) return { from: 'next' };
  const inner = bare(value);
  if (inner === 'first' || inner === 'last' || inner === 'next') return { from: inner };
  if (isInteger(value)) return { offset: Number(inner) };
  if (fieldType(value) === 'timestamp') return { since: Number(inner) * 1000 };
  if (typeof inner !== 'string' || !/^\d/.test(inner)) throw new Refusal(541, '');
  const ms = interval(inner);
  if (ms !== undefined) return { since: now - ms };
  throw preconditionFailed(
    `invalid arg 'x-stream-offset' for ${title}: {invalid_stream_offset_arg,{longstr,${term(value)}}}`,
  );
}
