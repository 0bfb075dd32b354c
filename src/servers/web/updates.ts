/**
 * Updates from server to client, the same ones in four ways. This is the contract that `--http-url` is compared with:
 *
 *     POST /updates/:topic                    publishes the body (UTF-8, at most 64 KiB): 201, {"number":N}, and a
 *                                             Location from which the update can be read
 *     GET  /updates/:topic?after=N            polling: 200 and the updates behind number N (default 0), at once, as
 *                                             [{"number":N+1,"data":"…"},…]; an empty list where there is none
 *     GET  /updates/:topic?after=N&wait=MS    long polling: the same, but waits for the first one, at most MS
 *                                             milliseconds (up to 60000); 204 when none came
 *     GET  /updates/:topic/events?after=N     server-sent events: each update as `id: N` and data
 *                                             {"number":N,"data":"…"}, those behind N first; a Last-Event-ID header takes precedence over `after`
 *     WebSocket /updates/:topic?after=N       each update as a text message {"number":N,"data":"…"}; a text message
 *                                             from the client publishes its text as an update
 *
 * Numbers start at 1 for each topic. A topic comes to be when it is first published on or listened to. Old updates give
 * way to new ones: what is no longer kept shows as a gap in the numbers. Errors are {"error":"…"} with 400 (a query or
 * topic that can't be), 404, 405 (with Allow), 413 (too large) or 503 (too many topics or waiting clients).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../core/time/clock.ts';
import { onMessage } from './peers.ts';
import { asText, Refusal, readBody, sendJson, wholeNumber } from './respond.ts';
import { MAX_TOPIC_NAME_CHARS, MAX_UPDATE_BYTES, type Topics, type Update } from './topics.ts';

const MAX_WAIT_MS = 60_000;
/** How often an event stream says something while there is nothing to say, so that nobody on the way cuts it. */
const KEEP_ALIVE_MS = 15_000;
/** A client that reads this many bytes less than it was sent is cut off: it can come back and ask for the rest. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

const PATH = /^\/updates\/([^/]+)(\/events)?$/;

/** What a path under /updates names. */
export interface Address {
  readonly topic: string;
  readonly events: boolean;
  readonly query: URLSearchParams;
}

/** The topic that a URL names, or undefined when it names something else. */
export function addressOf(url: URL): Address | undefined {
  const [, encoded, events] = PATH.exec(url.pathname) ?? [];
  if (encoded === undefined) return undefined;
  let topic: string;
  try {
    topic = decodeURIComponent(encoded);
  } catch {
    throw new Refusal(400, 'the topic is not well encoded');
  }
  if (topic.length > MAX_TOPIC_NAME_CHARS) {
    throw new Refusal(400, `a topic's name may have ${MAX_TOPIC_NAME_CHARS} characters`);
  }
  return { topic, events: events !== undefined, query: url.searchParams };
}

export class Updates {
  readonly #topics: Topics;
  readonly #clock: Clock;

  constructor(topics: Topics, clock: Clock) {
    this.#topics = topics;
    this.#clock = clock;
  }

  async serve(address: Address, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method } = request;
    const reads = method === 'GET' || method === 'HEAD';
    if (!reads && !(method === 'POST' && !address.events)) {
      throw new Refusal(405, `${method} is not possible here`, {
        Allow: address.events ? 'GET, HEAD' : 'GET, HEAD, POST',
      });
    }
    if (!reads) await this.#publish(address, request, response);
    else if (address.events) this.#stream(address, request, response);
    else this.#poll(address, response);
  }

  async #publish({ topic }: Address, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = this.#topics.publish(topic, asText(await readBody(request, MAX_UPDATE_BYTES)));
    if (number === undefined) throw full();
    const location = `/updates/${encodeURIComponent(topic)}?after=${number - 1}`;
    sendJson(response, 201, { number }, { Location: location });
  }

  #poll({ topic, query }: Address, response: ServerResponse): void {
    const after = position(query);
    const waitMs = wholeNumber('wait', query.get('wait'), 0, MAX_WAIT_MS);
    const found = this.#topics.after(topic, after);
    const headers = { 'Cache-Control': 'no-store' };
    if (found.length > 0 || waitMs === 0) {
      sendJson(response, 200, found, headers);
      return;
    }
    const answer = (update?: Update) => {
      stop();
      if (update) sendJson(response, 200, [update], headers);
      else response.writeHead(204, headers).end();
    };
    const stopListening = this.#topics.listen(topic, (update) => {
      if (update.number > after) answer(update);
    });
    if (!stopListening) throw full();
    const stopTimer = this.#clock.after(waitMs, () => answer());
    const stop = () => {
      stopListening();
      stopTimer();
    };
    response.once('close', stop);
  }

  #stream({ topic, query }: Address, request: IncomingMessage, response: ServerResponse): void {
    const last = request.headers['last-event-id'];
    const after =
      typeof last === 'string' ? wholeNumber('Last-Event-ID', last, 0, Number.MAX_SAFE_INTEGER) : position(query);
    const head = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
    if (request.method === 'HEAD') {
      response.writeHead(200, head).end();
      return;
    }
    const write = (text: string) => {
      response.write(text);
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    };
    const stopListening = this.#topics.listen(topic, (update) => write(asEvent(update)));
    if (!stopListening) throw full();
    response.writeHead(200, head).flushHeaders();
    for (const update of this.#topics.after(topic, after)) write(asEvent(update));
    let stopTimer = () => {};
    const keepAlive = () => {
      stopTimer = this.#clock.after(KEEP_ALIVE_MS, () => {
        write(': nothing new\n\n');
        keepAlive();
      });
    };
    keepAlive();
    response.once('close', () => {
      stopListening();
      stopTimer();
    });
  }

  /** What to do with a WebSocket to this address once it is open. Throws the Refusal when it must not be opened. */
  push({ topic, query }: Address): (peer: WebSocket) => void {
    const after = position(query);
    if (!this.#topics.hasRoom(topic)) throw full();
    return (peer) => {
      const send = (update: Update) => {
        peer.send(JSON.stringify(update));
        if (peer.bufferedAmount > MAX_UNREAD_BYTES) peer.terminate();
      };
      const stopListening = this.#topics.listen(topic, send);
      if (stopListening) peer.once('close', stopListening);
      for (const update of this.#topics.after(topic, after)) send(update);
      onMessage(peer, (data, isBinary) => {
        if (isBinary) peer.close(1003, 'updates are text');
        else this.#topics.publish(topic, String(data));
      });
    };
  }
}

function position(query: URLSearchParams): number {
  return wholeNumber('after', query.get('after'), 0, Number.MAX_SAFE_INTEGER);
}

function full(): Refusal {
  return new Refusal(503, 'too many topics or waiting clients', { 'Retry-After': '1' });
}

function asEvent({ number, data }: Update): string {
  return `id: ${number}\ndata: ${JSON.stringify({ number, data })}\n\n`;
}
