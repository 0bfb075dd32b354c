/** What sets one kind of queue apart from the others: the contract of each file beside this one. */
import type { FieldTable } from '../../../../protocols/amqp/table.ts';
import type { DeathReason } from '../../messages/dead-letter.ts';
import type { Message } from '../../messages/message.ts';
import type { Backlog, Lanes } from '../backlog.ts';
import type { Return } from '../consumer.ts';
import type { Entry } from '../entry.ts';
import type { QueueOptions } from '../options.ts';

/** What a client declares a queue as, beside its name and arguments. */
export interface QueueProperties {
  readonly isDurable: boolean;
  readonly isExclusive: boolean;
  readonly isAutoDelete: boolean;
}

/** A queue that something is asked of: how texts call it, and its options. */
export interface AskedQueue {
  /** `queue 'jobs' in vhost '/'`. */
  readonly title: string;
  readonly options: QueueOptions;
}

/** A consumer that somebody asks for. */
export interface AskedConsumer {
  /** Whether its channel has a limit of its own. */
  readonly hasGlobalPrefetch: boolean;
  readonly prefetch: number;
  readonly noAck: boolean;
  readonly arguments: FieldTable;
  /** Unix time in ms. */
  readonly now: number;
}

/** What waits in a queue. */
export type Held = Pick<Backlog, 'length' | 'sizeBytes'>;

export interface QueueKind {
  /** As the argument x-queue-type names it. */
  readonly name: string;
  /** As RabbitMQ's texts name it. */
  readonly moduleName: string;
  /** The arguments that it knows: checked when a queue is made, and compared when it is declared again. */
  readonly arguments: readonly string[];
  /** Whether it keeps what was read. */
  readonly isLog: boolean;
  /** Whether the server may choose its name. */
  readonly canBeServerNamed: boolean;
  /** Throws a Refusal where such a queue can't have these properties. */
  checkProperties(title: string, properties: QueueProperties): void;
  /** Throws a Refusal where its arguments, which hold what they may, are of no use. */
  checkArguments(args: FieldTable): void;
  /** Throws a Refusal where basic.get is not served. */
  checkGet(queue: AskedQueue): void;
  /** Throws a Refusal where what was delivered can only be acknowledged. */
  checkReturn(title: string, by: 'nack' | 'recover'): void;
  /** Throws a Refusal where such a consumer can't be. */
  checkConsume(queue: AskedQueue, asked: AskedConsumer): void;
  /** Throws a Refusal where queue.purge is not served. */
  checkPurge(title: string): void;
  /** Throws a Refusal where queue.delete is not carried out under such a condition. */
  checkDelete(title: string, conditions: { readonly ifUnused: boolean; readonly ifEmpty: boolean }): void;
  /** Whether a message in a durable queue is still there after the broker was restarted. */
  survivesRestart(message: Message): boolean;
  /** Puts a message back that a client gave back, or says what it died of instead. */
  takeBack(entry: Entry, backlog: Backlog, options: QueueOptions, how: Return): DeathReason | undefined;
  /** Whether one that is declared to refuse what it has no room for does so now; `isRefusing` is what it did last. */
  refuses(options: QueueOptions, held: Held, bodyBytes: number, isRefusing: boolean): boolean;
  /** Whether that goes for what died in another queue, too. */
  readonly refusesDead: boolean;
  /** Whether what a client rejects here counts as delivered in the next quorum queue. */
  readonly tellsRejected: boolean;
  /** Whether it takes that into account. */
  readonly hearsRejected: boolean;
  /**
   * Whether it goes on when a consumer is cancelled: looks for what has expired, and hands at once what waits to who
   * becomes the single active one.
   */
  readonly handsOutAfterCancel: boolean;
  /** Whether it looks for what has expired whenever something comes, and before it hands something out. */
  readonly looksFirst: boolean;
  /** Whether it hands out what comes back before it drops what it has no room for. */
  readonly handsOutFirst: boolean;
  /** What its checked arguments say. */
  readOptions(args: FieldTable): QueueOptions;
  /** How its messages are told apart by their priority. */
  lanes(options: QueueOptions): Lanes;
  /** What the header x-delivery-count says to a consumer, or to who gets one message; undefined where there is none. */
  countToTell(entry: Entry, asked: 'consume' | 'get'): number | undefined;
}
