/** Follows messages through AMQP 0-9-1: what clients ask of a broker, what it answers, and what it delivers. */
import { obtain } from '../../core/collections/maps.ts';
import type { Ender } from '../../core/events.ts';
import type { Statement } from '../../core/statements/index.ts';
import { type AmqpValue, methodById } from '../../protocols/amqp/index.ts';
import { SeenBroker } from '../broker/broker.ts';
import { closed, exclusiveQueuesGo, failed, lost, restarted } from '../broker/channels/ends.ts';
import { type Outgoing, publish, unread } from '../broker/channels/publishing.ts';
import { recovery, recoveryAnswered } from '../broker/channels/recovery.ts';
import { type Request, request } from '../broker/channels/request.ts';
import { REPLY_TO } from '../broker/queues/reply-to.ts';
import { rulesOf } from '../broker/queues/rules.ts';
import type { Ledger, SeenMessage, Sighting } from '../ledger/index.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { bindOrUnbind } from './_amqp-bindings.ts';
import { AmqpChannel } from './_amqp-channel.ts';
import { deleteExchange, deleteQueue, purgeQueue } from './_amqp-deletions.ts';
import { cancelled, confirmed, contentOf, deliver, got, type Of, returned } from './_amqp-deliveries.ts';
import * as ask from './_amqp-requests.ts';
import { commit, rollback, select } from './_amqp-transactions.ts';

/** The reply code of an orderly goodbye. AMQP 0-9-1 §1.2 (reply-code) */
const GOODBYE = 200;
/** How a server that stops ends connections, and what it says then. AMQP 0-9-1 §1.2 (reply-code, connection-forced) */
const FORCED = 320;
const SHUTDOWN = /\bshutdown\b/;
const SERVER = 'RabbitMQ';
const UNREAD: Statement = { code: 'UNREAD', values: {} };
/** Behind a goodbye nothing is read. AMQP 0-9-1 §1.4 (connection.close), §1.5 (channel.close) */
const BEHIND_GOODBYE: Statement = { code: 'BEHIND_GOODBYE', values: { ended: 'connection' } };
const BEHIND_CLOSED_CHANNEL: Statement = { code: 'BEHIND_GOODBYE', values: { ended: 'channel' } };

class Connection {
  readonly channels = new Map<number, AmqpChannel>();
  /** The frame with which its client said goodbye. */
  goodbye: number | undefined;
  /** The server has ended it over an error. */
  hasFailed = false;
}

const newConnection = (): Connection => new Connection();

class AmqpTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #broker: SeenBroker;
  readonly #connections = new Map<number, Connection>();

  constructor(ledger: Ledger, broker: SeenBroker) {
    this.#ledger = ledger;
    this.#broker = broker;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as AmqpValue;
    this.#broker.begin(seen);
    if (value.channel === 0) this.#connection(seen, value);
    else if (seen.frame.from === 'client') this.#asked(seen, value);
    else this.#answered(seen, value);
    this.#broker.settle(seen);
  }

  closed(at: Sighting, number: number, by: Ender, since: number): void {
    const connection = this.#connections.get(number);
    this.#connections.delete(number);
    this.#broker.begin(at);
    const { peer } = at;
    if (!connection?.goodbye && !connection?.hasFailed) {
      this.#ledger.note(at, { code: 'CONNECTION_LOST', values: { by: by === 'server' ? SERVER : undefined } });
    }
    const channels = [...(connection?.channels.values() ?? [])];
    const why: Statement = { code: 'GONE_BEFORE_ACK', values: { peer } };
    const from = Math.max(since, ...channels.map(({ seenAt }) => seenAt));
    for (const channel of channels) lost(this.#broker, at, channel, from, UNREAD, why);
    const span = { by: undefined, from, to: Number.POSITIVE_INFINITY };
    exclusiveQueuesGo(this.#broker, at, number, peer, span);
    this.#broker.settle(at);
  }

  unread(connection: number): void {
    this.#broker.unread(this.#connections.get(connection)?.channels.values() ?? []);
  }

  restarted(at: Sighting): void {
    restarted(this.#broker, at);
  }

  caughtUp(at: Sighting): void {
    this.#broker.caughtUp(at);
  }

  unsettled(): Iterable<SeenMessage> {
    return this.#broker.unsettled();
  }

  end(at: Sighting): void {
    this.#broker.end(at);
  }

  #channel(seen: SeenFrame, number: number): AmqpChannel {
    const { channels, goodbye } = obtain(this.#connections, seen.connection, newConnection);
    const known = channels.get(number);
    if (known) return known;
    const channel = new AmqpChannel(seen.peer, seen.connection, number);
    if (goodbye !== undefined) channel.failure = BEHIND_GOODBYE;
    this.#broker.channels.add(channel);
    channels.set(number, channel);
    return channel;
  }

  #asked(seen: SeenFrame, value: AmqpValue): void {
    const broker = this.#broker;
    const channel = this.#channel(seen, value.channel);
    channel.sees(seen);
    if (channel.failure) return this.#discarded(seen, channel, value, channel.failure);
    switch (value.method) {
      case 'basic.publish':
        return void publish(broker, seen, channel, outgoing(value, broker.own && !channel.replies));
      case 'basic.ack':
        return this.#settle(seen, channel, value, value.args.multiple, 'ack');
      case 'basic.nack':
        return this.#settle(seen, channel, value, value.args.multiple, value.args.requeue ? 'requeue' : 'reject');
      case 'basic.reject':
        return this.#settle(seen, channel, value, false, value.args.requeue ? 'requeue' : 'reject');
      case 'basic.recover':
      case 'basic.recover-async': {
        ask.recover(broker, seen, channel, value.method);
        const asked = recovery(broker, seen, channel, value.method);
        channel.recovering = asked;
        channel.pending.onAnswer(asked.span, () => {
          if (channel.recovering === asked) channel.recovering = undefined;
        });
        return channel.ask(asked, value.method !== 'basic.recover', (at) =>
          recoveryAnswered(broker, at, channel, asked),
        );
      }
      case 'basic.get':
        return ask.get(broker, seen, channel, value.args);
      case 'basic.consume':
        return ask.consume(broker, seen, channel, value.args);
      case 'basic.cancel':
        return ask.cancel(broker, seen, channel, value.args);
      case 'basic.qos':
        if (value.args.global) channel.limit = value.args.prefetchCount;
        else [channel.prefetch, channel.limit] = [value.args.prefetchCount, 0];
        return channel.ask(request(value.method, channel.span(seen), {}), false);
      case 'queue.declare':
        return ask.declareQueue(broker, seen, channel, value.args);
      case 'queue.delete':
        return deleteQueue(broker, seen, channel, value.args);
      case 'queue.purge':
        return purgeQueue(broker, seen, channel, value.args);
      case 'exchange.declare':
        return ask.declareExchange(broker, seen, channel, value.args);
      case 'exchange.delete':
        return deleteExchange(broker, seen, channel, value.args);
      case 'queue.bind':
      case 'queue.unbind':
      case 'exchange.bind':
      case 'exchange.unbind':
        return bindOrUnbind(broker, seen, channel, value);
      case 'confirm.select':
        channel.confirms = true;
        return channel.ask(request(value.method, channel.span(seen), {}), value.args.noWait);
      case 'tx.select':
        return select(broker, seen, channel);
      case 'tx.commit':
        return commit(broker, seen, channel);
      case 'tx.rollback':
        return rollback(broker, seen, channel);
      case 'channel.close':
        return this.#closeChannel(seen, channel);
      case 'channel.close-ok':
        channel.failure = undefined;
        this.#connections.get(seen.connection)?.channels.delete(value.channel);
        return;
      case 'channel.open':
        return channel.ask(request(value.method, channel.span(seen), {}), false);
    }
  }

  /** What the server does not read any more: a publish is published all the same, and told to be discarded. */
  #discarded(seen: SeenFrame, channel: AmqpChannel, value: AmqpValue, why: Statement): void {
    if (value.method === 'channel.close-ok') {
      this.#connections.get(seen.connection)?.channels.delete(value.channel);
      return;
    }
    if (value.method !== 'basic.publish') return;
    unread(this.#broker, seen, channel, outgoing(value, false), why);
  }

  #settle(
    seen: SeenFrame,
    channel: AmqpChannel,
    value: Of<'basic.ack'> | Of<'basic.nack'> | Of<'basic.reject'>,
    multiple: boolean,
    how: 'ack' | 'requeue' | 'reject',
  ): void {
    ask.settle(this.#broker, seen, channel, value.method, Number(value.args.deliveryTag), multiple, how);
  }

  /** All that was asked on the channel before is carried out when the server agrees to end it. */
  #closeChannel(seen: SeenFrame, channel: AmqpChannel): void {
    const span = channel.span(seen);
    channel.giveUpTransaction();
    const why: Statement = { code: 'CHANNEL_CLOSED_BEFORE_ACK', values: { by: channel.peer } };
    channel.goodbye = why;
    channel.failure = BEHIND_CLOSED_CHANNEL;
    const asked = request('channel.close', span, {
      done: (at) => {
        closed(this.#broker, at, channel, span, why);
        this.#connections.get(seen.connection)?.channels.delete(channel.number);
      },
    });
    channel.ask(asked, false);
  }

  #answered(seen: SeenFrame, value: AmqpValue): void {
    const broker = this.#broker;
    const channel = this.#channel(seen, value.channel);
    switch (value.method) {
      case 'basic.deliver':
        return deliver(broker, seen, channel, value);
      case 'basic.get-ok':
        return got(broker, seen, channel, value);
      case 'basic.return':
        return returned(broker, seen, channel, value);
      case 'basic.ack':
      case 'basic.nack':
        return confirmed(broker, seen, channel, value);
      case 'basic.cancel':
        return cancelled(broker, seen, channel, value.args.consumerTag);
      case 'channel.close':
        return this.#failChannel(seen, channel, value);
      default:
        return channel.answer(seen, value);
    }
  }

  #failChannel(seen: SeenFrame, channel: AmqpChannel, { args }: Of<'channel.close'>): void {
    const { replyCode: code, replyText: text } = args;
    this.#ledger.note(seen, { code: 'CHANNEL_ERROR', values: { code, text } });
    const error = errorOf(args);
    failed(this.#broker, seen, channel, error, { code: 'CHANNEL_CLOSED_BEFORE_ACK', values: { by: SERVER } });
    channel.failure = error.behind;
  }

  // What concerns a connection as a whole.

  #connection(seen: SeenFrame, value: AmqpValue): void {
    const connection = obtain(this.#connections, seen.connection, newConnection);
    switch (value.method) {
      case 'connection.start': {
        const { version } = value.args.serverProperties;
        if (typeof version === 'string') this.#broker.rules = rulesOf(version);
        return;
      }
      case 'connection.close':
        if (seen.frame.from === 'server') return this.#failConnection(seen, connection, value);
        connection.goodbye = seen.seq;
        for (const channel of connection.channels.values()) {
          channel.giveUpTransaction();
          channel.failure ??= BEHIND_GOODBYE;
          channel.goodbye ??= { code: 'GONE_BEFORE_ACK', values: { peer: seen.peer } };
        }
        return this.#ledger.note(seen, { code: 'CONNECTION_CLOSED', values: {} });
      case 'connection.close-ok':
        if (seen.frame.from === 'server' && connection.goodbye) this.#closeConnection(seen, connection);
        return;
      case 'connection.blocked':
        return this.#ledger.note(seen, { code: 'PUBLISHERS_BLOCKED', values: { reason: value.args.reason } });
      case 'connection.unblocked':
        return this.#ledger.note(seen, { code: 'PUBLISHERS_UNBLOCKED', values: {} });
    }
  }

  #closeConnection(seen: SeenFrame, connection: Connection): void {
    const span = { by: undefined, from: connection.goodbye ?? seen.seq, to: seen.seq };
    const why: Statement = { code: 'GONE_BEFORE_ACK', values: { peer: seen.peer } };
    for (const channel of connection.channels.values()) closed(this.#broker, seen, channel, span, why);
    connection.channels.clear();
    exclusiveQueuesGo(this.#broker, seen, seen.connection, seen.peer, span);
  }

  /** The server ends the connection, over an error or because it stops. */
  #failConnection(seen: SeenFrame, connection: Connection, { args }: Of<'connection.close'>): void {
    const { replyCode: code, replyText: text } = args;
    connection.hasFailed = true;
    if (code === FORCED && SHUTDOWN.test(text)) this.#broker.isStopping = true;
    if (code !== GOODBYE) this.#ledger.note(seen, { code: 'CONNECTION_ERROR', values: { code, text } });
    const error = errorOf(args);
    const why: Statement = { code: 'CONNECTION_CLOSED_BEFORE_ACK', values: { by: SERVER } };
    const channels = [...connection.channels.values()];
    // Which of several channels it was that failed is not told, but what was asked.
    const asking = channels.filter(({ pending }) => pending.all.some(error.isAbout));
    const [culprit] = asking.length === 1 ? asking : channels.length === 1 ? channels : [];
    const about = asking.flatMap(({ pending }) => pending.all.filter(error.isAbout));
    const since = Math.min(seen.seq - 1, ...about.map(({ span: { from } }) => from));
    const elsewhere = { ...error, isAbout: () => false };
    for (const channel of channels) {
      failed(this.#broker, seen, channel, channel === culprit ? error : elsewhere, why, since);
      channel.failure = error.behind;
    }
    const span = { by: undefined, from: since, to: seen.seq };
    exclusiveQueuesGo(this.#broker, seen, seen.connection, seen.peer, span);
  }
}

/** Who asks for direct replies must consume them already. https://www.rabbitmq.com/docs/direct-reply-to */
function outgoing(value: Of<'basic.publish'>, isRefusedReplies: boolean): Outgoing {
  const { exchange, routingKey, mandatory } = value.args;
  const { properties, content } = contentOf(value);
  const isRefused = isRefusedReplies && properties.replyTo === REPLY_TO;
  return { exchange, routingKey, properties, content, mandatory, verb: 'publish', method: value.method, isRefused };
}

function errorOf(args: Of<'channel.close'>['args']) {
  const { replyCode: code, replyText: text, classId, methodId } = args;
  const values = { code, text };
  const method = methodById((classId << 16) | methodId);
  return {
    isAbout: (one: Request) => one.method === method,
    // Who is logged in is named beside what is wrong.
    text: text.replace(/ but authenticated user was .*/, ''),
    itself: { code: 'DISCARDED_BY_ERROR', values },
    behind: { code: 'DISCARDED_BEHIND_ERROR', values },
    maybe: { code: 'ERROR_MAY_PRECEDE', values },
  } as const;
}

const tale: Tale = {
  name: 'amqp',
  begin: (ledger, server) =>
    new AmqpTeller(
      ledger,
      server.model(() => new SeenBroker(ledger, server.own)),
    ),
};
export default tale;
