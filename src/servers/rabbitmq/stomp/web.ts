/** STOMP sessions inside WebSocket, as RabbitMQ's web-stomp offers them: text messages, at the path /ws. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { STOMP_LIMITS } from '../../../protocols/stomp/reader.ts';
import { comesFromHere } from '../../loopback.ts';
import { answerSocket, createWebServer, hasBody, pathOf } from '../../web-server.ts';
import { acceptWebSocket } from '../../web-sockets.ts';
import type { Broker } from '../broker/broker.ts';
import type { WireEvents } from '../transport/wire.ts';
import { StompConnection, type StompEnd, type StompWire } from './connection.ts';

const EMPTY = { 'Content-Length': 0 };

/** An HTTP server that listens nowhere: connections are handed to it, and `opened` hears of those that are WebSockets. */
export function createWebStomp(
  broker: Broker,
  goodbyes: Set<() => void>,
  allowOrigins: readonly string[] | undefined,
  opened: (stream: Duplex) => void,
): Server {
  const sockets = new WebSocketServer({
    noServer: true,
    // RabbitMQ compresses every message, however short, where the client offers it.
    perMessageDeflate: { threshold: 0 },
    maxPayload: STOMP_LIMITS.bodyMax,
    handleProtocols: (offered) =>
      [...offered]
        .filter((name) => /^v1[0-2]\.stomp$/.test(name))
        .sort()
        .at(-1) ?? false,
  });
  return createWebServer({
    name: 'RabbitMQ',
    allowOrigins,
    request(request, response) {
      if (pathOf(request.url) !== '/ws') response.writeHead(404, EMPTY).end();
      else if (request.httpVersion === '1.0') response.writeHead(400, EMPTY).end();
      else {
        const Connection = hasBody(request) ? 'close' : 'Upgrade';
        response.writeHead(426, { ...EMPTY, Connection, Upgrade: 'websocket' }).end();
      }
    },
    upgrade(request, socket, head) {
      if (pathOf(request.url) !== '/ws') {
        answerSocket(socket, 404, {}, '');
        return;
      }
      acceptWebSocket(sockets, request, socket, head, (webSocket) => {
        opened(socket);
        const wire = new WebSocketWire(webSocket, !broker.traits.lastWordsInWebStomp);
        const client = new StompConnection(wire, broker, comesFromHere(socket));
        const goodbye = () => client.shutDown();
        goodbyes.add(goodbye);
        webSocket.once('close', () => goodbyes.delete(goodbye));
      });
    },
  });
}

/** A reason for closing, in at most the 123 bytes that a close frame holds (RFC 6455 §5.5). */
function closeReason(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= 123
    ? text
    : bytes
        .subarray(0, 120)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}

/** A WebSocket: each part that is written leaves as one text message. */
class WebSocketWire implements StompWire {
  /**
   * RabbitMQ 3's web-stomp hangs up before its last words have left, so that a client sees neither an ERROR that ends its
   * session nor the RECEIPT of its DISCONNECT.
   */
  readonly losesLastWords: boolean;
  /** A channel that fails on its own takes the session with it before that can say why. */
  readonly losesLateErrors = true;
  readonly #socket: WebSocket;
  #drained = () => {};

  constructor(socket: WebSocket, losesLastWords: boolean) {
    this.#socket = socket;
    this.losesLastWords = losesLastWords;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get willDrain(): boolean {
    return this.bufferedBytes > 0;
  }

  listen({ received, drained, closed }: WireEvents): void {
    this.#drained = drained;
    this.#socket.on('message', (data) => received(data as Buffer));
    this.#socket.on('error', () => this.#socket.terminate());
    this.#socket.on('close', closed);
  }

  write(parts: readonly Buffer[]): void {
    for (const part of parts) this.#socket.send(part, { binary: false }, () => this.#drained());
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(why: StompEnd): void {
    if (why === 'done') this.#socket.close(1000, 'STOMP died');
    else if (why === 'crashed') this.#socket.close(1011);
    else this.#socket.close(1007, closeReason(why.message));
  }

  destroy(): void {
    this.#socket.terminate();
  }
}
