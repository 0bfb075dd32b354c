/** Steps of random clients, at random paces. */
import fc from 'fast-check';
import type { Arb, Flavour } from './names.ts';
import type { AmqpOp, Pace, Step, StompOp } from './program.ts';

const AMQP_CLIENTS = ['c1', 'c2', 'c3'] as const;
const STOMP_CLIENTS = ['s1', 's2'] as const;
const amqpClient = fc.constantFrom(...AMQP_CLIENTS);
export const stompClient: Arb<string> = fc.constantFrom(...STOMP_CLIENTS);
export const anyClient: Arb<string> = fc.constantFrom(...AMQP_CLIENTS, ...STOMP_CLIENTS);
const channel = fc.constantFrom(1, 1, 2);

export interface Style extends Flavour {
  /** Steps need not be answered before the next one begins. */
  readonly isConcurrent: boolean;
}

export type Steps = Arb<Step[]>;

export function several<T>(one: Arb<T>, minLength: number, maxLength: number): Arb<T[]> {
  return fc.array(one, { minLength, maxLength, size: 'max' });
}

export function paceOf({ isConcurrent }: Style): Arb<Pace> {
  return isConcurrent ? fc.constantFrom<Pace>('answered', 'read', 'sent', 'sent') : fc.constant('answered');
}

/** All on one channel of one client. */
export function onChannel(ops: Arb<AmqpOp[]>, style: Style, number: Arb<number> = channel): Steps {
  return fc.tuple(amqpClient, number, ops, fc.infiniteStream(paceOf(style))).map(([at, one, list, paces]) => {
    return list.map((op): Step => ({ at, channel: one, op, pace: paces.next().value as Pace }));
  });
}

export function inSession(ops: Arb<StompOp[]>, style: Style): Steps {
  return fc.tuple(stompClient, ops, fc.infiniteStream(paceOf(style))).map(([at, list, paces]) => {
    return list.map((op): Step => ({ at, stomp: op, pace: paces.next().value as Pace }));
  });
}

export function amqpStep(op: Arb<AmqpOp>, style: Style): Arb<Step> {
  return fc.record({ at: amqpClient, channel, op, pace: paceOf(style) });
}

export function stompStep(op: Arb<StompOp>, style: Style): Arb<Step> {
  return fc.record({ at: stompClient, stomp: op, pace: paceOf(style) });
}
