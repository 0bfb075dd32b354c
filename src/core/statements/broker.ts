/** What can be said of messages, queues and connections in RabbitMQ, by AMQP or by STOMP. */
import { counted, listed, named, sentence } from './_words.ts';

type Queue = { queue: string };
type Exchange = { exchange: string };
type Binding = { type?: string; key: string; match?: string; already?: true };
type ByPeer = { peer: string };

/** What a queue does to a message that it sends to its dead-letter exchange, by the reason in its x-death header. */
const DEATHS: Record<string, string> = {
  rejected: 'rejected',
  expired: 'expired',
  maxlen: 'dropped, as it was full,',
  delivery_limit: 'given back too often',
};

const HEADS = {
  oldest: 'its oldest message',
  priority: 'the oldest of its highest priority',
  first: 'the message that stood first in it',
} as const;

type Unbinding = Omit<Binding, 'already'> & { absent?: true };

function bound({ exchange, type, already, ...asked }: Exchange & Binding): string {
  const by = askedFor(asked);
  if (already) return `already bound to exchange ${exchange}${by}`;
  return `bound to exchange ${exchange}${type === undefined ? '' : ` (${type})`}${by}`;
}

function unbound({ exchange, type, absent, ...asked }: Exchange & Unbinding): string {
  const by = askedFor(asked);
  if (absent) return `was not bound to exchange ${exchange}${by}: nothing to unbind`;
  return `unbound from exchange ${exchange}${type === undefined ? '' : ` (${type})`}${by}`;
}

function askedFor({ key, match }: Pick<Binding, 'key' | 'match'>): string {
  return match === undefined ? (key === '' ? '' : ` with key ${key}`) : ` for ${match}`;
}

function waiting(messages: number | undefined): string {
  if (messages === undefined) return '';
  return messages === 0 ? ', in which no message waited' : `, in which ${counted(messages, 'message')} waited`;
}

