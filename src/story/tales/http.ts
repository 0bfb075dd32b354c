/** Follows requests and their responses through HTTP, and what a server pushes down an open response. */

import { obtain } from '../../core/collections/maps.ts';
import type { Ender, Side } from '../../core/events.ts';
import { type HttpValue, hasBody, isEventStream, withoutSecrets } from '../../protocols/http/index.ts';
import type { Ledger, Sighting, Step } from '../ledger/index.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { Exchange, type HttpRequest, type HttpResponse } from './_http-exchange.ts';

/** What is known of one connection. */
class Connection {
  /** Requests whose responses are not complete, in the order in which they were sent. */
  readonly open = new Set<Exchange>();
  /** Asked to become a WebSocket, and not answered yet. */
  upgrade: HttpRequest | undefined;
  /** Sides that can't be decoded any more. */
  readonly unread = new Set<string>();
  /** The server has ended it: what is sent all the same has no response. */
  isOver = false;
}

class HttpTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #connections = new Map<number, Connection>();
  readonly #exchanges = new WeakMap<HttpRequest, Exchange>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as HttpValue;
    if (value.kind === 'request') this.#request(seen, value);
    else if (value.kind === 'response') this.#response(seen, value);
    else if (value.kind === 'event') this.#push(seen, value.event, value.data, value.dataSize);
    else if (value.kind !== 'comment') this.#body(seen, value);
  }

  unread(connection: number, from: string): void {
    this.#connection(connection).unread.add(from);
  }

  /** Nobody answers any more, though the connection may stand a moment longer. */
  ended(at: Sighting, connection: number, by: Side): void {
    if (by !== 'server') return;
    this.closed(at, connection, by);
    this.#connection(connection).isOver = true;
  }

  /** A connection that ends takes along what was not complete. */
  closed(at: Sighting, connection: number, by: Ender): void {
    const { open, upgrade, unread } = this.#connection(connection);
    this.#connections.delete(connection);
    const ended = { by, peer: at.peer };
    for (const exchange of open) this.#abandon(at, exchange, ended, unread);
    if (upgrade && !unread.has('server')) this.#ledger.note(at, { code: 'UPGRADE_UNANSWERED', values: ended });
  }

  #abandon(at: Sighting, exchange: Exchange, ended: { by: Ender; peer: string }, unread: ReadonlySet<string>): void {
    if (!exchange.message && !unread.has('client')) {
      this.#tellRequest({ ...exchange.lastSent, at: at.at }, exchange, { code: 'REQUEST_TRUNCATED', values: ended });
    }
    const { message } = exchange;
    const called = { ...(message && { message: message.name ?? message.id }), request: exchange.name };
    if (unread.has('server')) {
      if (!exchange.lastReceived) this.#ledger.note(at, { code: 'RESPONSE_UNREAD', values: called });
      return;
    }
    if (exchange.streams) this.#ledger.note(at, { code: 'EVENT_STREAM_CUT', values: ended });
    else if (exchange.lastReceived) {
      const reason = { code: 'RESPONSE_TRUNCATED', values: ended } as const;
      this.#tellResponse({ ...exchange.lastReceived, at: at.at }, exchange, reason);
    } else this.#ledger.note(at, { code: 'NO_RESPONSE', values: { ...called, ...ended } });
  }

  #request(seen: SeenFrame, value: HttpRequest): void {
    const connection = this.#connection(seen.connection);
    if (seen.frame.phase === 'opening') {
      connection.upgrade = value;
      const { method, target } = value;
      return this.#ledger.note(seen, { code: 'UPGRADE_ASKED', values: { method, target: withoutSecrets(target) } });
    }
    const exchange = new Exchange(value, seen);
    this.#exchanges.set(value, exchange);
    connection.open.add(exchange);
    // A request with a body is told when the body is there.
    if (!hasBody(value)) this.#asked(seen, exchange);
  }

  /** A request is there as a whole. */
  #asked(seen: SeenFrame, exchange: Exchange): void {
    this.#tellRequest(seen, exchange);
    if (this.#connection(seen.connection).isOver) this.closed(seen, seen.connection, 'server');
  }

  #response(seen: SeenFrame, value: HttpResponse): void {
    const { status, reason, request, faults } = value;
    const connection = this.#connection(seen.connection);
    const answer = { status, reason };
    if (faults) this.#faulty(seen, faults);
    if (status < 200 && status !== 101) {
      const about = request && this.#exchanges.get(request);
      const known = about && { request: about.name, ...(about.message ? undefined : { hasMore: true }) };
      return this.#ledger.note(seen, { code: 'INTERIM_RESPONSE', values: { ...answer, ...known } });
    }
    if (request !== undefined && request === connection.upgrade) {
      connection.upgrade = undefined;
      return this.#ledger.note(seen, { code: status === 101 ? 'UPGRADED' : 'UPGRADE_REFUSED', values: answer });
    }
    const exchange = request && this.#exchanges.get(request);
    if (exchange) this.#answer(seen, exchange, value);
    // Where requests can't be read, one was asked all the same.
    else if (!connection.unread.has('client')) {
      this.#ledger.note(seen, { code: 'RESPONSE_UNASKED', values: answer });
    }
  }

  #answer(seen: SeenFrame, exchange: Exchange, value: HttpResponse): void {
    // A server may answer before it has read the whole request.
    if (!exchange.message) this.#tellRequest(seen, exchange, { code: 'ANSWERED_EARLY', values: {} });
    exchange.response = value;
    exchange.saw(value, seen);
    exchange.streams = hasBody(value) && isEventStream(value);
    // A response with a body is told when the body is complete, one that stays open at once.
    if (exchange.streams) this.#tellResponse(seen, exchange);
    else if (!hasBody(value)) this.#close(seen, exchange);
    const protocol = becomes(value);
    // It is told to whoever is not told how connections begin, too.
    if (protocol !== undefined)
      this.#ledger.note({ ...seen, phase: 'open' }, { code: 'OTHER_PROTOCOL', values: { protocol } });
  }

  #body(seen: SeenFrame, value: Extract<HttpValue, { kind: 'body' | 'chunk' | 'end' }>): void {
    const { of } = value;
    if (value.kind === 'end' && value.faults) this.#faulty(seen, value.faults);
    const request = of.kind === 'request' ? of : of.request;
    const exchange = request && this.#exchanges.get(request);
    if (!exchange) return;
    exchange.saw(of, seen);
    if (value.kind !== 'end') exchange[of.kind === 'request' ? 'sent' : 'received'].add(value);
    // What is cut off is told when it is clear who ended the connection.
    if (value.kind === 'chunk' || (value.kind === 'body' && !value.complete)) return;
    if (of.kind === 'response') this.#close(seen, exchange);
    else if (!exchange.message) this.#asked(seen, exchange);
  }

  #faulty(seen: SeenFrame, faults: readonly string[]): void {
    this.#ledger.note(seen, { code: 'RESPONSE_FAULTY', values: { faults: [...faults] } });
  }

  #close(seen: SeenFrame, exchange: Exchange): void {
    this.#connection(seen.connection).open.delete(exchange);
    if (exchange.streams) this.#ledger.note(seen, { code: 'EVENT_STREAM_ENDED', values: {} });
    else this.#tellResponse(seen, exchange);
  }

  #tellRequest(at: Sighting, exchange: Exchange, reason?: Step['reason']): void {
    const { method, target, headers } = exchange.request;
    const content = { ...exchange.sent.content(), beside: [new Map(headers)] };
    exchange.message = this.#ledger.unaccounted(at, content, at.at);
    const route = withoutSecrets(target);
    this.#ledger.step(at, exchange.message, { stage: 'requested', verb: method, from: 'client', route, reason });
  }

  #tellResponse(at: Sighting, { message, response, received }: Exchange, reason?: Step['reason']): void {
    if (!message || !response) return;
    const step = { stage: 'responded', verb: String(response.status), from: 'server', route: response.reason } as const;
    this.#ledger.step(at, message, { ...step, reason, answer: received.content() });
  }

  #push(seen: SeenFrame, event: string, data: string, sizeBytes: number): void {
    const message = this.#ledger.unaccounted(seen, { body: Buffer.from(data), sizeBytes }, undefined);
    // What has no name of its own is a message. https://html.spec.whatwg.org/multipage/server-sent-events.html
    const route = event === 'message' ? '' : event;
    this.#ledger.step(seen, message, { stage: 'pushed', verb: 'event', from: 'server', route });
  }

  #connection(number: number): Connection {
    return obtain(this.#connections, number, () => new Connection());
  }
}

/** What the connection is from here on, where it is HTTP no longer. */
function becomes({ status, headers, request }: HttpResponse): string | undefined {
  if (status === 101) return headers.find(([name]) => name.toLowerCase() === 'upgrade')?.[1] ?? 'another protocol';
  return request?.method === 'CONNECT' && status < 300 ? 'a tunnel' : undefined;
}

const tale: Tale = { name: 'http', begin: (ledger) => new HttpTeller(ledger) };
export default tale;
