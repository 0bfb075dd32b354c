/** Follows messages through STOMP as RabbitMQ speaks it: SEND, MESSAGE, ACK, and who subscribes to what. */
import { obtain } from '../../core/collections/maps.ts';
import type { Ender } from '../../core/events.ts';
import type { Statement } from '../../core/statements/index.ts';
import type { StompValue } from '../../protocols/stomp/index.ts';
import { SeenBroker } from '../broker/broker.ts';
import { arrive } from '../broker/channels/arrivals/arrive.ts';
import { closed, exclusiveQueuesGo, lost, restarted } from '../broker/channels/ends.ts';
import { handedInVain } from '../broker/channels/in-vain.ts';
import { Publish } from '../broker/channels/publish.ts';
import { publicationOf } from '../broker/channels/publishing.ts';
import { type Request, request } from '../broker/channels/request.ts';
import { rulesOf } from '../broker/queues/rules.ts';
import type { Ledger, SeenMessage, Sighting } from '../ledger/index.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { settle } from './_stomp-acks.ts';
import { headersOf, placeTold, propertiesOf } from './_stomp-destinations.ts';
import * as ask from './_stomp-requests.ts';
import { type Asked, SeenStompSession } from './_stomp-session.ts';
import type { Subscription } from './_stomp-subscriptions.ts';

/** What RabbitMQ says of a delivery that comes behind the UNSUBSCRIBE, instead of sending it on. */
const GIVEN_IN_VAIN = /^There is no current subscription with tag '(.*)'\.$/;
const UNREAD: Statement = { code: 'UNREAD', values: {} };

class StompTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #broker: SeenBroker;
  readonly #sessions = new Map<number, SeenStompSession>();
  #isStopping = false;

  constructor(ledger: Ledger, broker: SeenBroker) {
    this.#ledger = ledger;
    this.#broker = broker;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as StompValue;
    if (value.command === 'heart-beat') return;
    this.#broker.begin(seen);
    const session = obtain(this.#sessions, seen.connection, () => {
      const made = new SeenStompSession(seen.peer, seen.connection);
      this.#broker.channels.add(made);
      return made;
    });
    if (seen.frame.from === 'client') {
      session.sees(seen);
      this.#asked(seen, session, value);
    } else this.#answered(seen, session, value);
    this.#broker.settle(seen);
  }

  closed(at: Sighting, connection: number, by: Ender, since: number): void {
    const session = this.#sessions.get(connection);
    if (!session) return;
    this.#broker.begin(at);
    this.#sessions.delete(connection);
    const why: Statement = { code: 'GONE_BEFORE_ACK', values: { peer: at.peer } };
    const span = { by: undefined, from: Math.max(since, session.seenAt), to: Number.POSITIVE_INFINITY };
    const hasFailed = this.#endUnread(at, session, by);
    for (const { sends } of session.transactions.values()) {
      for (const publish of sends) publish.undone(at, { code: 'NEVER_COMMITTED', values: {} });
    }
    // A server that ends the connection by itself has ended the session before, over an error or after a goodbye.
    // What it may have refused, and ended the session for, tells nothing of what stands behind.
    const mayHaveFailed = session.pending.all.some((one) => one.endsSession && one.refused() !== 'no');
    const hasLeft = session.hasLeft && !mayHaveFailed;
    if (by === 'server' && !this.#isStopping && (hasLeft || hasFailed))
      closed(this.#broker, at, session, { ...span, to: at.seq }, why);
    else lost(this.#broker, at, session, span.from, UNREAD, why);
    exclusiveQueuesGo(this.#broker, at, connection, at.peer, span);
    this.#broker.settle(at);
  }

  unread(connection: number): void {
    const session = this.#sessions.get(connection);
    this.#broker.unread(session ? [session] : []);
  }

  restarting(): void {
    this.#isStopping = true;
  }

  restarted(at: Sighting): void {
    this.#isStopping = false;
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

  /**
   * What the server refused, and so ended the session, whether its ERROR came through or not; and what stood behind.
   * Returns whether that is so.
   */
  #endUnread(at: Sighting, session: SeenStompSession, by: Ender): boolean {
    for (const one of session.pending.unheard.splice(0)) one.undone(at, { code: 'STOMP_REFUSED', values: {} });
    const text = session.error;
    if (text !== undefined) {
      for (const one of session.pending.drain()) {
        one.undone(at, { code: 'DISCARDED_BEHIND_STOMP_ERROR', values: { text } });
      }
      return by === 'server';
    }
    // One that is stopped may have read nothing of what it was sent last. Where neither side ended it,
    // the server may read it yet, when what it would refuse it for may be gone.
    if (this.#isStopping || by === 'cut') return false;
    const waiting = session.pending.all;
    const culprit = waiting.findIndex((one) => one.refused() === 'yes' && one.endsSession);
    if (culprit < 0 || !this.#broker.own) return false;
    // It may also have refused something before that.
    const perhaps = waiting.findIndex((one) => one.refused() === 'maybe' && one.endsSession);
    if (perhaps >= 0 && perhaps < culprit) {
      for (const one of waiting.slice(perhaps)) one.lost(at, UNREAD);
      session.pending.keep(perhaps);
      return true;
    }
    for (const one of waiting.slice(culprit)) one.undone(at, refusal(one, one === waiting[culprit]));
    session.pending.keep(culprit);
    return true;
  }

  #asked(seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
    const broker = this.#broker;
    // Behind a goodbye nothing is read; that nothing came of a SEND is told.
    if (session.hasLeft && value.command !== 'SEND') return;
    const headers = headersOf(value);
    switch (value.command) {
      case 'CONNECT':
      case 'STOMP': {
        const values = { command: value.command, login: headers.get('login') ?? 'nobody' };
        return this.#ledger.note(seen, { code: 'STOMP_CONNECT', values });
      }
      case 'SEND':
        return ask.send(broker, seen, session, value);
      case 'SUBSCRIBE':
        return ask.subscribe(broker, seen, session, value);
      case 'UNSUBSCRIBE':
        return ask.unsubscribe(broker, seen, session, value);
      case 'ACK':
      case 'NACK':
        return settle(broker, seen, session, value);
      case 'BEGIN':
      case 'COMMIT':
      case 'ABORT': {
        const values = { command: value.command, transaction: headers.get('transaction') ?? '' };
        this.#ledger.note(seen, { code: 'STOMP_TRANSACTION', values });
        const what = value.command === 'BEGIN' ? ask.begin : ask.endTransaction;
        return what(broker, seen, session, value);
      }
      case 'DISCONNECT': {
        session.hasLeft = true;
        session.goodbye = { code: 'GONE_BEFORE_ACK', values: { peer: seen.peer } };
        const one = request('DISCONNECT', session.span(seen), {});
        session.ask(one, headers.get('receipt'), 'DISCONNECT');
        return this.#ledger.note(seen, { code: 'STOMP_DISCONNECT', values: {} });
      }
    }
  }

  #answered(seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
    const headers = headersOf(value);
    switch (value.command) {
      case 'CONNECTED':
        session.namesAcks = headers.get('version') === '1.2';
        if (headers.has('server')) this.#broker.rules = rulesOf(headers.get('server') ?? '');
        return this.#ledger.note(seen, {
          code: 'STOMP_CONNECTED',
          values: { version: headers.get('version') ?? '1.0' },
        });
      case 'MESSAGE':
        return this.#message(seen, session, value);
      case 'RECEIPT':
        return this.#receipt(seen, session, headers.get('receipt-id') ?? '');
      case 'ERROR': {
        const body = value.body.toString('utf8').trim();
        const text = [headers.get('message'), body].filter((part) => part).join(': ');
        this.#ledger.note(seen, { code: 'STOMP_ERROR', values: { text } });
        const cancelled = headers.get('subscription');
        if (cancelled !== undefined) return this.#cancelled(seen, session, `T_${cancelled}`);
        const ended = session.subscriptions.ended(GIVEN_IN_VAIN.exec(body)?.[1] ?? '');
        if (ended) return this.#givenInVain(seen, session, ended);
        return session.complain(seen, headers.get('message') ?? '', text);
      }
    }
  }

  /** The server ends a subscription by itself: its queue is gone. */
  #cancelled(seen: SeenFrame, session: SeenStompSession, tag: string): void {
    session.cancelled.add(tag);
    const serving = session.subscriptions.serving(tag);
    const one = serving.find(({ stays }) => stays === 'maybe') ?? serving[0];
    if (!one) return;
    if (one.consumer) session.pending.carriedOut(seen, one.consumer.request, false);
    one.isCancelled = true;
    ask.end(this.#broker, session, one);
  }

  /** The server had something for a subscription that it then was told to end. */
  #givenInVain(seen: SeenFrame, session: SeenStompSession, { tag, consumer, ending }: Subscription): void {
    if (ending) session.pending.carriedOut(seen, ending);
    const number = session.numberOf(`${tag} in vain ${session.delivered}`, tag);
    if (consumer) handedInVain(this.#broker, seen, consumer, number);
  }

  #message(seen: SeenFrame, session: SeenStompSession, value: StompValue): void {
    const headers = headersOf(value);
    const destination = headers.get('destination') ?? '';
    // The header `ack` names the delivery since 1.2, `message-id` before. STOMP 1.2, MESSAGE
    const ackId = headers.get('ack') ?? headers.get('message-id') ?? '';
    const id = headers.get('subscription');
    const tag = id === undefined ? (headers.get('message-id')?.split('@@')[0] ?? '') : `T_${id}`;
    const serving = session.subscriptions.serving(tag);
    const asking = serving.filter(({ ack }) => session.namesAcks && (ack !== 'auto') === headers.has('ack'));
    const takings = (asking.length > 0 ? asking : serving).flatMap(({ consumer }) => consumer ?? []);
    const properties = propertiesOf(headers);
    const content = { body: value.body, sizeBytes: value.bodySize, digest: value.digest, beside: [headers] };
    const publication = publicationOf({ ...placeTold(destination), properties, content });
    const replyTo = headers.get('reply-to');
    if (replyTo?.startsWith('/reply-queue/')) {
      this.#broker.learnReplyAddress(replyTo.slice('/reply-queue/'.length), publication.identity);
    }
    const redelivered = headers.get('redelivered') === 'true';
    const arrival = {
      publication,
      content,
      tag: session.numberOf(ackId, tag),
      redelivered,
      takings,
      hasDied: headers.has('x-first-death-queue'),
    };
    arrive(this.#broker, seen, session, arrival, (entry, among = entry.twins) =>
      this.#ledger.step(seen, entry.message, {
        ...{ stage: redelivered ? 'redelivered' : 'delivered', verb: 'MESSAGE', from: 'server', route: destination },
        among,
      }),
    );
  }

  #receipt(seen: SeenFrame, session: SeenStompSession, id: string): void {
    const all = session.received(id);
    const [only, ...others] = all;
    const of = others.length > 0 ? id : (only?.of ?? id);
    if (!all.some(({ publish }) => publish)) this.#ledger.note(seen, { code: 'STOMP_RECEIPT', values: { of } });
    for (const asked of all) this.#carriedOut(seen, session, asked);
  }

  #carriedOut(seen: SeenFrame, { pending }: SeenStompSession, { request: one, publish }: Asked): void {
    // RabbitMQ's STOMP adapter declares a queue for a SEND without waiting for the broker, and goes on answering until
    // the broker's refusal has come.
    if (!pending.isBehindError(one)) pending.carriedOut(seen, one);
    if (!publish) return;
    publish.confirmed(seen);
    const step = { stage: 'confirmed', verb: 'RECEIPT', from: 'server', route: publish.place } as const;
    this.#ledger.step(seen, publish.message, step);
  }
}

function refusal(one: Request, isItself: boolean): Statement {
  if (!isItself) return { code: 'STOMP_BEHIND_REFUSED', values: {} };
  const [exchange] = one instanceof Publish ? one.names : [];
  return exchange ? { code: 'NO_SUCH_EXCHANGE', values: { exchange } } : { code: 'STOMP_REFUSED', values: {} };
}

const tale: Tale = {
  name: 'stomp',
  begin: (ledger, server) =>
    new StompTeller(
      ledger,
      server.model(() => new SeenBroker(ledger, server.own)),
    ),
};
export default tale;
