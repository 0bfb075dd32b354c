/** A web server of a scenario's own: requests and responses as the Fetch standard has them, and WebSockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { WebSocket } from 'ws';
import { messageOf } from '../core/errors.ts';
import { answerSocket, declineExpectations, endWithBody, Turns } from '../servers/web-server.ts';
import { acceptWebSocket } from '../servers/web-sockets.ts';

/** Gives the response to a request. The request's `signal` is aborted when its client goes away first. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Gets a WebSocket that has just been opened, with the request that asked for it. */
export type Accept = (socket: WebSocket, request: Request) => void;

/** A web server of the scenario's own; see `Lab.serve`. */
export interface WebServer {
  /** The URL at which the named peer reaches it, without a slash at its end; what passes there is traced. */
  url(peer: string): Promise<string>;
  /** Takes no more connections and cuts those that are open, as a crash would. Doing it twice does nothing more. */
  stop(): Promise<void>;
}

/** Such a server, as the taps of its run know it. */
export interface OwnServer {
  /** Its own among all of the run: a name or a port may be had again. */
  readonly number: number;
  readonly name: string;
  readonly url: string;
}

/** What the taps of a run do for it. */
export interface InFront {
  /** The URL at which the named peer reaches it. */
  url(server: OwnServer, peer: string): Promise<string>;
  /** From here on nobody reaches it. */
  stops(server: OwnServer): void;
}

/** The answer of a server that takes WebSockets only. RFC 9110 §15.5.22 */
export const socketsOnly: Answer = () =>
  new Response('WebSocket only\n', { status: 426, headers: { connection: 'Upgrade', upgrade: 'websocket' } });

/** A longer body is refused with 413. */
const MAX_BODY_BYTES = 1024 * 1024;
/** So much of a longer one is read all the same, since most clients read no answer before they have sent all. */
const MAX_SKIPPED_BYTES = 16 * 1024 * 1024;
/** Types of bodies that are worth reading before they are complete. */
const STREAMED = /^(text\/event-stream|application\/x-ndjson)\b/;

/** Starts a server that is reached through the taps of its run only, and refuses whoever comes once it has stopped. */
export async function startOwn(
  { number, name }: Pick<OwnServer, 'number' | 'name'>,
  taps: InFront,
  answer: Answer,
  accept: Accept | undefined,
): Promise<WebServer> {
  const { url, stop } = await startWebServer(answer, accept);
  const server = { number, name, url };
  return {
    url: (peer) => taps.url(server, peer),
    stop() {
      taps.stops(server);
      return stop();
    },
  };
}

/** Starts a server at a free port of loopback. */
export async function startWebServer(
  answer: Answer,
  accept?: Accept,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const turns = new Turns();
  const server = createServer((request, response) => {
    turns.begun(request, response);
    void respond(answer, request, response);
  });
  server.keepAliveTimeout = 0;
  declineExpectations(server, turns.begun);
  const upgraded = new Set<Duplex>();
  if (accept) {
    const { WebSocketServer } = await import('ws');
    const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES });
    server.on('upgrade', (incoming, stream, head) => {
      upgraded.add(stream);
      stream.once('close', () => upgraded.delete(stream));
      // Nobody else listens for its errors now.
      const hangUp = (): void => void stream.destroy();
      stream.on('error', hangUp);
      let request: Request;
      try {
        request = new Request(urlOf(incoming), { headers: headersOf(incoming) });
      } catch (error) {
        const why = messageOf(error);
        turns.behind(stream, () => answerSocket(stream, 400, { 'Content-Type': 'text/plain' }, `${why}\n`));
        return;
      }
      const welcome = (): void => {
        if (stream.destroyed) return;
        stream.off('error', hangUp);
        acceptWebSocket(sockets, incoming, stream, head, (socket) => {
          // What breaks the protocol is answered with a close frame, and then the connection ends.
          socket.on('error', () => {});
          accept(socket, request);
        });
      };
      turns.behind(stream, welcome);
    });
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  let stopped: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      stopped ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const stream of upgraded) stream.destroy();
      });
      return stopped;
    },
  };
}

async function respond(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  endWithBody(incoming, outgoing);
  try {
    const body = await bodyOf(incoming);
    const request =
      body === undefined
        ? undefined
        : new Request(urlOf(incoming), {
            method: incoming.method ?? 'GET',
            headers: headersOf(incoming),
            signal: gone.signal,
            ...(body.length > 0 ? { body } : {}),
          });
    const refusal = new Response(`a body may have ${MAX_BODY_BYTES} bytes`, { status: 413 });
    await send(request ? await answer(request) : refusal, outgoing);
  } catch (error) {
    if (outgoing.headersSent) outgoing.destroy();
    else await send(Response.json({ error: messageOf(error) }, { status: 500 }), outgoing);
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const { status, statusText, headers, body } = response;
  outgoing.statusCode = status;
  if (statusText !== '') outgoing.statusMessage = statusText;
  outgoing.setHeaders(headers);
  if (body === null) {
    outgoing.end();
  } else if (STREAMED.test(headers.get('content-type') ?? '')) {
    outgoing.flushHeaders();
    for await (const chunk of body as ReadableStream<Uint8Array>) {
      if (outgoing.destroyed) return;
      if (!outgoing.write(chunk)) await roomIn(outgoing);
    }
    outgoing.end();
  } else {
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  }
}

/** Resolves when there is room for more, or nobody left to send it to. */
function roomIn(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => outgoing.once('drain', resolve).once('close', resolve));
}

/** Undefined where it is too long. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  // Whoever stops reading it here still wants to answer.
  for await (const part of incoming.iterator({ destroyOnReturn: false })) {
    size += (part as Buffer).length;
    if (size <= MAX_BODY_BYTES) parts.push(part as Buffer);
    else if (size > MAX_BODY_BYTES + MAX_SKIPPED_BYTES) break;
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(parts) : undefined;
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://localhost';
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base);
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []));
}
