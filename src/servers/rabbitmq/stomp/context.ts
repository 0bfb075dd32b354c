/** What the commands of a STOMP client need of its session. */
import type { StompVersion } from '../../../protocols/stomp/frame.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import type { Channel } from '../channels/channel.ts';

/** What a session knows of one of its subscriptions. */
export interface Subscription {
  /** The destination header it was made with. */
  readonly destination: string;
  readonly ack: 'auto' | 'client' | 'client-individual';
  /** How texts call it: by its id or by its destination. */
  readonly description: string;
}

/** An action that a transaction puts off, and what it holds in memory until then. */
export interface Deferred {
  readonly run: () => void;
  readonly sizeBytes: number;
}

export interface StompContext {
  readonly version: StompVersion;
  readonly session: VhostClient;
  readonly channel: Channel;
  /** By the tag of the consumer behind each. */
  readonly subscriptions: Map<string, Subscription>;
  readonly transactions: Map<string, Deferred[]>;
  /** The queues behind temporary names, by name. */
  readonly replyQueues: Map<string, string>;
  /** The queues that this session declared because they were sent or subscribed to. */
  readonly declared: Set<string>;
  /** Has the publish that comes next answered by a receipt. */
  expectReceipt(receipt: string): void;
  /** Two subscriptions can't have one name; RabbitMQ ends the session over it. */
  failDuplicate(consumerTag: string): void;
}
