/** What really becomes of every message, told as it happens: for tests, which judge by it what the wire alone lets one say. */
import type { DeathReason } from './dead-letter.ts';
import type { Message } from './message.ts';

/** A queue, as far as it can be told from others: one that is declared again after it was deleted is another. */
export interface Where {
  readonly name: string;
}

/** What a client got a message by. */
export interface Handover {
  /** The channel; each one that is opened is another, whatever its number. */
  readonly channel: object;
  /** The consumer's tag; undefined where the message was got. */
  readonly consumer: string | undefined;
  /** The delivery tag. */
  readonly tag: number;
  readonly redelivered: boolean;
  readonly noAck: boolean;
}

export type Happening =
  /** A channel begins. */
  | { readonly what: 'opened'; readonly channel: object }
  /** A client's publish became a message; in a transaction it is not routed before the commit. */
  | { readonly what: 'published'; readonly message: Message; readonly channel: object }
  /** No queue takes it; `returned` where the publisher is told. A dead letter comes from no channel. */
  | { readonly what: 'unroutable'; readonly message: Message; readonly returned: boolean; readonly channel?: object }
  /** Its publisher is told whether every queue took it. */
  | { readonly what: 'confirmed'; readonly message: Message; readonly isAccepted: boolean }
  /** Its transaction was rolled back, or its channel ended before the commit. */
  | { readonly what: 'discarded'; readonly message: Message; readonly channel: object }
  /** It is in the queue, at this place in the order of arrival. */
  | { readonly what: 'entered'; readonly message: Message; readonly queue: Where; readonly position: number }
  /** The queue was full and declared to refuse. */
  | { readonly what: 'refused'; readonly message: Message; readonly queue: Where }
  /** From a queue, or from none: a direct reply. */
  | ({ readonly what: 'delivered'; readonly message: Message; readonly queue: Where | undefined } & Handover)
  | { readonly what: 'acked' | 'requeued'; readonly message: Message; readonly queue: Where }
  /** It is no longer in the queue, and may go on to a dead-letter exchange. */
  | { readonly what: 'died'; readonly message: Message; readonly queue: Where; readonly reason: DeathReason }
  /** It goes on from there as `dead`, which enters queues as any message does. */
  | { readonly what: 'dead-lettered'; readonly message: Message; readonly queue: Where; readonly dead: Message }
  /** It would have come back to a queue for ever. */
  | { readonly what: 'stopped'; readonly message: Message; readonly queue: Where }
  /** It was in the queue, or held by one of its consumers, when that happened. */
  | { readonly what: 'purged' | 'deleted' | 'forgotten'; readonly message: Message; readonly queue: Where }
  /** The queue was gone when its consumer gave it back. */
  | { readonly what: 'homeless'; readonly message: Message; readonly queue: Where }
  /** A direct reply to somebody who no longer waits. */
  | { readonly what: 'unawaited'; readonly message: Message };

/** Told of everything, at the moment at which it happens. */
export type Witness = (happening: Happening) => void;
