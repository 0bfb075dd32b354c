/** STOMP sessions inside WebSocket, as RabbitMQ's web-stomp offers them: text messages, at the path /ws. */
import { createServer, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { ProtocolError } from '../../../core/errors.ts';
import { STOMP_LIMITS, StompReader } from '../../../protocols/stomp/reader.ts';
import type { Broker } from '../broker/broker.ts';
import type { StompLine } from './line.ts';
import { StompSession } from './session.ts';

/** Deliveries stop while more than this waits to be sent, in bytes. */
const CONGESTED = 512 * 1024;
const OVERFULL = 8 * 1024 * 1024;
/** Frames that may wait for the current work to be done. */
const WAITING_MAX = 1000;

/** An HTTP server that listens nowhere: connections are handed to it. */
export function createWebStomp(broker: Broker, goodbyes: Set<() => void>): Server {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: STOMP_LIMITS.bodyMax,
    handleProtocols: (offered) =>
      [...offered]
        .filter((name) => /^v1[0-2]\.stomp$/.test(name))
        .sort()
        .at(-1) ?? false,
  });
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'ws://localhost').pathname !== '/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new WebStomp(webSocket, broker);
      const goodbye = () => client.shutDown();
      goodbyes.add(goodbye);
      webSocket.once('close', () => goodbyes.delete(goodbye));
    });
  });
  return server;
}

class WebStomp implements StompLine {
  readonly #socket: WebSocket;
  readonly #session: StompSession;
  readonly #reader: StompReader;
  readonly #stopWatching: () => void;
  #waiting: Buffer[] = [];
  #isScheduled = false;
  #heldBack = false;
  #isEnding = false;

  constructor(socket: WebSocket, broker: Broker) {
    this.#socket = socket;
    this.#session = new StompSession(broker, this);
    this.#reader = new StompReader((frame) => this.#session.receive(frame));
    this.#stopWatching = broker.watchMemory((isShort) => {
      if (!isShort) socket.resume();
    });
    socket.on('message', (data) => this.#receive(data as Buffer));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#gone());
  }

  get canSend(): boolean {
    if (this.#socket.bufferedAmount < CONGESTED && this.#waiting.length < WAITING_MAX) return true;
    this.#heldBack = true;
    return false;
  }

  send(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.touch();
  }

  touch(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    this.#session.beforeWrite();
    for (const bytes of this.#waiting.splice(0)) {
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      this.#socket.send(bytes, { binary: false }, () => this.#sent());
    }
  }

  /**
   * What the last message caused is not sent any more: RabbitMQ's web-stomp hangs up before its last words have left,
   * so that a client sees neither an ERROR that ends its session nor the RECEIPT of its DISCONNECT.
   */
  end(): void {
    this.#waiting = [];
    this.#close(1000, 'STOMP died');
  }

  shutDown(): void {
    this.#session.fail();
  }

  #close(code: number, reason: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.close(code, reason);
  }

  #receive(data: Buffer): void {
    if (this.#isEnding) return;
    this.#flush();
    this.#session.heard();
    try {
      this.#reader.push(data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#close(1007, error.message.slice(0, 120));
      this.#session.leave();
    }
    if (this.#session.mustWait || this.#socket.bufferedAmount > OVERFULL) this.#socket.pause();
  }

  #sent(): void {
    if (this.#socket.bufferedAmount >= CONGESTED) return;
    if (this.#socket.isPaused && !this.#session.mustWait) this.#socket.resume();
    if (!this.#heldBack) return;
    this.#heldBack = false;
    this.#session.relieved();
  }

  #gone(): void {
    this.#isEnding = true;
    this.#stopWatching();
    this.#session.leave();
  }
}
