/** What the web servers answer; the sockets come from outside. */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { messageOf } from '../../core/errors.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { containedClock } from '../contain.ts';
import type { ServerOptions } from '../server.ts';
import { answerSocket, createWebServer, hasBody, type WebServerOptions } from '../web-server.ts';
import { acceptWebSocket } from '../web-sockets.ts';
import { onMessage } from './peers.ts';
import { Refusal, readBody, refuse, sendJson } from './respond.ts';
import { MAX_UPDATE_BYTES, Topics } from './topics.ts';
import { addressOf, Updates } from './updates.ts';

const MAX_ECHO_BYTES = 16 * 1024 * 1024;
/** A peer that sends faster than it reads is not read from until it has caught up. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** permessage-deflate (RFC 7692) where the client offers it; short messages would not get shorter. */
const COMPRESSED = { perMessageDeflate: true };
/** How long a WebSocket client gets to answer the goodbye. */
const GOODBYE_MS = 250;

export type WebEngineOptions = Pick<ServerOptions, 'clock' | 'allowOrigins'>;

export class WebEngine {
  readonly #updates: Updates;
  readonly #clock: Clock;
  readonly #allowOrigins: readonly string[] | undefined;
  /** One takes messages of any useful size to send them back, the other no more than an update may have. */
  readonly #echoPeers: WebSocketServer;
  readonly #updatePeers: WebSocketServer;
  readonly #sockets = new Set<Duplex>();

  /** Loads what it needs lazily, because most runs of msgplay need no web server. */
  static async create({ clock = systemClock, allowOrigins }: WebEngineOptions): Promise<WebEngine> {
    const { WebSocketServer } = await import('ws');
    const create = (maxPayload: number) =>
      new WebSocketServer({ ...COMPRESSED, noServer: true, clientTracking: true, maxPayload });
    return new WebEngine(
      containedClock(clock, 'web server'),
      allowOrigins,
      create(MAX_ECHO_BYTES),
      create(MAX_UPDATE_BYTES),
    );
  }

  private constructor(
    clock: Clock,
    allowOrigins: readonly string[] | undefined,
    echoPeers: WebSocketServer,
    updatePeers: WebSocketServer,
  ) {
    this.#clock = clock;
    this.#allowOrigins = allowOrigins;
    this.#echoPeers = echoPeers;
    this.#updatePeers = updatePeers;
    this.#updates = new Updates(new Topics(), clock);
  }

  /** A server for the service `ws`: it sends each message back, on any path. */
  createEchoServer(): Server {
    return this.#create({
      name: 'WebSocket echo',
      request(request, response) {
        const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
        refuse(request, response, new Refusal(426, 'this speaks WebSocket only', headers));
      },
      upgrade: (request, socket, head) => acceptWebSocket(this.#echoPeers, request, socket, head, echo),
    });
  }

  /** A server for the service `http`: updates (see updates.ts), GET /health, and /echo for any method. */
  createHttpServer(): Server {
    const server = this.#create({
      name: 'HTTP server',
      request: (request, response) => this.#serve(request, response),
      upgrade: (request, socket, head) => this.#upgrade(server, request, socket, head),
    });
    return server;
  }

  /** Says goodbye to WebSockets and cuts every connection. */
  async close(): Promise<void> {
    const peers = [...this.#echoPeers.clients, ...this.#updatePeers.clients];
    for (const peer of peers) peer.close(1001, 'the server stops');
    const closed = Promise.all(peers.map((peer) => new Promise((done) => peer.once('close', done))));
    let cancel = () => {};
    const late = new Promise<void>((done) => {
      cancel = this.#clock.after(GOODBYE_MS, done);
    });
    if (peers.length > 0) await Promise.race([closed, late]);
    cancel();
    for (const socket of this.#sockets) socket.destroy();
  }

  #create(options: WebServerOptions): Server {
    const server = createWebServer({ ...options, allowOrigins: this.#allowOrigins });
    server.on('connection', (socket: Duplex) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = urlOf(request);
      const address = addressOf(url);
      if (address) await this.#updates.serve(address, request, response);
      else if (url.pathname === '/health') health(request, response);
      else if (url.pathname === '/echo') await echoBody(request, response);
      else throw new Refusal(404, `there is nothing at ${url.pathname}`);
    } catch (error) {
      refuse(request, response, error instanceof Refusal ? error : new Refusal(500, messageOf(error)));
    }
  }

  #upgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      declineUpgrade(server, request, socket);
      return;
    }
    try {
      const url = urlOf(request);
      const address = addressOf(url);
      if (!address || address.events) throw new Refusal(404, `there is no WebSocket at ${url.pathname}`);
      const start = this.#updates.push(address);
      acceptWebSocket(this.#updatePeers, request, socket, head, start);
    } catch (error) {
      abort(socket, error);
    }
  }
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://localhost');
  } catch {
    throw new Refusal(400, 'the target is no URL');
  }
}

function health(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new Refusal(405, `${request.method} is not possible here`, { Allow: 'GET, HEAD' });
  }
  sendJson(response, 200, { status: 'ok' });
}

async function echoBody(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, MAX_ECHO_BYTES);
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length, 'X-Echo-Method': request.method });
  response.end(body);
}

function echo(peer: WebSocket): void {
  onMessage(peer, (data, isBinary) => {
    peer.send(data, { binary: isBinary }, () => {
      if (peer.isPaused && peer.bufferedAmount < MAX_UNREAD_BYTES) peer.resume();
    });
    if (peer.bufferedAmount > MAX_UNREAD_BYTES) peer.pause();
  });
}

/** Answers a request whose upgrade is not wanted as if it had not asked for one (RFC 9110 §7.8). */
function declineUpgrade(server: Server, request: IncomingMessage, socket: Duplex): void {
  if (hasBody(request)) {
    abort(socket, new Refusal(400, 'a body can not follow an upgrade to anything but WebSocket'));
    return;
  }
  request.push(null);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.on('finish', () => socket.end());
  server.emit('request', request, response);
}

/** Answers on a socket that Node has already handed over, as there is no response object any more. */
function abort(socket: Duplex, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(500, messageOf(error));
  const body = JSON.stringify({ error: refusal.message });
  answerSocket(socket, refusal.status, { 'Content-Type': 'application/json', ...refusal.headers }, body);
}
