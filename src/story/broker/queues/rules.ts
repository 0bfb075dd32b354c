/** What releases of RabbitMQ do otherwise, as far as it decides what becomes of messages. https://www.rabbitmq.com/docs/quorum-queues */
export interface Rules {
  /** How often a quorum queue is given a message back before it gives that up, where it is not declared with a limit. */
  readonly deliveryLimit: number | undefined;
  /** Whether quorum queues give out some of high priority before others. */
  readonly hasHighPriority: boolean;
  /** Whether the header x-death of a client counts for nothing. */
  readonly ownDeathRecord: boolean;
}

const BEFORE_4: Rules = { deliveryLimit: undefined, hasHighPriority: false, ownDeathRecord: false };
const SINCE_4: Rules = { deliveryLimit: 20, hasHighPriority: true, ownDeathRecord: true };

/** The rules of a server that calls itself this: `4.0.5`, `RabbitMQ/4.0.5`. */
export function rulesOf(version: string): Rules {
  return Number(/(\d+)\./.exec(version)?.[1] ?? 0) >= 4 ? SINCE_4 : BEFORE_4;
}

/** Of a server that has not said what it is. */
export const UNKNOWN_RULES = BEFORE_4;
