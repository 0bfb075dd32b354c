/** HTTP servers for tools on this machine: no connection harms another, and no page from elsewhere is served. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { contained, tellFault } from './contain.ts';
import { hostOf } from './host.ts';
import { refusalOf } from './origins.ts';

export interface WebServerOptions {
  /** What the server is called where a fault is told. */
  readonly name: string;
  /** Origins of pages that may come beside those of this machine; `*` is any. */
  readonly allowOrigins?: readonly string[] | undefined;
  readonly request: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** An HTTP server that listens nowhere yet; connections may be handed to it as `connection` events. */
export function createWebServer({ name, allowOrigins = [], request: serve, upgrade }: WebServerOptions): Server {
  const fault = (error: unknown) => tellFault(`The embedded ${name} ends a connection over an error`, error);
  const turns = new Turns();
  // Node answers a request without Host by itself, and nobody would know of that response.
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    turns.begun(request, response);
    endWithBody(request, response);
    const failed = (error: unknown) => {
      fault(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { Connection: 'close' }).end();
    };
    const refusal = refusalTo(request, allowOrigins);
    if (refusal !== undefined) {
      const { status, why } = refusal;
      const headers = { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(why) };
      response.writeHead(status, { ...headers, Connection: 'close' }).end(why);
      return;
    }
    contained(() => void Promise.resolve(serve(request, response)).catch(failed), failed)();
  });
  declineExpectations(server, turns.begun);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const failed = (error: unknown) => {
      fault(error);
      socket.destroy();
    };
    const go = contained(() => {
      if (socket.destroyed) return;
      const refusal = refusalTo(request, allowOrigins);
      if (refusal === undefined) upgrade(request, socket, head);
      else answerSocket(socket, refusal.status, { 'Content-Type': 'text/plain' }, refusal.why);
    }, failed);
    turns.behind(socket, go);
  });
  // After an upgrade nobody else listens for the error of a socket.
  server.on('connection', (socket: Socket) => socket.on('error', () => socket.destroy()));
  return server;
}

/** What is asked on a connection is answered in that order; Node does not see to that where an upgrade is asked for. */
export class Turns {
  /** The response that was begun last on each connection. */
  readonly #latest = new WeakMap<Duplex, ServerResponse>();

  readonly begun = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    this.#latest.set(socket, response);
  };

  /** Calls back once what was asked before on this connection is answered. */
  behind(socket: Duplex, go: () => void): void {
    const before = this.#latest.get(socket);
    if (before === undefined || before.closed) go();
    else before.once('close', go);
  }
}

/** Why a request must not be served; undefined where it may. */
function refusalTo(
  request: IncomingMessage,
  allowOrigins: readonly string[],
): { readonly status: number; readonly why: string } | undefined {
  const asked = hostOf(request);
  if (asked === undefined) return { status: 400, why: 'A request names one host, and as a host is written.\n' };
  const why = refusalOf({ origin: request.headers.origin, host: asked.host }, allowOrigins);
  return why === undefined ? undefined : { status: 403, why };
}

/** Whether a body follows the head of a request (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

/**
 * A connection ends with the answer to a request whose body nobody has read to its end: Node would go on reading, and that
 * body need not have one.
 */
export function endWithBody(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  request.once('end', () => {
    response.shouldKeepAlive = shouldKeepAlive;
  });
  response.once('finish', () => {
    // What a program embeds is reached through any stream, not only through a socket.
    const { socket } = request;
    if (!request.complete) socket.end(() => socket.destroy());
  });
}

/** Answers what nobody meets with 417, as Node does, which would go on reading the body. */
export function declineExpectations(
  server: Server,
  begun: (request: IncomingMessage, response: ServerResponse) => void = () => {},
): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    begun(request, response);
    endWithBody(request, response);
    response.writeHead(417).end();
  });
}

/** Answers on a socket that Node has already handed over, as there is no response object any more, and ends it. */
export function answerSocket(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: string,
): void {
  const fields = { Connection: 'close', ...headers, 'Content-Length': Buffer.byteLength(body) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** The path of a request's target (RFC 9112 §3.2); undefined where the target names none. */
export function pathOf(target: string | undefined): string | undefined {
  return target?.startsWith('/') ? target.replace(/[?#].*$/s, '') : undefined;
}
