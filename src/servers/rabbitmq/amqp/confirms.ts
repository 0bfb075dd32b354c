/** Turns the publishes of a while that were confirmed or refused into as few acks and nacks as can be. */

export interface Verdict {
  readonly method: 'basic.ack' | 'basic.nack';
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

/**
 * Both lists are in rising order, and nothing older is still unanswered: so a run of one kind can be told by its last
 * number, up to the first of the other kind.
 */
export function verdicts(confirmed: readonly number[], rejected: readonly number[]): Verdict[] {
  return [
    ...coalesce('basic.ack', confirmed, rejected[0] ?? Number.POSITIVE_INFINITY),
    ...coalesce('basic.nack', rejected, confirmed[0] ?? Number.POSITIVE_INFINITY),
  ];
}

function coalesce(method: Verdict['method'], sequences: readonly number[], cutoff: number): Verdict[] {
  const [first] = sequences;
  // One ack by itself says that it is one; RabbitMQ has no such case for nacks.
  if (method === 'basic.ack' && first !== undefined && sequences.length === 1) {
    return [{ method, deliveryTag: first, multiple: false }];
  }
  const together = sequences.filter((sequence) => sequence < cutoff);
  const apart = sequences.slice(together.length).map((deliveryTag) => ({ method, deliveryTag, multiple: false }));
  const last = together.at(-1);
  return last === undefined ? apart : [{ method, deliveryTag: last, multiple: true }, ...apart];
}
