/** A random program: what several AMQP and STOMP clients do on one broker, and when it gets through. */

/** How far a step gets before the next one begins. */
export type Pace =
  /** Only the tap has seen it. */
  | 'sent'
  /** The server has carried it out; what it answered is on its way. */
  | 'read'
  /** The tap has seen every answer, on every connection. */
  | 'answered';

export interface Properties {
  readonly persistent?: boolean;
  readonly priority?: number;
  readonly ttl?: number;
  readonly header?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly replyTo?: boolean;
}

export interface QueueTraits {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly exclusive?: boolean;
  readonly quorum?: boolean;
  readonly deliveryLimit?: number;
  readonly ttl?: number;
  readonly expires?: number;
  readonly maxLength?: number;
  readonly overflow?: 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
  readonly maxPriority?: number;
  readonly single?: boolean;
  /** The dead-letter exchange, and the key if not the message's own. */
  readonly dlx?: string;
  readonly dlk?: string;
}

export interface ExchangeTraits {
  readonly type: 'direct' | 'fanout' | 'topic' | 'headers';
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly alternate?: string;
}

export type AmqpOp =
  | {
      do: 'publish';
      exchange: string;
      key: string;
      body: string;
      properties: Properties;
      mandatory?: boolean;
    }
  | { do: 'declare'; queue: string; traits: QueueTraits; passive?: boolean; noWait?: boolean }
  | { do: 'delete'; queue: string; ifUnused?: boolean; ifEmpty?: boolean; noWait?: boolean }
  | { do: 'purge'; queue: string; noWait?: boolean }
  | { do: 'declare exchange'; exchange: string; traits: ExchangeTraits; noWait?: boolean }
  | { do: 'delete exchange'; exchange: string; ifUnused?: boolean; noWait?: boolean }
  | { do: 'bind' | 'unbind'; exchange: string; queue: string; key: string; header?: string; noWait?: boolean }
  | { do: 'bind exchange' | 'unbind exchange'; exchange: string; to: string; key: string; noWait?: boolean }
  | {
      do: 'consume';
      queue: string;
      tag: string;
      noAck?: boolean;
      exclusive?: boolean;
      priority?: number;
      noWait?: boolean;
    }
  | { do: 'cancel'; tag: string; noWait?: boolean }
  | { do: 'get'; queue: string; noAck?: boolean }
  | { do: 'qos'; count: number; global?: boolean }
  /** `nth` of what the client holds; -1 is a tag that nobody gave out. */
  | { do: 'ack' | 'reject' | 'requeue'; nth: number; multiple?: boolean }
  /** Answers what came with a reply-to. */
  | { do: 'reply'; nth: number; body: string }
  | { do: 'recover' | 'confirms' | 'transactions' | 'commit' | 'rollback' | 'close channel' | 'close' };

export type StompOp =
  | {
      do: 'SEND';
      destination: string;
      body: string;
      persistent?: boolean;
      expiration?: number;
      replyTo?: boolean;
      transaction?: string;
      receipt?: boolean;
    }
  | {
      do: 'SUBSCRIBE';
      id: string;
      destination: string;
      ack?: 'client' | 'client-individual';
      prefetch?: number;
      durable?: boolean;
      receipt?: boolean;
    }
  | { do: 'UNSUBSCRIBE'; id: string; durable?: boolean; receipt?: boolean }
  | { do: 'ACK' | 'NACK'; nth: number; requeue?: boolean; transaction?: string; receipt?: boolean }
  | { do: 'BEGIN' | 'COMMIT' | 'ABORT'; transaction: string; receipt?: boolean }
  | { do: 'DISCONNECT'; receipt?: boolean };

export type Step =
  | { at: string; channel: number; op: AmqpOp; pace: Pace }
  | { at: string; stomp: StompOp; pace: Pace }
  /** The server reads so much of what that client has sent; the tap sees what the server has sent to it. */
  | { read: string; count: number }
  | { hear: string }
  | { wait: number }
  /**
   * `unread`: the server gets nothing of what is on its way to it. `late`: it does not notice before the next `notice`,
   * or the end.
   */
  | { cut: string; by: 'client' | 'cut'; unread: boolean; late?: boolean }
  | { notice: true }
  /** Nothing is under way any more, and the story is told so: labs for tests do that. */
  | { caughtUp: true }
  | { restart: true };

export interface Program {
  readonly queues: readonly QueueTraits[];
  readonly exchanges: readonly ExchangeTraits[];
  readonly bindings: readonly { readonly exchange: string; readonly queue: string; readonly key: string }[];
  readonly version: '1.0' | '1.1' | '1.2';
  /** STOMP inside WebSocket, where a server's last words are lost. */
  readonly losesLastWords: boolean;
  readonly steps: readonly Step[];
  /** How it ends: every client says goodbye, or every connection is cut, and what is under way then is lost or not. */
  readonly ending: 'orderly' | 'cut' | 'cut unread';
  /** Every step is answered before the next one begins, and nothing goes by the clock. */
  readonly isAwaited: boolean;
}

export const queueName = (index: number): string => `q${index + 1}`;
export const exchangeName = (index: number): string => `x${index + 1}`;

/**
 * The program for a broker that other programs use after it: bodies are told apart, nothing outlives its sessions that
 * nobody knows the name of, and nothing is cut, as nothing tells then when the broker has noticed.
 */
export function forReal(program: Program): Program {
  let count = 0;
  const unique = <Op extends AmqpOp | StompOp>(op: Op): Op => {
    const { durable: _, ...rest } = op as Op & { durable?: boolean };
    return ('body' in rest ? { ...rest, body: `${rest.body}${++count}` } : rest) as unknown as Op;
  };
  const steps = program.steps.flatMap((step): Step[] => {
    if ('stomp' in step) return [{ ...step, stomp: unique(step.stomp) }];
    if ('op' in step) return [{ ...step, op: unique(step.op) }];
    return 'cut' in step || 'notice' in step || 'caughtUp' in step || 'restart' in step ? [] : [step];
  });
  return { ...program, steps, ending: 'orderly' };
}