export const broker = {
  // Why nobody got a message.
  UNROUTABLE_NO_BINDING: ({ exchange, type }: Exchange & { type: string }) =>
    `exchange ${exchange} (${type}) has no binding: nothing takes what is published there`,
  UNROUTABLE_NO_MATCH: ({
    exchange,
    type,
    key,
    bindings,
  }: Exchange & { type: string; key: string; bindings: string[] }) =>
    `exchange ${exchange} (${type}) has the bindings ${listed(bindings)}; key ${named(key)} matches none of them`,
  UNROUTABLE_HEADERS: ({ exchange, bindings }: Exchange & { bindings: string[] }) =>
    `exchange ${exchange} (headers) has the bindings ${listed(bindings)}; the headers match none of them`,
  UNROUTABLE_THEN: ({ exchange }: Exchange) =>
    `no binding that exchange ${exchange} had at that moment leads it to a queue`,
  UNROUTABLE_NO_QUEUE: ({ queue, nearest }: Queue & { nearest?: string | undefined }) =>
    `there is no queue ${named(queue)}${nearest === undefined ? '' : `, but there is ${nearest}`}`,
  NOT_BOUND_THEN: ({ queue }: Queue) => `queue ${queue} was not bound to it at that moment`,
  QUEUE_WENT_MEANWHILE: ({ queue }: Queue) =>
    `queue ${queue} went at the same moment: the message went with it, or found it gone`,
  UNROUTABLE_NOBODY_SUBSCRIBES: ({ destination }: { destination: string }) =>
    `nobody subscribes to ${destination}, and a topic keeps nothing`,
  RETURNED: ({ replyCode, replyText }: { replyCode: number; replyText: string }) => `${replyCode} ${replyText}`,
  NOT_TAKEN: (_: object) => 'the broker did not take responsibility for it',
  QUEUE_FULL_REJECTS: ({ queue, limit }: Queue & { limit: string }) =>
    `queue ${queue} is full (${limit}) and takes no more (x-overflow)`,

  // Why a message left a queue without having been taken.
  /** `head` is left out where the oldest message stands first. */
  DROPPED_MAX_LENGTH: ({ queue, limit, head }: Queue & { limit: string; head?: 'priority' | 'first' }) =>
    `queue ${queue} was full (${limit}), so ${HEADS[head ?? 'oldest']} went`,
  /** `limit` is how often it may come back, where that is limited. */
  GONE_OR_EXPIRED: ({ queue, limit }: Queue & { limit?: number }) =>
    `it is no longer in queue ${queue}: its time to live was over, ${limit === undefined ? '' : `it came back more than ${limit} times, `}the queue was full or was purged, or it went with the queue`,
  EXPIRED_IN_QUEUE: ({ queue, ttlMs }: Queue & { ttlMs: number }) =>
    `it waited in queue ${queue} for longer than it may live (${ttlMs} ms)`,
  REJECTED_NO_DEAD_LETTER: ({ queue }: Queue) =>
    `queue ${queue} has no dead-letter exchange: what is rejected there is gone`,
  REJECTED_IN_QUEUE: ({ queue }: Queue) => `rejected in queue ${queue}`,
  /** One that a full queue refuses never was in it. */
  DEAD_LETTER: ({ queue, cause }: Queue & { cause: string }) =>
    cause === 'refused' ? `queue ${queue} was full and refused it` : `${DEATHS[cause] ?? cause} in queue ${queue}`,
  DEAD_LETTER_NOWHERE: ({ queue, exchange }: Queue & Exchange) =>
    `queue ${queue} sends what dies in it to exchange ${named(exchange)}, where nothing takes it`,
  DEAD_LETTER_NO_EXCHANGE: ({ queue, exchange }: Queue & Exchange) =>
    `queue ${queue} sends what dies in it to exchange ${exchange}, which is not there`,
  DEAD_LETTER_NO_QUEUE: ({ queue, to, nearest }: Queue & { to: string; nearest?: string | undefined }) =>
    `queue ${queue} sends what dies in it to queue ${named(to)}, which is not there${nearest === undefined ? '' : `, but there is ${nearest}`}`,
  /** With nobody having rejected it on the way. */
  DEAD_LETTER_CYCLE: ({ queue, to }: Queue & { to: string }) =>
    queue === to
      ? `what dies in queue ${queue} would come back to it and go round for ever, so the broker drops it`
      : `from queue ${queue} it would come back to queue ${to}, where it died before, and go round for ever, so the broker drops it`,
  DELIVERY_LIMIT: ({ queue, limit }: Queue & { limit: number }) =>
    `it came back to queue ${queue} more than ${counted(limit, 'time')}, which is its delivery limit`,
  QUEUE_PURGED: ({ queue }: Queue) => `queue ${queue} was purged with it inside`,
  QUEUE_DELETED: ({ queue }: Queue) => `queue ${queue} was deleted with it inside`,
  QUEUE_EXPIRED: ({ queue, expiresMs }: Queue & { expiresMs: number }) =>
    `queue ${queue} was unused for ${expiresMs} ms and went with it inside (x-expires)`,
  QUEUE_EXCLUSIVE: ({ queue, peer }: Queue & ByPeer) => `queue ${queue} was exclusive to ${peer} and went with it`,
  QUEUE_AUTO_DELETE: ({ queue }: Queue) => `queue ${queue} was auto-delete and went with its last consumer`,
  RESTART_QUEUE_NOT_DURABLE: ({ queue }: Queue) => `queue ${queue} was not durable and did not survive the restart`,
  RESTART_TRANSIENT: ({ queue }: Queue) => `it was not persistent and did not survive the restart in queue ${queue}`,
  GIVEN_IN_VAIN: ({ peer }: ByPeer) =>
    `the server gave it to a subscription that ${peer} had ended just then, and did not send it`,
  REPLY_UNSEEN: ({ queue }: Queue) => `it was a reply to ${queue}, and was not seen to arrive`,

  // Why a message went back to its queue.
  RECOVERED: (_: object) => 'its channel gives back all that it holds (basic.recover)',
  GONE_BEFORE_ACK: ({ peer }: ByPeer) => `${peer} was gone before its ack`,
  ENDED_BEFORE_ACK: ({ peer }: ByPeer) => `the channel or the connection of ${peer} ended before its ack`,
  CHANNEL_CLOSED_BEFORE_ACK: ({ by }: { by: string }) => `${by} closed the channel before the ack`,
  CONNECTION_CLOSED_BEFORE_ACK: ({ by }: { by: string }) => `${by} closed the connection before the ack`,
  ACK_DISCARDED: ({ peer }: ByPeer) => `the ack of ${peer} stood behind an error, so the server did not read it`,
  ACK_ROLLED_BACK: ({ peer }: ByPeer) => `the ack of ${peer} was part of a transaction that did not happen`,

  // Why something that was sent never happened.
  DISCARDED_BEHIND_ERROR: ({ code, text }: { code: number; text: string }) =>
    `it stood behind an error on its channel, so the server did not read it: ${code} ${text}`,
  DISCARDED_BY_ERROR: ({ code, text }: { code: number; text: string }) => `the server refused it: ${code} ${text}`,
  DISCARDED_STOMP_ERROR: ({ text }: { text: string }) => `the server refused it: ${sentence(text)}`,
  DISCARDED_BEHIND_STOMP_ERROR: ({ text }: { text: string }) =>
    `it stood behind an error of its session, so the server did not read it: ${sentence(text)}`,
  NO_SUCH_EXCHANGE: ({ exchange }: Exchange) => `there is no exchange ${exchange}, so the server ended the session`,
  STOMP_REFUSED: (_: object) => 'the server could not carry it out, and ended the session',
  STOMP_BEHIND_REFUSED: (_: object) =>
    'it stood behind something that the server refused, so the server did not read it',
  BEHIND_GOODBYE: ({ ended }: { ended: 'connection' | 'channel' | 'session' }) =>
    `it was sent after the goodbye to its ${ended}, so the server did not read it`,
  ROLLED_BACK: (_: object) => 'its transaction was rolled back',
  NEVER_COMMITTED: (_: object) => 'its transaction was never committed',

  // Why it can't be told what became of a message.
  MAY_BE_IN_QUEUE: ({ queue }: Queue) =>
    `what was done to queue ${queue} at the same time decides, and no answer tells which came first`,
  MAY_BE_PURGED: (_: object) => 'its queue was purged, and no answer tells whether it was there by then',
  MAY_BE_DROPPED: ({ queue, limit }: Queue & { limit: string }) =>
    `queue ${queue} was full (${limit}), and no answer tells which of its messages came first and went`,
  MAY_BE_TRIMMED: ({ queue, limit }: Queue & { limit: string }) =>
    `stream ${queue} drops what is old (${limit}), and nothing tells when it does`,
  MAY_BE_EXPIRED: ({ queue }: Queue) => `its time in queue ${queue} was about to run out when it was last known of`,
  ACK_MAY_BE_UNREAD: ({ queue }: Queue) =>
    `it was acknowledged, but nothing shows that the server read that: it may be back in queue ${queue}`,
  ACK_MAY_BE_NEEDED: ({ queue }: Queue) =>
    `it came to one of two subscriptions, of which only one needs an ack: it may be back in queue ${queue}`,
  REJECT_MAY_BE_UNREAD: ({ queue }: Queue) =>
    `it was rejected, but nothing shows that the server read that: it may be back in queue ${queue}`,
  MAY_BE_HANDED_OUT: ({ queue, peer }: Queue & ByPeer) =>
    `queue ${queue} may have handed it to ${peer}, whose connection was lost`,
  MAY_BE_GIVEN_IN_VAIN: ({ queue, peer }: Queue & ByPeer) =>
    `queue ${queue} may have given it to a subscription that ${peer} had ended just then, so that it was not sent`,
  ERROR_MAY_PRECEDE: ({ code, text }: { code: number; text: string }) =>
    `an error ended its channel, and nothing tells whether that was before it: ${code} ${text}`,
  OUT_OF_SIGHT_EXCHANGE: ({ exchange }: Exchange) =>
    `left the run's sight: ${exchange === '' ? 'its queue' : `exchange ${exchange}`} was declared elsewhere`,
  OUT_OF_SIGHT_QUEUE: ({ queue }: Queue) => `left the run's sight in queue ${queue}, which others may use too`,
  HELD_OUT_OF_SIGHT: ({ peer }: { peer: string }) => `what ${peer} said to it could no longer be read`,
  OUT_OF_SIGHT_BINDINGS: ({ exchange }: Exchange) =>
    `no binding of exchange ${exchange} that the run saw takes it; others may have bound to it`,
  OUT_OF_SIGHT_DEAD_LETTER: ({ queue }: Queue) =>
    `${queue} may send on what dies in it by a policy, which no client sees`,
  OUT_OF_SIGHT_DEAD_LETTER_EXCHANGE: ({ queue, exchange }: Queue & Exchange) =>
    `${queue} sends what dies in it to exchange ${exchange}; others may have bound to that`,
  OUT_OF_SIGHT_DEAD_LETTER_QUEUE: ({ queue, to }: Queue & { to: string }) =>
    `${queue} sends what dies in it to queue ${named(to)}, if that is there; others may use it too`,

  // Notes.
  CHANNEL_ERROR: ({ code, text }: { code: number; text: string }) => `the channel is closed: ${code} ${text}`,
  CONNECTION_ERROR: ({ code, text }: { code: number; text: string }) => `the connection is closed: ${code} ${text}`,
  NOT_ALONE: (_: object) =>
    'this follows from nothing that was seen: a policy or an operator may have a hand in it, so from here on no more is concluded than of a server that others share',
  PUBLISHERS_BLOCKED: ({ reason }: { reason: string }) => `RabbitMQ blocks publishers: ${reason}`,
  PUBLISHERS_UNBLOCKED: (_: object) => 'RabbitMQ lets publishers go on',
  /**
   * `match` is what a binding to a headers exchange asks for: `all of type=pdf`; `type` is left out where it is not known,
   * and `already` says that the same binding was there before.
   */
  QUEUE_BOUND: ({ queue, ...binding }: Queue & Exchange & Binding) => `queue ${queue} is ${bound(binding)}`,
  /** What `exchange` gets goes on to exchange `destination`; the rest as in QUEUE_BOUND. */
  EXCHANGE_BOUND: ({ destination, ...binding }: { destination: string } & Exchange & Binding) =>
    `exchange ${destination} is ${bound(binding)}`,
  QUEUE_UNBOUND: ({ queue, ...binding }: Queue & Exchange & Unbinding) =>
    `queue ${queue} ${binding.absent ? '' : 'is '}${unbound(binding)}`,
  EXCHANGE_UNBOUND: ({ destination, ...binding }: { destination: string } & Exchange & Unbinding) =>
    `exchange ${destination} ${binding.absent ? '' : 'is '}${unbound(binding)}`,
  /** `messages` is how many the server says that waited there, where it was to say so. */
  PURGES_QUEUE: ({ queue, messages }: Queue & { messages?: number }) => `purges queue ${queue}${waiting(messages)}`,
  /** `absent` says that there was no such queue, which the server takes as well; `messages` as in PURGES_QUEUE. */
  DELETES_QUEUE: ({ queue, messages, absent }: Queue & { messages?: number; absent?: true }) =>
    absent ? `deletes queue ${queue}, which is not there` : `deletes queue ${queue}${waiting(messages)}`,
  DELETES_EXCHANGE: ({ exchange, absent }: Exchange & { absent?: true }) =>
    `deletes exchange ${exchange}${absent ? ', which is not there' : ''}`,
  /** `prefetch` is how many unacknowledged messages the consumer may hold; left out where there is no limit. */
  CONSUMES: ({ queue, noAck, prefetch }: Queue & { noAck: boolean; prefetch?: number }) =>
    `consumes from queue ${queue}${noAck ? ', without acks' : ''}${prefetch === undefined ? '' : ` (prefetch ${prefetch})`}`,
  READS_STREAM: ({ queue, offset }: Queue & { offset: string }) => `reads stream ${queue} from: ${offset}`,
  CONSUMES_NO_MORE: ({ queue }: Queue) => `stops consuming from queue ${queue}`,
  CONSUMER_CANCELLED: ({ queue }: Queue) => `its consumer of queue ${queue} is cancelled by the server`,
  TRANSACTIONS_BEGIN: (_: object) =>
    'publishes and acks in transactions from here on: they count at the commit (tx.select)',
  TRANSACTION_COMMITTED: ({ messages, acks }: { messages: number; acks: number }) =>
    `commits the transaction: ${counted(messages, 'message')} and ${counted(acks, 'ack')} in it count`,
  /** `transaction` is its name, where it has one. */
  TRANSACTION_ROLLED_BACK: ({
    transaction,
    messages,
    acks,
  }: {
    transaction?: string;
    messages: number;
    acks: number;
  }) =>
    `${transaction === undefined ? 'the transaction' : `transaction ${transaction}`} did not happen: ${counted(messages, 'message')} and ${counted(acks, 'ack')} in it count for nothing`,
  STOMP_CONNECT: ({ command, login }: { command: string; login: string }) => `${command} as ${login}`,
  STOMP_CONNECTED: ({ version }: { version: string }) => `CONNECTED, STOMP ${version}`,
  STOMP_ERROR: ({ text }: { text: string }) => `ERROR ${text}`,
  STOMP_TRANSACTION: ({ command, transaction }: { command: string; transaction: string }) =>
    `${command} ${transaction}`.trim(),
  STOMP_SUBSCRIBE: ({ destination }: { destination: string }) => `SUBSCRIBE ${destination}`,
  STOMP_UNSUBSCRIBE: ({ destination }: { destination: string }) => `UNSUBSCRIBE ${destination}`,
  STOMP_DISCONNECT: (_: object) => 'DISCONNECT',
  STOMP_RECEIPT: ({ of }: { of: string }) => `RECEIPT for ${of}`,
} as const;
