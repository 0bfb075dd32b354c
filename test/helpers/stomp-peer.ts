/** A bare STOMP client for tests, inside WebSocket: it sends exactly what it is told and keeps everything that comes back. */

import { WebSocket } from 'ws';
import { encodeFrame, type StompHeader, StompReader } from '../../src/protocols/stomp/index.ts';
import { Awaited } from './awaited.ts';

const WAIT_MS = 60_000;

/** A frame as a script reports it. */
export interface Told {
  command: string;
  headers: { [name: string]: string };
  body: string;
}

export class StompPeer {
  readonly #socket: WebSocket;
  readonly #frames: Told[] = [];
  readonly #awaited = new Awaited(WAIT_MS);
  #beats = 0;
  closeCode: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    const reader = new StompReader(({ command, headers, body }) => {
      if (command === 'heart-beat') {
        this.#beats += 1;
        this.#awaited.came();
        return;
      }
      this.#frames.push({ command, headers: Object.fromEntries([...headers].sort()), body: body.toString() });
      this.#awaited.came();
    });
    socket.on('message', (data: Buffer) => reader.push(data));
    socket.on('error', () => {});
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#awaited.came();
    });
  }

  static async dial(url: string): Promise<StompPeer> {
    const { host, pathname } = new URL(url);
    const socket = new WebSocket(`ws://${host}${pathname}`, ['v12.stomp']);
    const peer = new StompPeer(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return peer;
  }

  /** A session that is logged in. */
  static async open(url: string, version = '1.2'): Promise<StompPeer> {
    const peer = await StompPeer.dial(url);
    const headers = { 'accept-version': version, host: '/', login: 'guest', passcode: 'guest' };
    await peer.call('CONNECT', headers, '', 'CONNECTED');
    return peer;
  }

  send(command: string, headers: { [name: string]: string } = {}, body = ''): void {
    const list = Object.entries(headers) as StompHeader[];
    this.raw(encodeFrame(command, list, body));
  }

  raw(bytes: Buffer | string): void {
    this.#socket.send(bytes.toString());
  }

  /** The next frame, or the next of one command; `CLOSED` when the connection ended instead. */
  next(command?: string): Promise<Told> {
    return this.#await(command ?? 'a frame', () => {
      const index = this.#frames.findIndex((frame) => command === undefined || frame.command === command);
      if (index >= 0) return this.#frames.splice(index, 1)[0];
      return this.closeCode === undefined
        ? undefined
        : { command: 'CLOSED', headers: {}, body: String(this.closeCode) };
    });
  }

  /** Waits for the next heart-beat. */
  async beat(): Promise<void> {
    await this.#await('a heart-beat', () => (this.#beats > 0 ? true : undefined));
    this.#beats -= 1;
  }

  call(command: string, headers: { [name: string]: string }, body: string, answer?: string): Promise<Told> {
    this.send(command, headers, body);
    return this.next(answer);
  }

  /** Sends a frame with a receipt and waits for it, so that everything before has been done. */
  async sync(command: string, headers: { [name: string]: string } = {}, body = ''): Promise<void> {
    const receipt = `r${Math.floor(performance.now() * 1000)}`;
    const told = await this.call(command, { ...headers, receipt }, body, 'RECEIPT');
    if (told.headers['receipt-id'] !== receipt) throw new Error(`another receipt: ${JSON.stringify(told)}`);
  }

  close(): void {
    this.#socket.terminate();
  }

  #await<T>(what: string, attempt: () => T | undefined): Promise<T> {
    return this.#awaited.until(attempt, () => `waited in vain for ${what}; there is ${JSON.stringify(this.#frames)}`);
  }
}
