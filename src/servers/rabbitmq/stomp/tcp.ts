/** A STOMP session on a plain stream. */
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../../core/errors.ts';
import { StompReader } from '../../../protocols/stomp/reader.ts';
import type { Broker } from '../broker/broker.ts';
import { Outbox, type OutboxSource } from '../transport/outbox.ts';
import type { StompLine } from './line.ts';
import { StompSession } from './session.ts';

export class StompSocket implements StompLine, OutboxSource {
  readonly #stream: Duplex;
  readonly #session: StompSession;
  readonly #outbox: Outbox;
  readonly #reader: StompReader;
  readonly #stopWatching: () => void;
  #waiting: Buffer[] = [];
  /** Bytes that wait to be written. */
  size = 0;
  #isEnding = false;

  constructor(stream: Duplex, broker: Broker) {
    this.#stream = stream;
    this.#session = new StompSession(broker, this);
    this.#reader = new StompReader((frame) => this.#session.receive(frame));
    this.#outbox = new Outbox(stream, this, {
      beforeWrite: () => this.#session.beforeWrite(),
      relieved: () => this.#relieved(),
    });
    this.#stopWatching = broker.watchMemory((isShort) => {
      if (!isShort && !this.#outbox.isOverfull) stream.resume();
    });
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => stream.end());
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.#gone());
  }

  get canSend(): boolean {
    return this.#outbox.canTake;
  }

  send(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.size += bytes.length;
    this.#outbox.schedule();
  }

  touch(): void {
    this.#outbox.schedule();
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#outbox.flush();
    this.#stream.end();
  }

  shutDown(): void {
    this.#session.fail();
  }

  take(): Buffer[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.size = 0;
    return waiting;
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnding) return;
    this.#session.heard();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // RabbitMQ hangs up on what it can't cut into frames.
      this.#session.fail();
    }
    if (this.#outbox.isOverfull || this.#session.mustWait) this.#stream.pause();
  }

  #relieved(): void {
    if (!this.#session.mustWait && !this.#outbox.isOverfull) this.#stream.resume();
    this.#session.relieved();
  }

  #gone(): void {
    this.#isEnding = true;
    this.#stopWatching();
    this.#session.leave();
  }
}
